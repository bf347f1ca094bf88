import type { Knex } from 'knex'
import { wordsOf } from './away.ts'
import type { Call } from './call/call.ts'
import { type Config, promptsFolder } from './config.ts'
import { CHANGED, listenFor } from './database/bell.ts'
import { neededNoMore } from './database/callbacks.ts'
import { historyOf, learnCallers } from './database/callers.ts'
import { connectDatabase } from './database/connect.ts'
import { learnDialling } from './database/dialling.ts'
import { learnFlows } from './database/flows.ts'
import { learnHours } from './database/hours.ts'
import type { Waiting } from './database/lease.ts'
import { learnLines } from './database/lines.ts'
import { loadCentre } from './database/load.ts'
import { learnPrompts } from './database/prompts.ts'
import { openStore } from './database/store.ts'
import { sweepPeople } from './database/sweep.ts'
import { learnSystems, loadSystems } from './database/systems.ts'
import type { Surroundings } from './embedded/bring.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { createApi } from './http/api.ts'
import { openMetrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import type { Log } from './log.ts'
import { Systems } from './lookup/systems.ts'
import { Shelf } from './sound/shelf.ts'
import { actsOn } from './switchboard/acts.ts'
import { tellDeadEnds } from './switchboard/centre.ts'
import { systemClock } from './switchboard/clock.ts'
import type { Switchboard } from './switchboard/switchboard.ts'
import { AT, follow } from './timetable.ts'

export type Hotline = {
  board: Switchboard
  knex: Knex
  httpPort: number
  /** Resolves when the first recovery is done: from then on callers are answered. */
  ready: Promise<void>
  /** Resolves when another service has taken over: two must not drive one Asterisk. */
  replaced: Promise<void>
  stop(): Promise<void>
}

const REPORTS_AT_ONCE = 3
/** Who asks is looked up at each request: in no time, and for as long as a report takes. */
const PEOPLE_AT_ONCE = 3
/** Meanwhile the caller is being greeted. Postgres gives up a second sooner. */
const PAST_WITHIN_MS = 1_500

/** What the disk refused may have room by now. */
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
      refusal: () => void told?.beginAgain(),
      leaseLost: standDown,
    },
  })
  opened.push(() => store.close())
  const { knex, memory } = store
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
  await exchange.restore()
  const learn = async (): Promise<void> => {
    // The flows last: one that was published a moment ago may lean on what was set the moment before.
    await learnHours(knex, centre)
    await learnCallers(knex, centre)
    await learnDialling(knex, centre)
    await learnSystems(knex, systems)
    await learnPrompts(knex, shelf)
    const areOthers = await learnLines(knex, centre, log)
    await exchange.tell()
    if (areOthers) exchange.linesChanged()
    const arePublished = await learnFlows(knex, centre, log)
    // What a flow and a queue are to each other can only be judged when both are known.
    if (areOthers || arePublished) tellDeadEnds(centre, log)
    for (const id of await neededNoMore(knex))
      exchange.board.happen(id, { kind: 'Withdrawn', because: 'cancelled', at: clock.now() })
  }
  const changes = listenFor(CHANGED, url, learn, log)
  opened.push(() => changes.close())
  const again = follow([{ at: PROMPTS_AGAIN, act: () => changes.ring() }], log)
  opened.push(() => again.stop())

  const health = async () => {
    const parts = { database: memory.isPresent, ...exchange.isUp }
    const told = Object.entries(parts).map(([part, isUp]) => [part, isUp ? 'up' : 'away'])
    return { ready: Object.values(parts).every(Boolean), parts: Object.fromEntries(told) }
  }
  // Connections of their own: no report, however slow, keeps a fact of a call waiting.
  const reports = connectDatabase(url, { connections: REPORTS_AT_ONCE })
  opened.push(() => reports.destroy())
  const people = connectDatabase(url, { connections: PEOPLE_AT_ONCE })
  opened.push(() => people.destroy())
  const notSwept = (thrown: unknown) => log.warn({ error: wordsOf(thrown) }, 'old sessions are swept the next hour')
  const sweeps = follow([{ at: AT.sweeps, act: () => sweepPeople(people, clock.now()).catch(notSwept) }], log)
  opened.push(() => sweeps.stop())
  const { recordingsFolder, zone } = config
  const now = () => clock.now()
  const metrics = openMetrics(exchange.board, now)
  const acts = actsOn({ board: exchange.board, centre, clock, isAwake: () => exchange.isUp.recovery })
  const api = createApi({
    reports,
    people,
    apiKey,
    oidc: config.oidc,
    recordingsFolder,
    acts,
    log,
    health,
    metrics,
    zone,
    now,
  })
  const http = await serve(api, config.bind, config.ports.http)
  opened.push(() => http.stop())

  if (!isReplaced) exchange.start()
  return {
    board: exchange.board,
    knex,
    httpPort: http.port,
    ready: exchange.ready,
    replaced,
  }
}
