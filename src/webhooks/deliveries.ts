import { sentenceOf } from '../errors.ts'
import type { Hearer } from '../events/live.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../switchboard/ports.ts'
import {
  afterFailure,
  atOnce,
  EVENTS_AT_ONCE,
  type Failed,
  faster,
  isTooMuch,
  type Parcel,
  slower,
  type Webhook,
} from './webhook.ts'

/** What of webhooks is kept. Each answers with the webhook as it then is; undefined: it is there no more. */
export interface Shelf {
  all(): Promise<readonly Webhook[]>
  find(id: string): Promise<Webhook | undefined>
  /** What is to be sent next, in order, at most so many; where there is nothing, it is up to date. */
  next(webhook: Webhook, atMost: number): Promise<Parcel | undefined>
  delivered(webhook: Webhook, parcel: Parcel, now: number): Promise<Webhook | undefined>
  failed(webhook: Webhook, parcel: Parcel, failed: Failed, now: number): Promise<Webhook | undefined>
}

export type DeliveriesParts = {
  shelf: Shelf
  live: { hear(hearer: Hearer): () => void }
  /** Rejects with a sentence why it was not taken. */
  post: (webhook: Webhook, parcel: Parcel, now: number) => Promise<void>
  clock: Clock
  log: Log
}

/** How soon it is tried again where the database does not answer. */
const TRY_AGAIN_MS = 1_000

/**
 * Sends events to webhooks: to each in order, as many at once as wait, and again until they are taken, or the first is given up. What is to be sent, and when, are
 * rows; a timer, and the news that something has happened, only wake whoever reads them. So it goes on where it stopped.
 */
export class Deliveries {
  readonly #parts: DeliveriesParts
  /** Of those that are being sent to: whether something has happened since they were looked at. */
  readonly #busy = new Map<string, { news: boolean; done: Promise<void> }>()
  readonly #known = new Set<string>()
  /** How many each may be sent at once, as it has shown. */
  readonly #paces = new Map<string, number>()
  readonly #alarms = new Map<string, () => void>()
  readonly #letGo: () => void
  #isStopped = false

  constructor(parts: DeliveriesParts) {
    this.#parts = parts
    this.#letGo = parts.live.hear(() => {
      for (const id of this.#known) this.wake(id)
    })
  }

  /** Goes on with what there is. */
  start(): void {
    this.#parts.shelf
      .all()
      .then(all => all.forEach(({ id }) => void this.wake(id)))
      .catch(thrown => this.#later('', thrown, () => this.start()))
  }

  /** It is new, or set otherwise, or has something to be sent. */
  wake(id: string): void {
    if (this.#isStopped) return
    this.#known.add(id)
    const busy = this.#busy.get(id)
    if (busy) busy.news = true
    else this.#begin(id)
  }

  /** Resolves when nothing is being sent any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#letGo()
    for (const takeBack of this.#alarms.values()) takeBack()
    await Promise.all([...this.#busy.values()].map(({ done }) => done))
  }

  #begin(id: string): void {
    const busy = { news: false, done: Promise.resolve() }
    this.#busy.set(id, busy)
    busy.done = this.#send(id)
      .catch(thrown => this.#later(id, thrown, () => this.wake(id)))
      .finally(() => {
        this.#busy.delete(id)
        if (busy.news) this.wake(id)
      })
  }

  /** All that is due for one of them. */
  async #send(id: string): Promise<void> {
    const { shelf, clock } = this.#parts
    let webhook = await shelf.find(id)
    while (webhook && webhook.offAt === null && !this.#isStopped) {
      const now = clock.now()
      if (webhook.dueAt !== null && webhook.dueAt > now) return this.#alarm(id, webhook.dueAt)
      const atMost = atOnce(webhook, this.#paces.get(id))
      const parcel = await shelf.next(webhook, atMost)
      if (!parcel) return
      webhook = await this.#sendOne(webhook, parcel, atMost)
    }
    if (webhook) return
    this.#known.delete(id)
    this.#paces.delete(id)
  }

  async #sendOne(webhook: Webhook, parcel: Parcel, atMost: number): Promise<Webhook | undefined> {
    const { shelf, post, clock, log } = this.#parts
    const { id } = webhook
    const began = clock.now()
    const failure = await post(webhook, parcel, began).then(() => null, sentenceOf)
    if (failure === null) {
      // It may have been fewer than they can do, for want of one that they did not take.
      const shown = this.#paces.get(id) ?? EVENTS_AT_ONCE
      this.#paces.set(id, Math.max(shown, faster(atMost, parcel.events.length, clock.now() - began)))
      return shelf.delivered(webhook, parcel, clock.now())
    }
    if (this.#isStopped) return // it was we who broke off
    if (isTooMuch(clock.now() - began)) this.#paces.set(id, slower(atMost))
    const failed = afterFailure(webhook, failure, clock.now())
    // The one on which it stood still is out of the way.
    if (failed.isDead) this.#paces.delete(id)
    if (failed.isDead) log.warn({ webhook: id, event: parcel.events[0].id, failure }, 'a webhook did not take an event')
    if (failed.offBecause !== null)
      log.warn({ webhook: id, failure }, 'a webhook has taken nothing for a day: it is off')
    return shelf.failed(webhook, parcel, failed, clock.now())
  }

  #alarm(id: string, at: number, wake = () => this.wake(id)): void {
    this.#alarms.get(id)?.()
    this.#alarms.set(id, this.#parts.clock.at(at, wake))
  }

  #later(id: string, thrown: unknown, again: () => void): void {
    this.#parts.log.debug({ error: sentenceOf(thrown) }, 'the webhooks cannot be read, which is tried again')
    if (!this.#isStopped) this.#alarm(id, this.#parts.clock.now() + TRY_AGAIN_MS, again)
  }
}
