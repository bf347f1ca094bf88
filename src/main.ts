import type { Knex } from 'knex'
import type { Config } from './config.ts'
import { connectDatabase } from './database/connect.ts'
import { openStore } from './database/store.ts'
import type { Surroundings } from './embedded/bring.ts'
import { openExchange } from './exchange.ts'
import { createApi } from './http/api.ts'
import { openMetrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import type { Log } from './log.ts'
import { systemClock } from './switchboard/clock.ts'
import type { Switchboard } from './switchboard/switchboard.ts'

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

/**
 * The whole service: migrate → load → serve → connect → recover. `stop` lets go of everything and ends no call.
 * Waits for a database that is away, until `giveUp`; rejects where it refuses us, or the HTTP port is taken.
 */
export async function openHotline(
  config: Config,
  surroundings: Surroundings,
  log: Log,
  giveUp?: AbortSignal,
): Promise<Hotline> {
  const { asterisk, databaseUrl: url, apiKey } = surroundings
  const clock = systemClock()
  let becomeReplaced = (): void => {}
  const replaced = new Promise<void>(done => {
    becomeReplaced = done
  })
  const standDown = (): void => {
    log.error('another service has taken over this Asterisk: this one lets go of it')
    exchange.standDown()
    becomeReplaced()
  }

  const store = await openStore({
    url,
    asterisk: `${asterisk.host}:${asterisk.ariPort}`,
    folder: config.folder,
    log,
    giveUp,
    on: {
      presence: present => exchange.onPresence(present),
      refusal: () => void exchange.beginAgain(),
      leaseLost: standDown,
    },
  })
  const { knex, memory } = store
  const exchange = await openExchange({ config, asterisk, knex, memory, clock, log, onReplaced: standDown })

  const health = async () => {
    const parts = { database: memory.isPresent, ...exchange.isUp }
    const told = Object.entries(parts).map(([part, isUp]) => [part, isUp ? 'up' : 'away'])
    return { ready: Object.values(parts).every(Boolean), parts: Object.fromEntries(told) }
  }
  // Connections of their own: no report, however slow, keeps a fact of a call waiting.
  const reports = connectDatabase(url, { connections: REPORTS_AT_ONCE })
  const { recordingsFolder, zone } = config
  const metrics = openMetrics(exchange.board)
  const api = createApi({ reports, apiKey, recordingsFolder, log, health, metrics, zone, now: () => clock.now() })
  const http = await serve(api, config.bind, config.ports.http)

  exchange.start()
  return {
    board: exchange.board,
    knex,
    httpPort: http.port,
    ready: exchange.ready,
    replaced,
    async stop() {
      await http.stop()
      await exchange.stop()
      await reports.destroy()
      await store.close()
    },
  }
}
