import { chmod, mkdir } from 'node:fs/promises'

/** Nothing in the cache is secret, and Postgres may run from it as another user: also where our umask is strict. */
export async function makeCacheFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true })
  if (made !== undefined) await chmod(path, 0o755)
}
