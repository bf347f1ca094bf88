import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findAsterisk } from '../../src/embedded/asterisk.ts'

/** An Asterisk of our own: its program's cache, and its folder. */
export type Home = { cacheFolder: string; folder: string }

/** Says a line on the console of the Asterisk of this folder. */
export async function sayOnConsole({ cacheFolder, folder }: Home, line: string): Promise<void> {
  const [file, ...words] = (await findAsterisk({ cacheFolder, say: () => {} })).command
  const configuration = join(await realpath(folder), 'etc', 'asterisk.conf')
  await promisify(execFile)(file, [...words, '-C', configuration, '-rx', line])
}
