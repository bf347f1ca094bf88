import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pLimit from 'p-limit'
import { type Call, isRefused } from '../call/call.ts'
import type { Recording, Recordings } from '../call/facts.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { type Expected, TapeCheck } from '../recording/check.ts'
import { expectedOf, expectedOfParty } from '../recording/expected.ts'
import { fileOf, msOf, RATE, TOLERANCE_MS } from '../recording/tape.ts'
import { WAV_HEADER_BYTES, wavHeader } from '../wav.ts'

/** A tape that is short at first look may still be on its way to the disk. */
const LOOK_AGAIN_AFTER_MS = 2_000
const BLOCK = 1024 * 1024
/** Tapes read at once: where hundreds of calls end together, more would be no faster, and each holds a block in memory. */
const AT_ONCE = 4

/**
 * Makes recordings of the tapes that Asterisk has left in `live/`: measured against the call's story, hashed, written
 * beside and moved into place whole. What the disk refuses is a fault of the recording, never of the call, and the tape
 * stays until it is filed.
 */
export class Tapes {
  readonly #folder: string
  readonly #log: Log
  /** By call: one that is believed anew may be filed again meanwhile, and two must not write the same file. */
  readonly #underWay = new Map<string, Promise<Recordings>>()
  readonly #inTurn = pLimit(AT_ONCE)

  constructor(recordingsFolder: string, log: Log) {
    this.#folder = recordingsFolder
    this.#log = log
  }

  /** Never rejects. Filing a call again whose recordings are in place measures those. */
  async file(call: Call): Promise<Recordings> {
    const before = this.#underWay.get(call.id)
    const filing = before ? before.then(() => this.#file(call)) : this.#file(call)
    this.#underWay.set(call.id, filing)
    const filed = await filing
    if (this.#underWay.get(call.id) === filing) this.#underWay.delete(call.id)
    return filed
  }

  async #file(call: Call): Promise<Recordings> {
    const { id, arrivedAt, tapes = [] } = call
    const isAgain = isRefused(call)
    const own = { call: id, id, arrivedAt, isAgain, expected: expectedOf({ ...call, endedAt: call.endedAt! }) }
    const recording = await this.#fileOne(own)
    if (tapes.length === 0) return { recording }
    const parties: Record<string, Recording> = {}
    for (const tape of tapes)
      parties[tape.id] = await this.#fileOne({ ...own, id: tape.id, expected: expectedOfParty(tape, call.pauses) })
    const refused = Object.values(parties).find(({ refused }) => refused)
    return { recording: refused ? withRefused(recording, refused) : recording, parties }
  }

  async #fileOne(one: One): Promise<Recording> {
    const { expected } = one
    try {
      let bytes = await bytesOf(this.#tape(one))
      // What was refused before had its second look then.
      if (bytes !== undefined && !one.isAgain && expected.ms - msOf(bytes) > TOLERANCE_MS) {
        await pause(LOOK_AGAIN_AFTER_MS)
        bytes = await bytesOf(this.#tape(one))
      }
      const check = new TapeCheck(expected)
      if (bytes !== undefined) return await this.#inTurn(() => this.#fileTape(one, check))
      const name = fileOf(one.id, one.arrivedAt)
      const place = join(this.#folder, name)
      const filed = await bytesOf(place)
      if (filed !== undefined) return await this.#inTurn(() => measure(place, name, filed, check))
    } catch (thrown) {
      const faults = [`the disk refused it, which is tried again every hour: ${sentenceOf(thrown)}`]
      return { file: null, ms: 0, sha256: null, faults, refused: true }
    }
    return { file: null, ms: 0, sha256: null, faults: expected.ms > TOLERANCE_MS ? ['nothing was recorded'] : [] }
  }

  /** When the call was gone, as the end of its tape tells, ms since 1970; undefined where nothing tells it. Never rejects. */
  async endOf(call: Call): Promise<number | undefined> {
    const bytes = await bytesOf(this.#tape(call)).catch(() => undefined)
    // An empty one is that of an Asterisk that died before it wrote the first second of it.
    return bytes === undefined || call.answeredAt === null ? undefined : call.answeredAt + msOf(bytes)
  }

  #tape({ id }: { id: string }): string {
    return join(this.#folder, 'live', `${id}.raw`)
  }

  async #fileTape(one: One, check: TapeCheck): Promise<Recording> {
    // Its turn may have come late, and Asterisk have written more.
    const bytes = (await stat(this.#tape(one))).size
    const name = fileOf(one.id, one.arrivedAt)
    const place = join(this.#folder, name)
    const part = `${place}.part`
    try {
      const sha256 = await copy(this.#tape(one), part, bytes, check)
      await rename(part, place)
      await this.#removeTape(one)
      return { file: name, ms: msOf(bytes), sha256, faults: check.faults() }
    } catch (thrown) {
      // Or what could not be written would fill the disk all the more.
      await rm(part, { force: true }).catch(() => {})
      throw thrown
    }
  }

  /** By now the recording is in place, whatever becomes of the tape; filed again, it is the same. */
  async #removeTape(one: One): Promise<void> {
    try {
      await rm(this.#tape(one), { force: true })
    } catch (thrown) {
      const { call, id } = one
      const error = sentenceOf(thrown)
      this.#log.error(
        { call, tape: id, error },
        'the recording is filed, but its tape in live/ must be removed by hand',
      )
    }
  }
}

/** A call's recordings are filed when all of them are: until then all are tried again. */
const withRefused = (own: Recording, { faults }: Recording): Recording =>
  own.refused ? own : { ...own, faults: [...own.faults, ...faults.map(fault => `of a party: ${fault}`)], refused: true }

/** A tape that is to be filed. */
type One = {
  readonly call: string
  readonly id: string
  readonly arrivedAt: number
  readonly isAgain: boolean
  readonly expected: Expected
}

/** The tape as a WAV, on the disk when this resolves with its SHA-256. */
async function copy(tape: string, wav: string, bytes: number, check: TapeCheck): Promise<string> {
  const hash = createHash('sha256')
  const target = await created(wav)
  try {
    // Unlike `write`, `writeFile` goes on where a disk that is nearly full has taken a part.
    const header = wavHeader(bytes, 2, RATE)
    hash.update(header)
    await target.writeFile(header)
    for await (const block of blocksOf(tape, 0, bytes)) {
      hash.update(block)
      check.read(block)
      await target.writeFile(block)
    }
    await target.sync()
  } finally {
    await target.close()
  }
  return hash.digest('hex')
}

/** A new file, and its folder where that is not there yet. */
async function created(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    await mkdir(dirname(path), { recursive: true })
    return open(path, 'w')
  }
}

async function measure(path: string, file: string, bytes: number, check: TapeCheck): Promise<Recording> {
  const hash = createHash('sha256')
  for await (const block of blocksOf(path, 0, bytes)) hash.update(block)
  for await (const block of blocksOf(path, WAV_HEADER_BYTES, bytes)) check.read(block)
  return { file, ms: msOf(bytes - WAV_HEADER_BYTES), sha256: hash.digest('hex'), faults: check.faults() }
}

/** A file from byte `from` up to byte `to`, in blocks of whole frames. */
async function* blocksOf(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const source = await open(path, 'r')
  try {
    for (let at = from; at < to; ) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK, to - at))
      const { bytesRead } = await source.read(block, 0, block.length, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield block.subarray(0, bytesRead)
    }
  } finally {
    await source.close()
  }
}

/** Undefined where there is no such file; what cannot be known is not taken for that. */
const bytesOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    (why: NodeJS.ErrnoException) => {
      if (why.code === 'ENOENT') return undefined
      throw why
    },
  )
