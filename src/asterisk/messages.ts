import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Call } from '../call/call.ts'
import { sentenceOf } from '../errors.ts'
import { KEPT } from '../ivr/flow.ts'
import type { Log } from '../log.ts'
import { fileOf, RATE } from '../recording/tape.ts'
import type { SoundAt } from '../sound/shelf.ts'
import { isGone } from '../switchboard/ports.ts'
import { WAV_HEADER_BYTES, wavHeader } from '../wav.ts'
import { askAri, readAri } from './ariRequests.ts'

/** Where what is played lies: also of what callers have left. Without the ending, as Asterisk wants it. */
export const withMessages =
  (soundAt: SoundAt, folder: string): SoundAt =>
  (language, prompt) =>
    prompt.startsWith(KEPT) ? join(folder, prompt.slice(KEPT.length).replace(/\.wav$/, '')) : soundAt(language, prompt)

/** Takes what callers have left out of Asterisk's spool, and keeps it beside their recordings. */
export class Messages {
  readonly #origin: string
  readonly #folder: string
  readonly #log: Log

  /** `origin`: of ARI. `folder`: that of the recordings. */
  constructor(origin: string, folder: string, log: Log) {
    this.#origin = origin
    this.#folder = folder
    this.#log = log
  }

  /** Never rejects: what cannot be had is on the tape, too. */
  async collect({ id: call, messages = [], comments = [], arrivedAt }: Call): Promise<void> {
    for (const { id } of [...messages, ...comments]) {
      try {
        await this.#take(id, fileOf(id, arrivedAt))
      } catch (thrown) {
        // Taken before, or lost with Asterisk.
        const level = isGone(thrown) ? 'debug' : 'warn'
        this.#log[level]({ call, message: id, error: sentenceOf(thrown) }, 'a message must be heard out of its tape')
      }
    }
  }

  async #take(id: string, file: string): Promise<void> {
    const place = join(this.#folder, file)
    const stored = `recordings/stored/${encodeURIComponent(id)}`
    // Its header may be that of a file that was never closed.
    const words = (await readAri(this.#origin, `${stored}/file`)).subarray(WAV_HEADER_BYTES)
    await mkdir(dirname(place), { recursive: true })
    try {
      await writeFile(`${place}.part`, Buffer.concat([wavHeader(words.length, 1, RATE), words]), { flush: true })
      await rename(`${place}.part`, place)
    } finally {
      await rm(`${place}.part`, { force: true })
    }
    await askAri(this.#origin, 'DELETE', stored)
  }
}
