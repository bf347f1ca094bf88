import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import type { Change } from '../switchboard/ports.ts'

/**
 * Changes that Postgres could not take, on disk, one JSON line each, only ever appended. A line that a crash or a full disk
 * cut short is the last one and was never confirmed to anyone: it is taken away, or the next would be glued to it. What the
 * disk refuses waits in memory, and is written with the next.
 */
export class Spool {
  readonly #path: string
  #waiting: Change[]
  /** How many of the last that wait are not on disk. */
  #unwritten = 0

  constructor(path: string) {
    this.#path = path
    this.#waiting = existsSync(path) ? read(path) : []
  }

  get length(): number {
    return this.#waiting.length
  }

  /** On disk, for good, when this returns. Throws where the disk refuses: then they are kept in memory alone. */
  append(changes: readonly Change[]): void {
    this.#waiting.push(...changes)
    this.#unwritten += changes.length
    writeDurably(this.#path, 'a', this.#waiting.slice(this.#waiting.length - this.#unwritten))
    this.#unwritten = 0
  }

  /** Keeps changes beside, where a person finds them. */
  setAside(changes: readonly Change[]): void {
    writeDurably(`${this.#path}.refused`, 'a', changes)
  }

  /** The oldest changes, without taking them away. */
  next(atMost: number): Change[] {
    return this.#waiting.slice(0, atMost)
  }

  /** The oldest are in the database now. Reading one in twice would do no harm, so the file shrinks only at its end. */
  forget(count: number): void {
    this.#waiting.splice(0, count)
    this.#unwritten = Math.min(this.#unwritten, this.#waiting.length)
    if (this.#waiting.length > 0 || !existsSync(this.#path)) return
    const old = `${this.#path}.read`
    try {
      renameSync(this.#path, old)
      rmSync(old)
    } catch {
      // A disk that does not let go of it does no harm: it is read in once more at the next start.
    }
  }
}

function writeDurably(path: string, flag: 'a', changes: readonly Change[]): void {
  const file = openSync(path, flag, 0o600)
  const before = fstatSync(file).size
  try {
    writeWhole(file, Buffer.from(changes.map(change => `${JSON.stringify(change)}\n`).join('')))
    fsyncSync(file)
  } catch (thrown) {
    ftruncateSync(file, before)
    throw thrown
  } finally {
    closeSync(file)
  }
}

/** A disk that is nearly full takes a part and says so only by its length. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

function read(path: string): Change[] {
  const bytes = readFileSync(path)
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
  if (whole.length < bytes.length) truncateSync(path, whole.length)
  return whole
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Change)
}
