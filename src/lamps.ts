import type { Knex } from 'knex'
import { light } from './asterisk/notifying.ts'
import type { AsteriskAt } from './config.ts'
import type { DatabaseMemory } from './database/memory.ts'
import { messagesWaiting } from './database/messages.ts'
import type { Exchange } from './exchange.ts'
import type { Log } from './log.ts'
import type { Centre } from './switchboard/centre.ts'
import { Lamps } from './switchboard/lamps.ts'
import type { Clock } from './switchboard/ports.ts'

export type LampsOf = {
  asterisk: AsteriskAt
  exchange: Pick<Exchange, 'board' | 'door'>
  centre: Centre
  memory: Pick<DatabaseMemory, 'settled'>
  /** Connections that keep no fact of a call waiting. */
  reports: Knex
  clock: Clock
  log: Log
}

/** The lamps of agents' phones: told anew when Asterisk is back, or a phone. */
export function openLamps({ asterisk, exchange, centre, memory, reports, clock, log }: LampsOf): Lamps {
  const { board, door } = exchange
  const ami = { ...asterisk, port: asterisk.amiPort, secret: asterisk.amiSecret }
  const lamps = new Lamps({
    ...{ board, centre, clock, log },
    messages: () => memory.settled().then(() => messagesWaiting(reports)),
    show: shown => light(ami, shown),
  })
  door.on = { back: () => lamps.anew(), came: account => lamps.came(account) }
  return lamps
}
