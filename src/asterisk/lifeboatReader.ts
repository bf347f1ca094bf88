import { type FileHandle, open, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Log } from '../log.ts'
import type { Told } from '../switchboard/lifeboatStory.ts'
import { readQueueLog } from './queueLog.ts'

/** How far a queue_log is read: in the file that is known by its inode and its first line, up to this byte. */
export type Position = { inode: number; first: string; offset: number }

/** Where the position outlives us. */
export interface Bookmark {
  get(): Promise<Position | undefined>
  set(position: Position): Promise<void>
}

export type LifeboatReaderParts = { path: string; bookmark: Bookmark; log: Log }

export interface LifeboatReader {
  /** Hands over all that is new, in order. What `take` has resolved for is not handed over again. */
  read(take: (told: readonly Told[]) => Promise<void>): Promise<void>
}

const BLOCK = 1024 * 1024
const NEWLINE = 0x0a
const LONGEST_FIRST = 200

export const createLifeboatReader = (parts: LifeboatReaderParts): LifeboatReader => new QueueLogReader(parts)

type Opened = { file: FileHandle; inode: number; first: string; changedAt: number }

/**
 * Reads whole lines only, and finds its way when the file was moved aside (by `logger rotate` or logrotate, which must not
 * pack the newest: `delaycompress`) or cut to nothing.
 */
class QueueLogReader implements LifeboatReader {
  readonly #parts: LifeboatReaderParts
  #position: Position | undefined
  #known = false
  /** The bookmark lags behind, for it could not be set: the next reading sets it, be there anything new or not. */
  #lags = false

  constructor(parts: LifeboatReaderParts) {
    this.#parts = parts
  }

  async read(take: (told: readonly Told[]) => Promise<void>): Promise<void> {
    if (!this.#known) {
      this.#position = await this.#parts.bookmark.get()
      this.#known = true
    }
    const current = await this.#open(this.#parts.path)
    if (!current) return // Asterisk has not written anything yet
    const files = [current]
    try {
      if (!this.#isAt(current)) files.unshift(...(await this.#movedAside(current)))
      for (const opened of files) await this.#readOn(opened, take)
      if (this.#lags) await this.#mark()
    } finally {
      await Promise.all(files.map(({ file }) => file.close()))
    }
  }

  /** Files with lines that we have not read, oldest first: the one that we were in and those that came after it. */
  async #movedAside(current: Opened): Promise<Opened[]> {
    if (!this.#position) return []
    const { path, log } = this.#parts
    const names = (await readdir(dirname(path))).filter(name => name.startsWith(`${basename(path)}.`))
    names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })) // where the clock cannot tell: .1 is older than .0
    const opened = await Promise.all(names.map(name => this.#open(join(dirname(path), name))))
    const others = opened.filter(one => one !== undefined).filter(one => one.inode !== current.inode)
    others.sort((a, b) => a.changedAt - b.changedAt)
    const ours = others.findIndex(one => this.#isAt(one))
    const unread = ours < 0 ? [] : others.slice(ours)
    await Promise.all(others.filter(one => !unread.includes(one)).map(({ file }) => file.close()))
    if (ours < 0) log.warn({ path }, 'the queue_log that was being read is gone; going on with the one that is there')
    return unread
  }

  async #open(path: string): Promise<Opened | undefined> {
    const file = await open(path, 'r').catch(absent)
    if (!file) return undefined
    const { ino, mtimeMs } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_FIRST), 0, LONGEST_FIRST, 0)
    const text = buffer.subarray(0, bytesRead).toString('latin1')
    return { file, inode: ino, first: text.split('\n', 1)[0]!, changedAt: mtimeMs }
  }

  /** The same file: an inode may be given to another one, and a first line may still be growing. */
  #isAt({ inode, first }: Opened): boolean {
    return this.#position?.inode === inode && first.startsWith(this.#position.first)
  }

  async #readOn(opened: Opened, take: (told: readonly Told[]) => Promise<void>): Promise<void> {
    const { file, inode, first } = opened
    let offset = this.#isAt(opened) ? this.#position!.offset : 0
    const { size } = await file.stat()
    if (offset > size) offset = 0
    while (offset < size) {
      const block = Buffer.alloc(Math.min(BLOCK, size - offset))
      await file.read(block, 0, block.length, offset)
      const whole = block.lastIndexOf(NEWLINE) + 1
      if (whole === 0) return
      await take(readQueueLog(block.toString('utf8', 0, whole - 1).split('\n')))
      offset += whole
      this.#position = { inode, first, offset }
      await this.#mark()
    }
  }

  async #mark(): Promise<void> {
    this.#lags = true
    await this.#parts.bookmark.set(this.#position!)
    this.#lags = false
  }
}

function absent(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code === 'ENOENT') return undefined
  throw thrown
}
