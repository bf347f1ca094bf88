import { isDeepStrictEqual } from 'node:util'
import type { Knex } from 'knex'
import type { Language } from '../ivr/flow.ts'
import type { Log } from '../log.ts'
import { OVERFLOWS, type Overflow, type Queue } from '../queue/queue.ts'
import type { Centre, Leads } from '../switchboard/centre.ts'

/** Queues, and the numbers that lead to flows. The tables themselves ring the bell at each change, whoever makes it. */

export async function loadQueues(knex: Knex): Promise<Queue[]> {
  const rows = await knex('queues').select('*').orderBy('id')
  return rows.map(row => ({
    id: row.id,
    skills: row.skills,
    strategy: row.strategy,
    relaxing: row.relaxing,
    headStartMs: row.head_start_ms,
    repeatWithinMs: row.repeat_within_ms,
    repeatHeadStartMs: row.repeat_head_start_ms,
    lastAgentMs: row.last_agent_ms,
    mostWaiting: row.most_waiting,
    overflow: overflowOf(row),
    survey:
      row.survey === null ? null : { flow: row.survey, share: row.survey_share, everyDays: row.survey_every_days },
    shows: row.shows,
    callback: {
      keepsPlace: row.callback_keeps_place,
      withinMs: row.callback_within_ms,
      pausesMs: row.callback_pauses,
      afterLowScore: row.callback_after_low_score,
    },
    ringMs: row.ring_ms,
    wrapUpMs: row.wrap_up_ms,
    announceEveryMs: row.announce_every_ms,
    music: row.music,
    comfort: { prompts: row.comfort, firstMs: row.comfort_first_ms, everyMs: row.comfort_every_ms },
    longestWaitMs: row.longest_wait_ms,
    serviceLevelMs: row.service_level_ms,
  }))
}

function overflowOf(row: Record<`overflow_${Overflow}`, string | null>): Queue['overflow'] {
  const named = OVERFLOWS.map(why => [why, row[`overflow_${why}`]] as const)
  return Object.fromEntries(named.filter(([, flow]) => flow !== null))
}

export async function loadNumbers(knex: Knex): Promise<Map<string, Leads>> {
  const rows: (Leads & { number: string })[] = await knex('numbers').select('number', 'flow', 'language')
  return new Map(rows.map(({ number, flow, language }) => [number, { flow, language }]))
}

/**
 * From now on calls go by the queues and numbers as they are set now. Resolves with whether any is set otherwise. Rejects
 * where they cannot be read.
 */
export async function learnLines(knex: Knex, centre: Centre, log: Log): Promise<boolean> {
  const queues = await loadQueues(knex)
  const numbers = await loadNumbers(knex)
  if (isDeepStrictEqual(queues, centre.queues) && isDeepStrictEqual(numbers, centre.numbers)) return false
  centre.learn(queues, numbers)
  log.info({ queues: queues.map(({ id }) => id), numbers: numbers.size }, 'queues or numbers were changed')
  return true
}

/** As in the table queues, but for its id. */
export type QueueRow = Readonly<Record<string, unknown>>

export const queueRow = (knex: Knex, id: string): Promise<QueueRow | undefined> => knex('queues').where({ id }).first()

export const addQueue = (knex: Knex, id: string, row: QueueRow): Promise<unknown> =>
  knex('queues').insert({ ...row, id })

export const changeQueue = (knex: Knex, id: string, row: QueueRow): Promise<unknown> =>
  knex('queues').where({ id }).update(row)

/** Resolves with whether there was one. */
export const removeQueue = async (knex: Knex, id: string): Promise<boolean> =>
  (await knex('queues').where({ id }).delete()) > 0

/** How many wait in it now, hear an agent's phone ring, or are still to be called back. */
export async function waitingIn(knex: Knex, queue: string): Promise<number> {
  const waiting = knex('calls')
    .where({ queue, is_open: true, line_left: false })
    .whereIn('phase', ['queued', 'ringing', 'scheduled', 'dialling'])
  return Number((await waiting.count().first())!.count)
}

/** To which release each caller keeps who has not talked yet, and so may still go on to a line. */
export async function releasesInUse(knex: Knex): Promise<number[]> {
  const rows = await knex('calls')
    .where('is_open', true)
    .whereIn('phase', ['arriving', 'in-flow', 'leaving-voicemail', 'transferring-out', 'queued', 'ringing'])
    .select(knex.raw(`coalesce((state->>'release')::int, 0) as release`))
  return rows.map(({ release }) => release)
}

export const setNumber = (knex: Knex, number: string, row: { flow: string; language?: Language }): Promise<unknown> =>
  knex('numbers')
    .insert({ ...row, number })
    .onConflict('number')
    .merge(row)

/** Resolves with whether it was listed. */
export const removeNumber = async (knex: Knex, number: string): Promise<boolean> =>
  (await knex('numbers').where({ number }).delete()) > 0
