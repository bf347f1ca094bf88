import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { BadInput, NotFound } from '../errors.ts'
import { documentOf } from '../events/document.ts'
import type { Hearer } from '../events/live.ts'
import type { Log } from '../log.ts'
import { stamp } from '../report/interval.ts'
import { may, type Who } from '../rights/rights.ts'
import type { Clock } from '../switchboard/ports.ts'
import { isRefusedHost } from './address.ts'
import { Deliveries } from './deliveries.ts'
import { post } from './post.ts'
import { AGAIN_AT_MOST, type Letter, WebhookRows } from './rows.ts'
import { newSecret, signed } from './signature.ts'
import type { Parcel, Webhook } from './webhook.ts'

export type WebhooksParts = {
  knex: Knex
  live: { hear(hearer: Hearer): () => void }
  /** Times are told as the clocks there show them. */
  zone: string
  /** They may lead to this machine, and into the networks behind it. */
  anywhere: boolean
  clock: Clock
  log: Log
}

export type Set = { url: string; types: readonly string[] | null; whole: boolean }
export type Listed = Webhook & { dead: number }

/** They are sent to from now on. */
export function openWebhooks(parts: WebhooksParts): Webhooks {
  const webhooks = new Webhooks(parts)
  webhooks.start()
  return webhooks
}

/** Webhooks, as people set them, and what is sent to them. */
export class Webhooks {
  readonly #parts: WebhooksParts
  readonly #rows: WebhookRows
  readonly #deliveries: Deliveries
  readonly #stopping = new AbortController()

  constructor(parts: WebhooksParts) {
    const { knex, live, clock, log, anywhere, zone } = parts
    this.#parts = parts
    this.#rows = new WebhookRows(knex)
    this.#deliveries = new Deliveries({
      ...{ shelf: this.#rows, live, clock, log },
      post: ({ url, secret, whole }, { events }, now) => {
        const body = `[${events.map(event => documentOf(event, { stamp: at => stamp(at, zone), whole })).join()}]`
        return post(url, signed(secret, nameOf(events), now, body), body, { anywhere, until: this.#stopping.signal })
      },
    })
  }

  start = (): void => this.#deliveries.start()

  /** Resolves when nothing is being sent any more. */
  stop(): Promise<void> {
    const stopped = this.#deliveries.stop()
    this.#stopping.abort()
    return stopped
  }

  async list(): Promise<Listed[]> {
    const dead = await this.#rows.countDead()
    return (await this.#rows.all()).map(webhook => ({ ...webhook, dead: dead.get(webhook.id) ?? 0 }))
  }

  /** It hears no more than who sets it. Rejects with BadInput. */
  async create(who: Who, { url, types, whole }: Set): Promise<Listed> {
    this.#check(url)
    const id = randomUUID()
    const reach = { whole: whole && may(who, 'numbers:whole'), team: who.teams, queues: who.queues }
    const set = { secret: newSecret(), createdAt: this.#parts.clock.now(), createdBy: who.name }
    await this.#rows.add({ id, url, types, ...reach, ...set })
    this.#deliveries.wake(id)
    return { ...(await this.#there(id)), dead: 0 }
  }

  /** Rejects with NotFound, or BadInput. */
  async change(id: string, { url, types, whole, on }: Partial<Set> & { on?: boolean }): Promise<Listed> {
    if (url !== undefined) this.#check(url)
    const off =
      on === undefined
        ? {}
        : { offAt: on ? null : this.#parts.clock.now(), offBecause: on ? null : 'somebody has said so' }
    const set = {
      ...(url !== undefined && { url }),
      ...(types !== undefined && { types }),
      ...(whole !== undefined && { whole }),
    }
    if (!(await this.#rows.change(id, { ...set, ...off }))) throw noWebhook(id)
    this.#deliveries.wake(id)
    return { ...(await this.#there(id)), dead: (await this.#rows.countDead()).get(id) ?? 0 }
  }

  /** Deleted twice it is gone as well. */
  async remove(id: string): Promise<void> {
    await this.#rows.remove(id)
  }

  /** Those that it did not take, the first `limit` after this event. Rejects with NotFound. */
  async dead(id: string, after: number, limit: number): Promise<Letter[]> {
    await this.#there(id)
    return this.#rows.letters(id, after, limit)
  }

  /** Sends once more what was given up, or all that it heard in a time (ms since 1970). Resolves with how many events. */
  async replay(id: string, span: { from: number; to: number } | null): Promise<number> {
    const webhook = await this.#there(id)
    const events = span ? await this.#rows.spanAgain(webhook, span.from, span.to) : await this.#rows.again(id)
    if (events === null)
      throw new BadInput('to', `More than ${AGAIN_AT_MOST} events lie between from and to: ask for less.`)
    this.#deliveries.wake(id)
    return events
  }

  async #there(id: string): Promise<Webhook> {
    const webhook = await this.#rows.find(id)
    if (!webhook) throw noWebhook(id)
    return webhook
  }

  #check(url: string): void {
    if (!this.#parts.anywhere && isRefusedHost(new URL(url).hostname)) throw new BadInput('url', NOT_PUBLIC)
  }
}

/** Of what is sent at once: by the first and the last. */
const nameOf = ([{ id: first }, ...more]: Parcel['events']): string =>
  [first, ...more.slice(-1).map(({ id }) => id)].join('-')

const NOT_PUBLIC =
  'url must lead to a public address, and not to this machine or a network behind it, unless HOTLINE_WEBHOOKS is anywhere.'

const noWebhook = (id: string): NotFound => new NotFound(`There is no webhook ${id}.`)
