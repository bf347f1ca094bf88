import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { Change } from '../switchboard/ports.ts'

/**
 * Changes that Postgres could not take, on disk, one JSON line each, only ever appended. A line that a crash cut short is
 * the last one and was never confirmed to anyone: it is left out.
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
  try {
    writeSync(file, changes.map(change => `${JSON.stringify(change)}\n`).join(''))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function read(path: string): Change[] {
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Change)
}
