import { setImmediate as turn } from 'node:timers/promises'
import type { Response } from 'express'
import pLimit from 'p-limit'
import { HotlineError, sentenceOf } from '../errors.ts'
import { type Audience, hears } from '../events/audience.ts'
import type { Event } from '../events/event.ts'
import type { Hearer } from '../events/live.ts'
import type { Log } from '../log.ts'
import { KEY_HOLDER, type Who } from '../rights/rights.ts'

/** Events as they happen, for those who listen (server-sent events, WHATWG HTML 9.2). */

export type StreamsParts = {
  live: { hear(hearer: Hearer): () => void; readonly last: number }
  /** What is remembered after this one, the oldest first; and up to which it is swept away. */
  read: (after: number, limit: number) => Promise<Event[]>
  swept: () => Promise<number>
  /** The last ones before we began. */
  recent: readonly Event[]
  document: (event: Event, whole: boolean) => string
  /** Whether what a request has shown still lets it in, and no other way than then: asked every few seconds. */
  stillMay: (response: Response, who: Who) => Promise<boolean>
  log: Log
}

type Stream = { who: Who; response: Response; openedAt: number }
/** Those who hear the same: what they hear is written out once. */
type Group = { audience: Audience; whole: boolean; streams: Set<Stream> }

/** So many are at hand for who comes back; who was away for longer reads the table first. */
const RING = 4_000
const PAGE = 500
/** What comes within so short a time is sent in one go. */
const GATHER_MS = 15
/** So many are sent to before a call may have its turn. */
const SLICE = 64
/** Who is that far behind is cut, and comes back with the last id that they have; of many, sooner: memory has an end. */
const BEHIND_BYTES = 2 * 2 ** 20
const ALL_BEHIND_BYTES = 512 * 2 ** 20
/** Of one person. */
export const STREAMS_AT_MOST = 20
/** Of one key, by which a program may listen for a whole team; the centre's own is not counted. */
export const KEY_STREAMS_AT_MOST = 200
/** Of all. */
export const MOST = 2_000
const LOOK_EVERY_MS = 5_000
/** So rarely that proxies do not take the silence for an end. */
const BEATS_EVERY_LOOKS = 3
/** Then it is asked for anew, so that it reaches as far as their rights do then. */
const LASTS_MS = 3_600_000
const COME_BACK_AFTER_MS = 1_000
/** Who takes so long for a page of what they have missed is gone. */
const TAKES_WITHIN_MS = 30_000

class TooManyStreams extends HotlineError {
  constructor(atMost: number) {
    super('too-many-streams', `You listen to ${atMost} streams of events already: end one of them first.`)
  }
}

class NoRoomForStreams extends HotlineError {
  constructor() {
    super('no-room-for-streams', `${MOST} streams of events are open, and there is room for no more. Try again soon.`)
  }
}

export class Streams {
  readonly #parts: StreamsParts
  readonly #groups = new Map<string, Group>()
  /** Those that are open, also where its listener is still told what they have missed. */
  readonly #open = new Set<Stream>()
  readonly #reading = pLimit(2)
  readonly #letGo: () => void
  readonly #timer: NodeJS.Timeout
  #ring: Event[]
  /** The ring has all that came after this one. */
  #floor: number
  /** All up to this one is sent, or being sent. */
  #sent: number
  #waiting: Event[] = []
  #isSending = false
  #isLooking = false
  #looks = 0
  #isStopped = false

  constructor(parts: StreamsParts) {
    this.#parts = parts
    this.#ring = [...parts.recent]
    this.#sent = parts.live.last
    this.#floor = parts.recent.length > 0 ? parts.recent[0]!.id - 1 : this.#sent
    this.#letGo = parts.live.hear(events => this.#take(events))
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
  }

  /**
   * Answers with all that comes after `after`, or from now on. Resolves when the listener hears it live, or is gone. Throws TooManyStreams
   * or NoRoomForStreams.
   */
  async open(response: Response, who: Who, audience: Audience, whole: boolean, after?: number): Promise<void> {
    // Gone while it was looked up who they are: its `close` comes no more.
    if (response.destroyed) return
    this.#insistOnRoom(who)
    // Without chunks: each would be a write of its own around what is sent to all.
    response.removeHeader('transfer-encoding')
    response.writeHead(200, {
      ...{ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', connection: 'close' },
    })
    if (response.req.method === 'HEAD') return void response.end()
    response.write(`retry: ${COME_BACK_AFTER_MS}\n\n`)
    const stream = { who, response, openedAt: performance.now() }
    this.#open.add(stream)
    response.on('close', () => this.#open.delete(stream))
    const group = { audience, whole, streams: new Set<Stream>() }
    try {
      const from = after === undefined ? this.#sent : await this.#catchUp(stream, group, after)
      if (!response.destroyed && !this.#isStopped) this.#join(stream, group, from)
      else response.destroy()
    } catch (thrown) {
      this.#parts.log.debug({ error: sentenceOf(thrown) }, 'a listener could not be told what they had missed')
      response.destroy()
    }
  }

  #insistOnRoom({ name }: Who): void {
    if (this.#open.size >= MOST) throw new NoRoomForStreams()
    if (name === KEY_HOLDER.name) return
    const theirs = [...this.#open].filter(({ who }) => who.name === name)
    const atMost = name.startsWith('key:') ? KEY_STREAMS_AT_MOST : STREAMS_AT_MOST
    if (theirs.length >= atMost) throw new TooManyStreams(atMost)
  }

  /** Those who listen are told to come back. */
  stop(): void {
    this.#isStopped = true
    this.#letGo()
    clearInterval(this.#timer)
    for (const { streams } of this.#groups.values()) for (const { response } of streams) response.end()
  }

  // ── What was missed ──

  /** Tells what only the table has. Resolves with the last event that it has told, or passed over. */
  async #catchUp(stream: Stream, group: Group, after: number): Promise<number> {
    const { last } = this.#parts.live
    const lowest = await this.#reading(this.#parts.swept)
    // An id that we have not given yet is another database's.
    if (after < lowest || after > last) stream.response.write(missed(after < lowest ? lowest : last))
    let at = after > last ? last : Math.max(after, lowest)
    while (at < this.#floor && !stream.response.destroyed && !this.#isStopped) {
      const floor = this.#floor
      const page = await this.#reading(() => this.#parts.read(at, PAGE))
      // What comes after is told from the ring, or will be: the table may have it before we are told.
      const before = page.filter(({ id }) => id <= floor)
      await said(stream.response, this.#written(before, group))
      at = before.length < PAGE ? floor : before.at(-1)!.id
    }
    return at
  }

  /** What the ring has of it, and from then on live: in one go, so that nothing is missed or doubled. */
  #join(stream: Stream, alike: Group, from: number): void {
    const missed = this.#ring.filter(({ id }) => id > from && id <= this.#sent)
    const chunk = this.#written(missed, alike)
    if (chunk.length > 0) stream.response.write(chunk)
    const key = JSON.stringify([alike.audience, alike.whole])
    const group = this.#groups.get(key) ?? alike
    this.#groups.set(key, group)
    group.streams.add(stream)
    stream.response.on('close', () => {
      group.streams.delete(stream)
      if (group.streams.size === 0) this.#groups.delete(key)
    })
  }

  // ── What happens ──

  #take(events: readonly Event[]): void {
    this.#waiting.push(...events)
    this.#ring.push(...events)
    if (this.#ring.length > 2 * RING) {
      this.#ring = this.#ring.slice(-RING)
      this.#floor = this.#ring[0]!.id - 1
    }
    if (!this.#isSending) void this.#send()
  }

  async #send(): Promise<void> {
    this.#isSending = true
    while (this.#waiting.length > 0 && !this.#isStopped) {
      const began = performance.now()
      const events = this.#waiting.splice(0)
      this.#sent = events.at(-1)!.id
      await this.#toAll(group => this.#written(events, group))
      const left = GATHER_MS - (performance.now() - began)
      if (left > 1) await new Promise(done => setTimeout(done, left))
    }
    this.#isSending = false
  }

  /** A slice at a time. Who joins meanwhile has had it from the ring. */
  async #toAll(chunkFor: (group: Group) => Buffer): Promise<void> {
    const all = [...this.#groups.values()].flatMap(group => {
      const chunk = chunkFor(group)
      return chunk.length > 0 ? [...group.streams].map(({ response }) => ({ response, chunk })) : []
    })
    const behind = Math.min(BEHIND_BYTES, ALL_BEHIND_BYTES / this.#open.size)
    for (let i = 0; i < all.length; i += SLICE) {
      for (const { response, chunk } of all.slice(i, i + SLICE)) send(response, chunk, behind)
      if (i + SLICE < all.length) await turn()
    }
  }

  readonly #frames = { whole: new WeakMap<Event, Buffer>(), masked: new WeakMap<Event, Buffer>() }

  #written(events: readonly Event[], { audience, whole }: Group): Buffer {
    return Buffer.concat(events.flatMap(event => (hears(audience, event) ? [this.#frame(event, whole)] : [])))
  }

  #frame(event: Event, whole: boolean): Buffer {
    const known = whole ? this.#frames.whole : this.#frames.masked
    const frame = known.get(event) ?? Buffer.from(`id: ${event.id}\ndata: ${this.#parts.document(event, whole)}\n\n`)
    known.set(event, frame)
    return frame
  }

  /** Ends what its listener may hear no more, and tells the others now and then that we are here, and how far they are. */
  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const now = performance.now()
    for (const stream of [...this.#groups.values()].flatMap(({ streams }) => [...streams])) {
      const isOver = now - stream.openedAt > LASTS_MS
      // Where that cannot be told, as without a database, it is asked again.
      const may = isOver || (await this.#parts.stillMay(stream.response, stream.who).catch(() => true))
      if (isOver || !may) stream.response.end()
    }
    this.#looks += 1
    if (this.#looks % BEATS_EVERY_LOOKS === 0 && !this.#isSending) await this.#beat()
    this.#isLooking = false
  }

  /** Nothing is sent meanwhile: else some would be told that they are where they were. */
  async #beat(): Promise<void> {
    this.#isSending = true
    const beat = Buffer.from(`: here\nid: ${this.#sent}\n\n`)
    await this.#toAll(() => beat)
    await this.#send()
  }
}

function send(response: Response, chunk: Buffer, behind: number): void {
  if (response.writableEnded || response.destroyed) return
  if (response.writableLength > behind) response.destroy()
  else response.write(chunk)
}

/** Resolves when it is on its way, or nobody wants it any more. */
async function said(response: Response, chunk: Buffer): Promise<void> {
  if (chunk.length === 0 || response.write(chunk)) return
  const patience = setTimeout(() => response.destroy(), TAKES_WITHIN_MS)
  await new Promise<void>(done => response.once('drain', done).once('close', done))
  clearTimeout(patience)
}

/** What they ask for is there no more: what they know of calls and agents may be outdated. */
const missed = (upTo: number): string =>
  `id: ${upTo}\ndata: ${JSON.stringify({ id: upTo, version: 1, type: 'events.missed' })}\n\n`
