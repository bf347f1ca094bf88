import type { Knex } from 'knex'
import { removedAgents } from './database/agents.ts'
import { neededNoMore } from './database/callbacks.ts'
import { learnCallers } from './database/callers.ts'
import { learnDialling } from './database/dialling.ts'
import { learnFlows } from './database/flows.ts'
import { learnHours } from './database/hours.ts'
import { learnLines } from './database/lines.ts'
import { loadAgents } from './database/load.ts'
import { learnPauseReasons } from './database/pauseReasons.ts'
import { learnPhones } from './database/phones.ts'
import { learnPrompts } from './database/prompts.ts'
import { learnSystems } from './database/systems.ts'
import type { Exchange } from './exchange.ts'
import type { Picture } from './live/picture.ts'
import type { Log } from './log.ts'
import type { Systems } from './lookup/systems.ts'
import type { Shelf } from './sound/shelf.ts'
import { type Centre, tellDeadEnds } from './switchboard/centre.ts'
import type { Clock } from './switchboard/ports.ts'
import type { Roster } from './switchboard/roster.ts'

export type Learning = {
  knex: Knex
  centre: Centre
  systems: Systems
  shelf: Shelf
  exchange: Exchange
  roster: Roster
  picture: Picture
  clock: Clock
  log: Log
}

/** How the centre is set up may have been changed: from now on it goes by that. Rejects where it cannot be read. */
export async function learnCentre(parts: Learning): Promise<void> {
  const { knex, centre, systems, shelf, exchange, roster, picture, clock, log } = parts
  // The flows last: one that was published a moment ago may lean on what was set the moment before.
  await learnHours(knex, centre)
  await learnCallers(knex, centre)
  await learnPauseReasons(knex, centre)
  await learnPhones(knex, centre)
  await learnDialling(knex, centre)
  await learnSystems(knex, systems)
  await learnPrompts(knex, shelf)
  const areOtherLines = await learnLines(knex, centre, log)
  await exchange.tell()
  await exchange.door.giveChanged()
  const areOtherAgents = roster.learn(await loadAgents(knex), await removedAgents(knex))
  if (areOtherLines || areOtherAgents) exchange.linesChanged()
  const arePublished = await learnFlows(knex, centre, log)
  // What a flow and a queue are to each other can only be judged when both are known.
  if (areOtherLines || arePublished) tellDeadEnds(centre, log)
  for (const { id, ...said } of await neededNoMore(knex))
    exchange.board.happen(id, { kind: 'Withdrawn', because: 'cancelled', ...said, at: clock.now() })
  await picture.learn()
}
