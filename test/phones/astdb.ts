import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { type Home, sayOnConsole } from './console.ts'

/**
 * Resolves when all that Asterisk has put into its own database until now is on the disk. It writes it about once a second, all
 * that has come together at a time; so it is there when what we put in last is there.
 */
export async function keptOnDisk(home: Home): Promise<void> {
  const mark = randomBytes(8).toString('hex')
  await sayOnConsole(home, `database put test mark ${mark}`)
  const isKept = async () =>
    expect((await readFile(join(home.folder, 'lib', 'astdb.sqlite3'))).includes(mark)).toBe(true)
  await vi.waitFor(isKept, { timeout: 30_000, interval: 100 })
}
