import type { Knex } from 'knex'
import { type Call, isClosed } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Systems } from '../lookup/systems.ts'
import { historyOf, trailOf } from './history.ts'
import type { Pop } from './pop.ts'

/** So long a customer system has to answer: then the agent's phone rings. */
export const SYSTEM_WITHIN_MS = 300

export type PopsParts = {
  knex: Knex
  systems: Pick<Systems, 'askOnce'>
  board: { call(id: string): Call | undefined; settledFor(call: string): Promise<void> }
  log: Log
}

/** What is opened and asked for the calls of a queue. */
type Setting = { url: string | null; system: string | null; path: string | null }

/**
 * Screen pops: prepared beside the ring, from the moment that a call is offered first, and kept until the call is closed. No ring waits for
 * them.
 */
export class Pops {
  readonly #parts: PopsParts
  readonly #prepared = new Map<string, Promise<Pop>>()

  constructor(parts: PopsParts) {
    this.#parts = parts
  }

  /** Of every change on the board. */
  watch(call: Call | null, facts: readonly Fact[]): void {
    if (!call) return
    const offer = facts.find(fact => fact.kind === 'AgentOffered')
    if (offer) this.#prepare(call, offer.at)
    if (isClosed(call)) this.#prepared.delete(call.id)
  }

  /** That of a call on the board; undefined: there is none. Rejects where the database cannot be asked. */
  async of(id: string): Promise<Pop | undefined> {
    const call = this.#parts.board.call(id)
    return call && (this.#prepared.get(id) ?? this.#prepare(call, call.leg?.offeredAt ?? call.lastAt))
  }

  #prepare(call: Call, offeredAt: number): Promise<Pop> {
    const known = this.#prepared.get(call.id)
    if (known) return known
    const gathering = this.#gather(call, offeredAt)
    this.#prepared.set(call.id, gathering)
    gathering.catch(thrown => {
      // Whoever asks for it next tries again.
      this.#prepared.delete(call.id)
      this.#parts.log.warn({ call: call.id, error: sentenceOf(thrown) }, 'what is known of a caller could not be read')
    })
    return gathering
  }

  async #gather(call: Call, offeredAt: number): Promise<Pop> {
    const { knex, board } = this.#parts
    // What they have pressed a moment ago is on its way to the database.
    const trail = board.settledFor(call.id).then(() => trailOf(knex, call.id))
    const setting = settingFor(knex, call.queue)
    const [history, { url: template }, system, { path, pressed }] = await Promise.all([
      historyOf(knex, call),
      setting,
      setting.then(one => this.#asked(call, one)),
      trail,
    ])
    const { id, direction = 'inbound', queue, queuedAt, language, from: number, name, words = {} } = call
    const waitedMs = queuedAt === null ? null : Math.max(0, offeredAt - queuedAt)
    return {
      ...{ call: id, direction, queue, language, caller: { number, name }, waitedMs },
      ...{ ...history, path, pressed, words, template, system },
    }
  }

  async #asked({ id, from, queue }: Call, { system, path }: Setting): Promise<unknown> {
    if (system === null || path === null) return null
    const send = { number: from, call: id, queue: queue ?? '' }
    const asked = { system, method: 'GET', path, send, timeoutMs: SYSTEM_WITHIN_MS } as const
    const { answer, failure } = await this.#parts.systems.askOnce(asked, id)
    if (failure !== undefined)
      this.#parts.log.debug({ call: id, system, failure }, 'a caller is shown without what it knows')
    return answer ?? null
  }
}

/** That of the queue, or the centre's. */
async function settingFor(knex: Knex, queue: string | null): Promise<Setting> {
  const rows: Setting[] = await knex('pops')
    .select('url', 'system', 'path')
    .whereIn('queue', ['', queue ?? ''])
    .orderBy('queue', 'desc')
    .limit(1)
  return rows[0] ?? { url: null, system: null, path: null }
}
