import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, vi } from 'vitest'
import { findAsterisk } from '../../src/embedded/asterisk.ts'

/**
 * Resolves when all that Asterisk has put into its own database until now is on the disk. It writes it about once a second, all
 * that has come together at a time; so it is there when what we put in last is there.
 */
export async function keptOnDisk({ cacheFolder, folder }: { cacheFolder: string; folder: string }): Promise<void> {
  const [file, ...words] = (await findAsterisk({ cacheFolder, say: () => {} })).command
  const configuration = join(await realpath(folder), 'etc', 'asterisk.conf')
  const mark = randomBytes(8).toString('hex')
  await promisify(execFile)(file, [...words, '-C', configuration, '-rx', `database put test mark ${mark}`])
  const isKept = async () => expect((await readFile(join(folder, 'lib', 'astdb.sqlite3'))).includes(mark)).toBe(true)
  await vi.waitFor(isKept, { timeout: 30_000, interval: 100 })
}
