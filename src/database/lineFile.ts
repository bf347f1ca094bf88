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
  writeSync,
} from 'node:fs'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'

const TRY_AGAIN_MS = 1_000
/** So many in one go: a full disk is to say so before much was made ready for it. */
const AT_ONCE = 1_000

/**
 * JSON lines on disk, only ever appended. What the disk refuses waits in memory, in its order, and the disk is asked again
 * every second. A line that a crash or a full disk cut short is the last one and was never confirmed to anyone: it is taken
 * away, or the next would be glued to it.
 */
export class LineFile {
  readonly #path: string
  readonly #log: Log
  /** Lines that the disk has not taken. */
  #unwritten: string[] = []
  /** So many bytes of the file are whole lines; nobody knows before it is read. */
  #whole: number | undefined
  #again: NodeJS.Timeout | undefined

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
  }

  get unwritten(): number {
    return this.#unwritten.length
  }

  read(): unknown[] {
    if (!existsSync(this.#path)) return []
    const bytes = readFileSync(this.#path)
    this.#whole = wholeLengthOf(bytes)
    const lines = bytes.toString('utf8', 0, this.#whole).split('\n')
    return lines.filter(line => line !== '').map(line => JSON.parse(line))
  }

  /** On disk, for good, when this returns; where the disk refuses, in memory alone. */
  append(values: readonly unknown[]): void {
    for (const value of values) this.#unwritten.push(`${JSON.stringify(value)}\n`)
    if (!this.#again) this.#tryToWrite()
  }

  /** All but the last lines are in good hands elsewhere: of these at most, the disk must still take some. */
  needOnly(last: number): void {
    this.#unwritten.splice(0, Math.max(0, this.#unwritten.length - last))
    if (this.#unwritten.length > 0) return
    clearTimeout(this.#again)
    this.#again = undefined
  }

  /** A disk that does not let go of it does no harm: it is read once more at the next start. */
  remove(): void {
    if (!existsSync(this.#path)) return
    const old = `${this.#path}.read`
    try {
      renameSync(this.#path, old)
      this.#whole = 0
      rmSync(old)
    } catch (thrown) {
      this.#log.debug({ file: this.#path, error: sentenceOf(thrown) }, 'the disk does not let go of the spool')
    }
  }

  /** The disk's last chance; where it refuses, the log says so in these words. */
  close(words: string): void {
    clearTimeout(this.#again)
    this.#again = undefined
    try {
      this.#write()
    } catch (thrown) {
      const told = { file: this.#path, error: sentenceOf(thrown), changes: this.unwritten }
      this.#log.error(told, words)
    }
  }

  #tryToWrite(): void {
    try {
      this.#write()
      if (this.#again)
        this.#log.info({ file: this.#path }, 'the disk takes the spool again, and all that waited for it')
      this.#again = undefined
    } catch (thrown) {
      const told = { file: this.#path, error: sentenceOf(thrown) }
      const words = 'the disk refuses the spool: until it has room, to stop the service is to lose facts'
      if (!this.#again) this.#log.error(told, words)
      this.#again = setTimeout(() => this.#tryToWrite(), TRY_AGAIN_MS).unref()
    }
  }

  #write(): void {
    if (this.#unwritten.length === 0) return
    const file = openSync(this.#path, 'a', 0o600)
    try {
      let whole = this.#cutToWhole(file)
      while (this.#unwritten.length > 0) {
        const bytes = Buffer.from(this.#unwritten.slice(0, AT_ONCE).join(''))
        writeAll(file, bytes)
        fsyncSync(file)
        whole += bytes.length
        this.#whole = whole
        this.#unwritten.splice(0, AT_ONCE)
      }
    } finally {
      closeSync(file)
    }
  }

  /** Takes away what the disk took of lines that it then refused, or that a crash cut short. Returns what is left. */
  #cutToWhole(file: number): number {
    const { size } = fstatSync(file)
    const whole = Math.min(this.#whole ?? wholeLengthOf(readFileSync(this.#path)), size)
    if (size > whole) ftruncateSync(file, whole)
    this.#whole = whole
    return whole
  }
}

const wholeLengthOf = (bytes: Buffer): number => bytes.lastIndexOf('\n') + 1

/** A disk that is nearly full takes a part and says so only by its length. */
function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}
