import type { Knex } from 'knex'
import { hears } from '../events/audience.ts'
import type { Event } from '../events/event.ts'
import { eventFrom, eventsAfter } from '../report/events.ts'
import type { Shelf } from './deliveries.ts'
import { audienceOf, type Failed, type Parcel, type Webhook } from './webhook.ts'

/** Webhooks and what is to be sent to them, as rows. */

const PAGE = 200
/** So many at most are asked for once more in one go. */
export const AGAIN_AT_MOST = 10_000

export type NewWebhook = Pick<
  Webhook,
  'id' | 'url' | 'types' | 'whole' | 'team' | 'queues' | 'secret' | 'createdAt' | 'createdBy'
>
export type Change = Partial<Pick<Webhook, 'url' | 'types' | 'whole' | 'offAt' | 'offBecause'>>
export type Letter = { event: Event; deadAt: number; failure: string }

export class WebhookRows implements Shelf {
  readonly #knex: Knex
  /** What of the table was read, is to be heard and not yet sent. */
  readonly #pages = new Map<string, Event[]>()

  constructor(knex: Knex) {
    this.#knex = knex
  }

  async all(): Promise<Webhook[]> {
    return (await this.#knex('webhooks').orderBy('created_at').orderBy('id')).map(webhookFrom)
  }

  async find(id: string): Promise<Webhook | undefined> {
    const row = await this.#knex('webhooks').where({ id }).first()
    return row && webhookFrom(row)
  }

  /** It is told of what happens from now on. */
  async add({ createdAt, createdBy, ...given }: NewWebhook): Promise<void> {
    const last = this.#knex.raw('(select greatest((select max(id) from events), (select up_to from events_swept)))')
    await this.#knex('webhooks').insert({
      ...given,
      created_at: time(createdAt),
      created_by: createdBy,
      position: last,
    })
  }

  /** Switched on again, it is tried at once, and goes on where it stopped. */
  async change(id: string, { offAt, offBecause, ...given }: Change): Promise<Webhook | undefined> {
    const off = offAt === undefined ? {} : { off_at: time(offAt), off_because: offBecause ?? null }
    const fresh = { tries: 0, due_at: null, ...(offAt === null && { failing_since: null }) }
    return this.#update(id, { ...given, ...off, ...fresh })
  }

  async remove(id: string): Promise<boolean> {
    this.#pages.delete(id)
    return (await this.#knex('webhooks').where({ id }).delete()) > 0
  }

  async next(webhook: Webhook, atMost: number): Promise<Parcel | undefined> {
    const letters: { event: Event }[] = await this.#knex('webhook_letters')
      .where({ webhook_id: webhook.id, dead_at: null })
      .orderBy('event_id')
      .limit(atMost)
      .select('event')
    return (
      parcelOf(
        letters.map(({ event }) => event),
        true,
      ) ?? parcelOf(await this.#nextOf(webhook, atMost), false)
    )
  }

  async #nextOf(webhook: Webhook, atMost: number): Promise<Event[]> {
    const audience = await this.#audience(webhook)
    let at = webhook.position
    for (;;) {
      const known = this.#pages.get(webhook.id)?.filter(({ id }) => id > at) ?? []
      const page = known.length > 0 ? known : await eventsAfter(this.#knex, at, PAGE)
      const heard = page.filter(event => hears(audience, event))
      this.#pages.set(webhook.id, heard)
      if (heard.length > 0 || page.length === 0) return heard.slice(0, atMost)
      at = page.at(-1)!.id
      await this.#update(webhook.id, { position: at })
    }
  }

  async #audience(webhook: Webhook) {
    const { team } = webhook
    return audienceOf(webhook, team && (await this.#knex('agents').whereIn('team', team).pluck('id')))
  }

  async delivered(webhook: Webhook, { events, isLetter }: Parcel, now: number): Promise<Webhook | undefined> {
    const { id } = webhook
    const ids = events.map(event => event.id)
    if (isLetter) await this.#knex('webhook_letters').where({ webhook_id: id }).whereIn('event_id', ids).delete()
    const position = isLetter ? {} : { position: this.#notBefore(events.at(-1)!) }
    const well = { tries: 0, due_at: null, failing_since: null, failure: null, delivered_at: time(now) }
    return this.#update(id, { ...position, ...well })
  }

  /** Of those that were sent the first is the one that is given up. It is kept first: after a crash in between it is sent once more, and not lost. */
  async failed(
    webhook: Webhook,
    { events: [event], isLetter }: Parcel,
    failed: Failed,
    now: number,
  ): Promise<Webhook | undefined> {
    const { id } = webhook
    const { isDead, offBecause, failure } = failed
    if (isDead) {
      const row = { webhook_id: id, event_id: event.id, event: JSON.stringify(event), dead_at: time(now), failure }
      // Deleted meanwhile, it has no letters any more.
      if (await this.find(id))
        await this.#knex('webhook_letters').insert(row).onConflict(['webhook_id', 'event_id']).merge()
    }
    return this.#update(id, {
      ...{ tries: failed.tries, due_at: time(failed.dueAt), failing_since: time(failed.failingSince), failure },
      ...(isDead && !isLetter && { position: this.#notBefore(event) }),
      ...(offBecause !== null && { off_at: time(now), off_because: offBecause }),
    })
  }

  // ── What was given up ──

  async letters(id: string, after: number, limit: number): Promise<Letter[]> {
    const rows = await this.#knex('webhook_letters')
      .where({ webhook_id: id })
      .whereNotNull('dead_at')
      .where('event_id', '>', after)
      .orderBy('event_id')
      .limit(limit)
    return rows.map(({ event, dead_at, failure }) => ({ event, deadAt: dead_at.getTime(), failure }))
  }

  async countDead(): Promise<Map<string, number>> {
    const rows = await this.#knex('webhook_letters')
      .whereNotNull('dead_at')
      .groupBy('webhook_id')
      .select('webhook_id')
      .count()
    return new Map(rows.map(({ webhook_id, count }) => [String(webhook_id), Number(count)]))
  }

  /** Those that were given up are to be sent again. Resolves with how many. */
  async again(id: string): Promise<number> {
    return this.#knex('webhook_letters').where({ webhook_id: id }).whereNotNull('dead_at').update({ dead_at: null })
  }

  /** All that it would have heard in that time, ms since 1970. Resolves with how many, or with null where they are too many. */
  async spanAgain(webhook: Webhook, from: number, to: number): Promise<number | null> {
    const audience = await this.#audience(webhook)
    const found: Event[] = []
    for (let at = 0; at < webhook.position; ) {
      const rows = await this.#knex('events')
        .where('id', '>', at)
        .where('id', '<=', webhook.position)
        .where('at', '>=', time(from))
        .where('at', '<', time(to))
        .orderBy('id')
        .limit(PAGE)
      found.push(...rows.map(eventFrom).filter(event => hears(audience, event)))
      if (found.length > AGAIN_AT_MOST) return null
      at = rows.length < PAGE ? webhook.position : rows.at(-1).id
    }
    const letters = found.map(event => ({
      webhook_id: webhook.id,
      event_id: event.id,
      event: JSON.stringify(event),
      dead_at: null,
    }))
    await this.#knex.transaction(async all => {
      for (let i = 0; i < letters.length; i += PAGE)
        await all('webhook_letters')
          .insert(letters.slice(i, i + PAGE))
          .onConflict(['webhook_id', 'event_id'])
          .merge(['dead_at'])
    })
    return letters.length
  }

  /** A service before us may still be at what we have done. */
  #notBefore = ({ id }: Event) => this.#knex.raw('greatest(position, ?)', [id])

  async #update(id: string, set: Record<string, unknown>): Promise<Webhook | undefined> {
    const [row] = await this.#knex('webhooks').where({ id }).update(set).returning('*')
    return row && webhookFrom(row)
  }
}

const parcelOf = ([first, ...more]: readonly Event[], isLetter: boolean): Parcel | undefined =>
  first && { events: [first, ...more], isLetter }

type Row = Record<string, unknown>
const time = (at: number | null): Date | null => (at === null ? null : new Date(at))
const ms = (at: unknown): number | null => (at instanceof Date ? at.getTime() : null)

const webhookFrom = (row: Row): Webhook => ({
  ...(row as Pick<
    Webhook,
    'id' | 'url' | 'types' | 'whole' | 'team' | 'queues' | 'secret' | 'position' | 'tries' | 'failure'
  >),
  createdAt: ms(row.created_at)!,
  createdBy: row.created_by as string,
  dueAt: ms(row.due_at),
  failingSince: ms(row.failing_since),
  deliveredAt: ms(row.delivered_at),
  offAt: ms(row.off_at),
  offBecause: row.off_because as string | null,
})
