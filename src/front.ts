import type { Response } from 'express'
import type { Knex } from 'knex'
import { pickUp } from './asterisk/notifying.ts'
import { showText } from './asterisk/texts.ts'
import { unlessAway } from './away.ts'
import type { AsteriskAt, Config } from './config.ts'
import { type Cancelling, cancelCallback } from './database/callbacks.ts'
import { connectDatabase } from './database/connect.ts'
import { numberOfCustomer } from './database/customers.ts'
import { type Disposing, dispose } from './database/dispositions.ts'
import { sweepEvents } from './database/events.ts'
import type { DatabaseMemory } from './database/memory.ts'
import { closeMessage } from './database/messages.ts'
import { sweepAuditLog, sweepPeople, sweepWords } from './database/sweep.ts'
import { wordsIn } from './database/words.ts'
import type { Event } from './events/event.ts'
import type { Live } from './events/live.ts'
import type { Exchange } from './exchange.ts'
import { createApi } from './http/api.ts'
import { countDoor } from './http/doorMetrics.ts'
import { openStreams } from './http/events.ts'
import { openMetrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import { stillMay } from './http/who.ts'
import type { Picture } from './live/picture.ts'
import type { Log } from './log.ts'
import type { Systems } from './lookup/systems.ts'
import { Pops } from './pop/pops.ts'
import type { Who } from './rights/rights.ts'
import { actsOn } from './switchboard/acts.ts'
import { agentActs } from './switchboard/agentActs.ts'
import type { Centre } from './switchboard/centre.ts'
import type { Clock } from './switchboard/ports.ts'
import { phoneFor } from './switchboard/seating.ts'
import { AT, follow } from './timetable.ts'
import { openWebhooks, type Webhooks } from './webhooks/webhooks.ts'

/** What people and programs meet: the API, the stream of events, webhooks; and what these need of their own. */

export type FrontParts = {
  config: Config
  asterisk: AsteriskAt
  url: string
  apiKey: string
  centre: Centre
  systems: Systems
  exchange: Exchange
  picture: Picture
  memory: DatabaseMemory
  knex: Knex
  /** Connections of their own: no report, however slow, keeps a fact of a call waiting. */
  reports: Knex
  live: Live
  /** What happened last, for whoever comes back just after we have. */
  recent: Event[]
  clock: Clock
  log: Log
}

export type Closing = () => Promise<void>

/** Who asks is looked up at each request: in no time, and for as long as a report takes. */
const PEOPLE_AT_ONCE = 3
const POPS_AT_ONCE = 2
const POP_WITHIN_MS = 1_500
const WEBHOOKS_AT_ONCE = 2

/** Rejects where the port is taken. What has to be closed again is added to `opened`. */
export async function openFront(
  parts: FrontParts,
  opened: Closing[],
): Promise<{ httpPort: number; webhooks: Webhooks }> {
  const { config, url, apiKey, exchange, picture, knex, reports, live, recent, clock, log } = parts
  const { recordingsFolder, zone } = config
  const connect = (connections: number, answerWithinMs?: number): Knex => {
    const own = connectDatabase(url, { connections, ...(answerWithinMs !== undefined && { answerWithinMs }) })
    opened.push(() => own.destroy())
    return own
  }
  const people = connect(PEOPLE_AT_ONCE)
  const sweeps = follow([{ at: AT.sweeps, act: () => sweep(knex, people, config.auditDays, clock) }], log)
  opened.push(() => sweeps.stop())
  const webhooks = openWebhooks({
    ...{ knex: connect(WEBHOOKS_AT_ONCE), live, zone, anywhere: config.webhooksAnywhere, clock, log },
  })
  opened.push(() => webhooks.stop())
  const streams = openStreams({ reports, live, recent, zone, stillMay: mayListen, log })
  const metrics = openMetrics(exchange.board, () => clock.now())
  countDoor(metrics, exchange.door.keeper)
  const api = createApi({
    ...{ reports, people, live: picture.scene, apiKey, oidc: config.oidc, recordingsFolder, streams, webhooks },
    ...{ ...whatIsDone(parts), popOf: popsOf(parts, connect(POPS_AT_ONCE, POP_WITHIN_MS)) },
    ...{ log, health: () => healthOf(parts), metrics, zone, now: () => clock.now() },
  })
  const http = await serve(api, config.bind, config.ports.http)
  opened.push(() => http.stop())
  opened.push(async () => streams.stop())
  return { httpPort: http.port, webhooks }
}

/** All that can be asked to be done. */
function whatIsDone({ asterisk, centre, exchange, knex, clock, log }: FrontParts) {
  const parts = { board: exchange.board, centre, clock, isAwake: () => exchange.isUp.recovery }
  const origin = `${asterisk.tls ? 'https' : 'http'}://${asterisk.host}:${asterisk.ariPort}`
  const show = (agent: string, text: string) => showText(origin, phoneFor(exchange.board.agents, agent), text)
  const ami = { ...asterisk, port: asterisk.amiPort, secret: asterisk.amiSecret }
  return {
    acts: actsOn(parts),
    agents: agentActs({
      ...parts,
      numberOf: customer => numberOfCustomer(knex, customer),
      pickUp: leg => pickUp(ami, leg),
    }),
    words: wordsIn({ knex, clock, show, log }),
    records: {
      dispose: (given: Disposing) => dispose(knex, given),
      closeMessage: (id: string, note: string | undefined) => closeMessage(knex, id, note),
      cancelCallback: (id: string, said: Cancelling) => cancelCallback(knex, id, said),
    },
  }
}

/** Beside calls, too: neither a report nor who calls without end is to keep the others waiting. */
function popsOf({ systems, exchange, log }: FrontParts, knex: Knex) {
  const pops = new Pops({ knex, systems, board: exchange.board, log })
  exchange.board.watch((call, facts) => pops.watch(call, facts))
  return (call: string) => pops.of(call)
}

async function healthOf({ memory, exchange }: FrontParts) {
  const parts = { database: memory.isPresent, ...exchange.isUp }
  const told = Object.entries(parts).map(([part, isUp]) => [part, isUp ? 'up' : 'away'])
  return { ready: Object.values(parts).every(Boolean), parts: Object.fromEntries(told) as Record<string, string> }
}

/** Their session, or their key, may have been taken from them meanwhile, or they may be somebody else by now: then they are to come back. */
async function mayListen(response: Response, then: Who): Promise<boolean> {
  const now = await stillMay(response, 'events:read')
  return now !== undefined && shown(now) === shown(then)
}

const shown = ({ rights, teams, queues, agent }: Who): string =>
  JSON.stringify([[...rights].sort(), teams, queues, agent])

async function sweep(knex: Knex, people: Knex, auditDays: number, clock: Clock): Promise<void> {
  const now = clock.now()
  await sweepEvents(knex, now).catch(unlessAway)
  await sweepPeople(people, now).catch(unlessAway)
  await sweepWords(people, now).catch(unlessAway)
  await sweepAuditLog(people, auditDays).catch(unlessAway)
}
