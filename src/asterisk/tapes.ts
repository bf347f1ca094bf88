import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Call } from '../call/call.ts'
import type { Recording } from '../call/facts.ts'
import { sentenceOf } from '../errors.ts'
import { expectedOf } from '../recording/expected.ts'
import { fileOf, msOf, TapeCheck, TOLERANCE_MS, wavHeader } from '../recording/tape.ts'

/** A tape that is short at first look may still be on its way to the disk. */
const LOOK_AGAIN_AFTER_MS = 2_000
const BLOCK = 64 * 1024

/**
 * Makes recordings of the tapes that Asterisk has left in `live/`: measured against the call's story, hashed, written
 * beside and moved into place whole. What the disk refuses is a fault of the recording, never of the call.
 */
export class Tapes {
  readonly #folder: string

  constructor(recordingsFolder: string) {
    this.#folder = recordingsFolder
  }

  /** Never rejects. Filing a call again whose recording is in place measures that. */
  async file(call: Call): Promise<Recording> {
    const told = { answeredAt: call.answeredAt, endedAt: call.endedAt!, leg: call.leg }
    const expected = expectedOf(told)
    try {
      let tapeMs = await this.#tapeMs(call)
      if (tapeMs !== undefined && expected.ms - tapeMs > TOLERANCE_MS) {
        await pause(LOOK_AGAIN_AFTER_MS)
        tapeMs = await this.#tapeMs(call)
      }
      if (tapeMs !== undefined) return await this.#fileTape(call, new TapeCheck(expected))
      const filed = join(this.#folder, fileOf(call.id, call.arrivedAt))
      if (await exists(filed)) return await measure(filed, fileOf(call.id, call.arrivedAt), new TapeCheck(expected))
    } catch (thrown) {
      return { file: null, ms: 0, sha256: null, faults: [`the disk refused it: ${sentenceOf(thrown)}`] }
    }
    return { file: null, ms: 0, sha256: null, faults: expected.ms > TOLERANCE_MS ? ['nothing was recorded'] : [] }
  }

  /** When the call was gone, as the end of its tape tells, ms since 1970; undefined where there is none. */
  async endOf(call: Call): Promise<number | undefined> {
    const ms = await this.#tapeMs(call)
    return ms === undefined || ms === 0 || call.answeredAt === null ? undefined : call.answeredAt + ms
  }

  #tape(call: Call): string {
    return join(this.#folder, 'live', `${call.id}.raw`)
  }

  async #tapeMs(call: Call): Promise<number | undefined> {
    return (await exists(this.#tape(call))) ? msOf((await stat(this.#tape(call))).size) : undefined
  }

  async #fileTape(call: Call, check: TapeCheck): Promise<Recording> {
    const name = fileOf(call.id, call.arrivedAt)
    const place = join(this.#folder, name)
    await mkdir(dirname(place), { recursive: true })
    const bytes = (await stat(this.#tape(call))).size
    const hash = createHash('sha256')
    const target = await open(`${place}.part`, 'w')
    try {
      const header = wavHeader(bytes)
      hash.update(header)
      await target.write(header)
      for await (const block of blocksOf(this.#tape(call), 0)) {
        hash.update(block)
        check.read(block)
        await target.write(block)
      }
      await target.sync()
    } finally {
      await target.close()
    }
    await rename(`${place}.part`, place)
    await rm(this.#tape(call))
    return { file: name, ms: msOf(bytes), sha256: hash.digest('hex'), faults: check.faults() }
  }
}

async function measure(path: string, file: string, check: TapeCheck): Promise<Recording> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const block of blocksOf(path, 0)) hash.update(block)
  for await (const block of blocksOf(path, wavHeader(0).length)) {
    check.read(block)
    bytes += block.length
  }
  return { file, ms: msOf(bytes), sha256: hash.digest('hex'), faults: check.faults() }
}

/** A file in blocks of whole frames. */
async function* blocksOf(path: string, from: number): AsyncGenerator<Buffer> {
  const source = await open(path, 'r')
  try {
    for (let at = from; ; ) {
      const { bytesRead, buffer } = await source.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await source.close()
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
