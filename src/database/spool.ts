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
 * cut short is the last one and was never confirmed to anyone: it is taken away, or the next would be glued to it.
 */
export class Spool {
  readonly #path: string
  #waiting: Change[]

  constructor(path: string) {
    this.#path = path
    this.#waiting = existsSync(path) ? read(path) : []
  }

  get length(): number {
    return this.#waiting.length
  }

  /** On disk, for good, when this returns. Throws where the disk refuses. */
  append(changes: readonly Change[]): void {
    writeDurably(this.#path, 'a', changes)
    this.#waiting.push(...changes)
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
    if (this.#waiting.length > 0) return
    const old = `${this.#path}.read`
    renameSync(this.#path, old)
    rmSync(old)
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
