import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'

/**
 * The name under which the service of this folder holds the lease: made at its first start, kept beside its spool, so
 * that the spool is read in by whoever wrote it. On a disk that refuses (and so has no spool) it lasts for this run.
 */
export function holderOf(folder: string, log: Log): string {
  const path = join(folder, 'lease-holder')
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (kept !== '') return kept
  const made = randomBytes(8).toString('hex')
  try {
    writeFileSync(path, made)
  } catch (thrown) {
    log.warn({ file: path, error: sentenceOf(thrown) }, 'the disk does not take the name under which we hold the lease')
  }
  return made
}
