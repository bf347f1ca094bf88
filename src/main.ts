import type { Knex } from 'knex'
import { showText } from './asterisk/texts.ts'
import { unlessAway } from './away.ts'
import type { Call } from './call/call.ts'
import { type Config, promptsFolder } from './config.ts'
import { CHANGED, listenFor } from './database/bell.ts'
import { neededNoMore } from './database/callbacks.ts'
import { historyOf, learnCallers } from './database/callers.ts'
import { connectDatabase } from './database/connect.ts'
import { numberOfCustomer } from './database/customers.ts'
import { learnDialling } from './database/dialling.ts'
import { type Disposing, dispose } from './database/dispositions.ts'
import { sweepEvents } from './database/events.ts'
import { learnFlows } from './database/flows.ts'
import { learnHours } from './database/hours.ts'
import type { Waiting } from './database/lease.ts'
import { learnLines } from './database/lines.ts'
import { loadCentre } from './database/load.ts'
import { closeMessage } from './database/messages.ts'
import { learnPauseReasons } from './database/pauseReasons.ts'
import { learnPrompts } from './database/prompts.ts'
import { openStore } from './database/store.ts'
import { sweepPeople } from './database/sweep.ts'
import { learnSystems, loadSystems } from './database/systems.ts'
import { wordsIn } from './database/words.ts'
import type { Surroundings } from './embedded/bring.ts'
import { Live } from './events/live.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { createApi } from './http/api.ts'
import { countDoor } from './http/doorMetrics.ts'
import { openStreams } from './http/events.ts'
import { openMetrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import { stillMay } from './http/who.ts'
import { Picture } from './live/picture.ts'
import type { Log } from './log.ts'
import { Systems } from './lookup/systems.ts'
import { Pops } from './pop/pops.ts'
import { lastEvents, sweptUpTo } from './report/events.ts'
import { Shelf } from './sound/shelf.ts'
import { actsOn } from './switchboard/acts.ts'
import { agentActs } from './switchboard/agentActs.ts'
import { tellDeadEnds } from './switchboard/centre.ts'
import { systemClock } from './switchboard/clock.ts'
import type { Switchboard } from './switchboard/switchboard.ts'
import { AT, follow } from './timetable.ts'
import { openWebhooks } from './webhooks/webhooks.ts'

export type Hotline = {
  board: Switchboard
  knex: Knex
  httpPort: number
  /** The centre has been set up just now, so nobody knows its passwords yet. */
  isNew: boolean
  /** Resolves when the first recovery is done: from then on callers are answered. */
  ready: Promise<void>
  /** Resolves when another service has taken over: two must not drive one Asterisk. */
  replaced: Promise<void>
  stop(): Promise<void>
}

const REPORTS_AT_ONCE = 3
/** Who asks is looked up at each request: in no time, and for as long as a report takes. */
const PEOPLE_AT_ONCE = 3
const POPS_AT_ONCE = 2
/** Meanwhile the caller is being greeted. Postgres gives up a second sooner. */
const PAST_WITHIN_MS = 1_500

/** For whoever comes back just after we have. */
const EVENTS_AT_HAND = 2_000

/** What the disk refused may have room by now. */
/** Their session, or their key, may have been taken from them meanwhile. */
const mayListen = async (response: Parameters<typeof stillMay>[0]): Promise<boolean> =>
  (await stillMay(response, 'events:read')) !== undefined

const PROMPTS_AGAIN = '30 * * * *'

type Closing = () => Promise<void>

/**
 * The whole service: migrate → load → serve → connect → recover. `stop` lets go of everything and ends no call.
 * Waits for a database that is away, and for the lease, until `giveUp`; rejects where the database refuses us, or the HTTP
 * port is taken, with nothing left open.
 */
export async function openHotline(
  config: Config,
  surroundings: Surroundings,
  log: Log,
  waiting: Waiting = {},
): Promise<Hotline> {
  const opened: Closing[] = []
  const stop: Closing = () => closeAll(opened.splice(0))
  try {
    return { ...(await open(config, surroundings, log, waiting, opened)), stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** The last first. One that fails keeps no other open. */
async function closeAll(opened: Closing[]): Promise<void> {
  const last = opened.pop()
  if (!last) return
  try {
    await last()
  } finally {
    await closeAll(opened)
  }
}

/** What has to be closed again is added to `opened`. */
async function open(
  config: Config,
  surroundings: Surroundings,
  log: Log,
  waiting: Waiting,
  opened: Closing[],
): Promise<Omit<Hotline, 'stop'>> {
  const { asterisk, databaseUrl: url, apiKey } = surroundings
  const clock = systemClock()
  let becomeReplaced = (): void => {}
  const replaced = new Promise<void>(done => {
    becomeReplaced = done
  })
  // Nothing while the exchange is being opened: the store may have something to say even then.
  let told: Exchange | undefined
  let forget = (): void => {}
  let isReplaced = false
  const standDown = (): void => {
    log.error('another service has taken over this Asterisk: this one lets go of it')
    isReplaced = true
    told?.standDown()
    becomeReplaced()
  }

  const store = await openStore({
    url,
    asterisk: `${asterisk.host}:${asterisk.ariPort}`,
    folder: config.folder,
    log,
    ...waiting,
    on: {
      presence: present => told?.onPresence(present),
      refusal: () => {
        void told?.beginAgain()
        forget()
      },
      leaseLost: standDown,
    },
  })
  opened.push(() => store.close())
  const { knex, memory } = store
  const recent = await lastEvents(knex, EVENTS_AT_HAND)
  const live = new Live(recent.at(-1)?.id ?? (await sweptUpTo(knex)), () => clock.now())
  memory.tellBy(live)
  const centre = await loadCentre(knex, config.zone)
  const systems = new Systems(await loadSystems(knex))
  const shelf = new Shelf(promptsFolder(config), config.soundsFolder, log)
  await learnPrompts(knex, shelf)
  // Connections of their own, and short patience: a number that has called without end must not keep a fact waiting.
  const past = connectDatabase(url, { connections: 2, answerWithinMs: PAST_WITHIN_MS })
  opened.push(() => past.destroy())
  const history = (call: Call) => historyOf(past, call)
  const exchange = await openExchange({
    config,
    asterisk,
    centre,
    systems,
    shelf,
    history,
    knex,
    memory,
    clock,
    log,
    onReplaced: standDown,
  })
  told = exchange
  opened.push(() => exchange.stop())
  // Connections of their own: no report, however slow, keeps a fact of a call waiting.
  const reports = connectDatabase(url, { connections: REPORTS_AT_ONCE })
  opened.push(() => reports.destroy())
  const picture = new Picture({ board: exchange.board, centre, clock, reports, zone: config.zone })
  await exchange.restore()
  const learn = async (): Promise<void> => {
    // The flows last: one that was published a moment ago may lean on what was set the moment before.
    await learnHours(knex, centre)
    await learnCallers(knex, centre)
    await learnPauseReasons(knex, centre)
    await learnDialling(knex, centre)
    await learnSystems(knex, systems)
    await learnPrompts(knex, shelf)
    const areOthers = await learnLines(knex, centre, log)
    await exchange.tell()
    await exchange.door.giveChanged()
    if (areOthers) exchange.linesChanged()
    const arePublished = await learnFlows(knex, centre, log)
    // What a flow and a queue are to each other can only be judged when both are known.
    if (areOthers || arePublished) tellDeadEnds(centre, log)
    for (const id of await neededNoMore(knex))
      exchange.board.happen(id, { kind: 'Withdrawn', because: 'cancelled', at: clock.now() })
    await picture.learn()
  }
  const changes = listenFor(CHANGED, url, learn, log)
  opened.push(() => changes.close())
  forget = () => {
    picture.forget()
    changes.ring()
  }
  const people = connectDatabase(url, { connections: PEOPLE_AT_ONCE })
  opened.push(() => people.destroy())
  const sweep = async () => {
    await sweepEvents(knex, clock.now()).catch(unlessAway)
    await sweepPeople(people, clock.now()).catch(unlessAway)
  }
  const again = follow(
    [
      { at: PROMPTS_AGAIN, act: () => changes.ring() },
      { at: AT.sweeps, act: sweep },
    ],
    log,
  )
  opened.push(() => again.stop())

  const health = async () => {
    const parts = { database: memory.isPresent, ...exchange.isUp }
    const told = Object.entries(parts).map(([part, isUp]) => [part, isUp ? 'up' : 'away'])
    return { ready: Object.values(parts).every(Boolean), parts: Object.fromEntries(told) }
  }
  const { recordingsFolder, zone } = config
  const now = () => clock.now()
  const metrics = openMetrics(exchange.board, now)
  countDoor(metrics, exchange.door.keeper)
  const acts = actsOn({ board: exchange.board, centre, clock, isAwake: () => exchange.isUp.recovery })
  // Beside calls, too: neither a report nor who calls without end is to keep the others waiting.
  const known = connectDatabase(url, { connections: POPS_AT_ONCE, answerWithinMs: PAST_WITHIN_MS })
  opened.push(() => known.destroy())
  const pops = new Pops({ knex: known, systems, board: exchange.board, log })
  exchange.board.watch((call, facts) => pops.watch(call, facts))
  const popOf = (call: string) => pops.of(call)
  const records = {
    dispose: (given: Disposing) => dispose(knex, given),
    closeMessage: (id: string, note: string | undefined) => closeMessage(knex, id, note),
  }
  const agents = agentActs({
    ...{ board: exchange.board, centre, clock, isAwake: () => exchange.isUp.recovery },
    numberOf: customer => numberOfCustomer(knex, customer),
  })
  const show = (agent: string, text: string) => showText(`${asterisk.host}:${asterisk.ariPort}`, agent, text)
  const words = wordsIn({ knex, clock, show, log })
  const streams = openStreams({ reports, live, recent, zone, stillMay: mayListen, log })
  const outside = connectDatabase(url, { connections: 2 })
  opened.push(() => outside.destroy())
  const { webhooksAnywhere: anywhere } = config
  const webhooks = openWebhooks({ knex: outside, live, zone, anywhere, clock, log })
  opened.push(() => webhooks.stop())
  const api = createApi({
    ...{ reports, people, live: picture.scene, apiKey, oidc: config.oidc, recordingsFolder },
    ...{ acts, agents, popOf, records, words, streams, webhooks, log, health, metrics, zone, now },
  })
  const http = await serve(api, config.bind, config.ports.http)
  opened.push(() => http.stop())
  opened.push(async () => streams.stop())

  if (isReplaced) await webhooks.stop()
  else exchange.start()
  return {
    board: exchange.board,
    knex,
    httpPort: http.port,
    isNew: store.isNew,
    ready: exchange.ready,
    replaced,
  }
}
