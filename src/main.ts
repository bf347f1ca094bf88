import type { Knex } from 'knex'
import type { Call } from './call/call.ts'
import { type Config, promptsFolder } from './config.ts'
import { CHANGED, listenFor } from './database/bell.ts'
import { historyOf } from './database/callers.ts'
import { connectDatabase } from './database/connect.ts'
import type { Waiting } from './database/lease.ts'
import { loadCentre } from './database/load.ts'
import { learnPrompts } from './database/prompts.ts'
import { openStore } from './database/store.ts'
import { loadSystems } from './database/systems.ts'
import type { Surroundings } from './embedded/bring.ts'
import { Live } from './events/live.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { type Closing, openFront } from './front.ts'
import { openLamps } from './lamps.ts'
import { learnCentre } from './learning.ts'
import { Picture } from './live/picture.ts'
import type { Log } from './log.ts'
import { Systems } from './lookup/systems.ts'
import { lastEvents, sweptUpTo } from './report/events.ts'
import { Shelf } from './sound/shelf.ts'
import { systemClock } from './switchboard/clock.ts'
import { Roster } from './switchboard/roster.ts'
import type { Switchboard } from './switchboard/switchboard.ts'
import { follow } from './timetable.ts'

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
/** Meanwhile the caller is being greeted. Postgres gives up a second sooner. */
const PAST_WITHIN_MS = 1_500

/** For whoever comes back just after we have. */
const EVENTS_AT_HAND = 2_000

/** What the disk refused may have room by now. */
const PROMPTS_AGAIN = '30 * * * *'

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
  const roster = new Roster({ board: exchange.board, log })
  await exchange.restore()
  const lamps = openLamps({ asterisk, exchange, centre, memory, reports, clock, log })
  opened.push(() => lamps.close())
  const learn = () =>
    learnCentre({ knex, centre, systems, shelf, exchange, roster, picture, clock, log }).then(() => lamps.look())
  const changes = listenFor(CHANGED, url, learn, log)
  opened.push(() => changes.close())
  forget = () => {
    picture.forget()
    changes.ring()
  }
  const again = follow([{ at: PROMPTS_AGAIN, act: () => changes.ring() }], log)
  opened.push(() => again.stop())
  const front = { config, asterisk, url, apiKey, centre, systems, exchange, picture, memory, knex, reports }
  const { httpPort, webhooks } = await openFront({ ...front, live, recent, clock, log }, opened)

  if (isReplaced) await webhooks.stop()
  else exchange.start()
  return {
    board: exchange.board,
    knex,
    httpPort,
    isNew: store.isNew,
    ready: exchange.ready,
    replaced,
  }
}
