import type { Knex } from 'knex'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { DatabaseMemory } from '../../src/database/memory.ts'
import { Spool } from '../../src/database/spool.ts'
import { wordsIn } from '../../src/database/words.ts'
import { Live } from '../../src/events/live.ts'
import { createApi } from '../../src/http/api.ts'
import { openStreams } from '../../src/http/events.ts'
import { type Serving, serve } from '../../src/http/serve.ts'
import { lastEvents, sweptUpTo } from '../../src/report/events.ts'
import { systemClock } from '../../src/switchboard/clock.ts'
import type { Change, Clock } from '../../src/switchboard/ports.ts'
import { openWebhooks } from '../../src/webhooks/webhooks.ts'
import { aCallArrives, anAgent, given, itIsUp, theCallerHangsUp } from '../call/given.ts'
import { aTalkAndItsActs } from '../switchboard/aTalk.ts'
import { KEY } from './testApi.ts'

const log = pino({ level: 'silent' })

/** A service that remembers changes and tells of them, over a database; it can die, and be another over the same. */
export class Eventful {
  readonly memory: DatabaseMemory
  readonly live: Live
  readonly port: number
  /** Whether those who listen may still do so. */
  mayStill = true
  readonly #serving: Serving
  readonly #stop: () => Promise<void>

  private constructor(memory: DatabaseMemory, live: Live, serving: Serving, stop: () => Promise<void>) {
    this.memory = memory
    this.live = live
    this.port = serving.port
    this.#serving = serving
    this.#stop = stop
  }

  static async over(
    knex: Knex,
    { atHand = 50, anywhere = true, clock = systemClock() as Clock } = {},
  ): Promise<Eventful> {
    const on = { presence() {}, refusal() {} }
    const zone = 'Asia/Shanghai'
    const memory = new DatabaseMemory(knex, { held: async () => {} }, new Spool('/nowhere/spool', log), log, on)
    await memory.readSpool()
    const recent = await lastEvents(knex, atHand)
    const live = new Live(recent.at(-1)?.id ?? (await sweptUpTo(knex)), Date.now)
    memory.tellBy(live)
    let eventful: Eventful
    const stillMay = async () => eventful.mayStill
    const streams = openStreams({ reports: knex, live, recent, zone, stillMay, log })
    const webhooks = openWebhooks({ knex, live, zone, anywhere, clock, log })
    const desks = aTalkAndItsActs()
    const api = createApi({
      ...{
        reports: knex,
        people: knex,
        oidc: undefined,
        apiKey: KEY,
        recordingsFolder: '/nowhere',
        acts: desks.acts,
        live: desks.live,
        agents: desks.agents,
        records: { dispose: nobody, closeMessage: nobody, cancelCallback: nobody },
        popOf: async () => undefined,
        words: wordsIn({ knex, clock, show: async () => {}, log }),

        streams,
        log,
      },
      ...{ health: async () => ({ ready: true, parts: {} }), metrics: new Registry(), zone, webhooks },
      now: Date.now,
    })
    const serving = await serve(api, '127.0.0.1', 0)
    eventful = new Eventful(memory, live, serving, async () => {
      streams.stop()
      await webhooks.stop()
    })
    return eventful
  }

  async stop(): Promise<void> {
    await this.#stop()
    await this.#serving.stop()
  }
}

const nobody = (): Promise<never> => Promise.reject(new Error('nobody asks for this'))

/** A call of this id arrives, for this queue: two events. */
export function arrival(id: string, queue: string | null = null): Change {
  const { call, story } = given(aCallArrives(), itIsUp)
  return { call: { after: { ...call!, id, channel: id, queue }, facts: story, legs: [] }, agents: [] }
}

/** Agent 8001 rests, for the so-manyth time: one event. */
export function rest(version: number): Change {
  const before = anAgent('8001', { version })
  const after = anAgent('8001', {
    version: version + 1,
    state: 'paused',
    reason: 'rest',
    since: before.since + version,
  })
  return { agents: [{ before, after }] }
}

/** A call of this id that comes, and is over. */
export function ended(id: string): Change {
  const { call, story } = given(aCallArrives(), itIsUp, theCallerHangsUp)
  return { call: { after: { ...call!, id, channel: id }, facts: story, legs: [] }, agents: [] }
}
