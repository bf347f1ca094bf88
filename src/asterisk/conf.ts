import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A part of Asterisk's configuration that is ours to write: it is included from there (`#tryinclude` in dialplan/). Written whole,
 * then moved into place. Resolves with whether it was another before; one that is empty and was not there is not written.
 */
export async function writeConf(folder: string, name: string, text: string): Promise<boolean> {
  const file = join(folder, name)
  const before = await readFile(file, 'utf8').catch(() => '')
  if (text === before) return false
  await mkdir(folder, { recursive: true })
  // Two may write at once.
  const written = `${file}.${randomUUID()}`
  await writeFile(written, text)
  await rename(written, file)
  return true
}
