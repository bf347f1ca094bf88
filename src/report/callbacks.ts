import type { Knex } from 'knex'
import type { Callback, Phase, Try } from '../call/call.ts'
import type { Outcome } from '../call/facts.ts'
import type { Booking } from '../call/promises.ts'
import { NotFound } from '../errors.ts'
import { masked } from '../log.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { CALL, narrowToReach } from './reach.ts'
import { snapshot } from './snapshot.ts'

/** A promise to call somebody back, and what has come of it so far. Times in ms since 1970. */
export type CallbackRow = {
  id: string
  /** The call in which it was promised first. */
  call: string
  /** That promised it, wherever the customer was sent on to since. */
  queue: string
  customer: string
  customerName: string
  language: string
  because: Booking['because']
  /** Last, where it was promised more than once; and by when they are to be called. */
  promisedAt: number
  dueAt: number
  /** That time is over, and nobody has dialled yet. */
  overdue: boolean
  phase: Phase
  outcome: Outcome | null
  tries: Pick<Try, 'at' | 'agent' | 'result'>[]
  endedAt: number | null
  /** What they have spoken for whoever calls back: ids of messages. */
  messages: string[]
}

export type CallbackFilter = {
  queue?: string | undefined
  /** Who was offered it, or has tried it. */
  agent?: string | undefined
  /** Of any of these. */
  queues?: readonly string[] | undefined
  open?: boolean | undefined
}

export const CALLBACKS_AT_MOST = 1_000

/** Those promised to be made first come first, and no more than so many: where others than open ones are asked for, the latest promised. */
export function callbacksReport(
  knex: Knex,
  { queue, agent, queues, open }: CallbackFilter,
  numbers: 'whole' | 'masked',
  now: number,
  reach: Reach = EVERYWHERE,
): Promise<CallbackRow[]> {
  return snapshot(knex, async moment => {
    const question = moment('calls')
      .select([...COLUMNS, moment.raw(`${PROMISED_IN} as queue`)])
      .where('direction', 'callback')
      .limit(CALLBACKS_AT_MOST)
    if (queue !== undefined) question.whereRaw(`${PROMISED_IN} = ?`, [queue])
    if (agent !== undefined) question.whereRaw(WITH_AGENT, [agent])
    narrowToReach(question, reach, { ...CALL, queue: PROMISED_IN })
    if (queues !== undefined) question.whereRaw(`${PROMISED_IN} = any(?)`, [[...queues]])
    if (open !== undefined) question.where('ended_at', open ? 'is' : 'is not', null)
    if (open) question.where('is_open', true).orderByRaw("(callback->>'promisedUntil')::float8, id")
    else
      question.orderBy([
        { column: 'arrived_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
    const rows: Filed[] = await question
    const callbacks = rows.map(row => callbackOf(row, numbers, now))
    return open ? callbacks : callbacks.sort((a, b) => a.dueAt - b.dueAt)
  })
}

const PROMISED_IN = "(select body->>'queue' from facts where call_id = calls.id and seq = 1)"
const WITH_AGENT = 'exists (select 1 from legs where call_id = calls.id and agent_id = ?)'

/** Of which queue it is. Throws NotFound. */
export async function queueOfCallback(knex: Knex, id: string): Promise<string> {
  const row = await knex('calls')
    .where({ id, direction: 'callback' })
    .first(knex.raw(`${PROMISED_IN} as queue`))
  if (!row) throw new NotFound(`There is no callback ${id}.`)
  return row.queue
}

/** Its time is over, and nobody has dialled since it was promised last. */
export const isOverdue = ({ promisedUntil, tries, triedBefore, dialledAt }: Callback, now: number): boolean =>
  now > promisedUntil && dialledAt === null && tries.length === triedBefore

const COLUMNS = 'id caller caller_name language phase outcome ended_at connected_at callback'.split(' ')

type Filed = {
  id: string
  queue: string
  caller: string
  caller_name: string
  language: string
  phase: Phase
  outcome: Outcome | null
  ended_at: Date | null
  connected_at: Date | null
  callback: Callback
}

function callbackOf(row: Filed, numbers: 'whole' | 'masked', now: number): CallbackRow {
  const { id, queue, language, phase, outcome, callback } = row
  const { of: call, because, promisedAt, promisedUntil: dueAt, tries, messages } = callback
  return {
    ...{ id, call, queue, language, because, promisedAt, dueAt, phase, outcome },
    customer: numbers === 'masked' ? masked(row.caller) : row.caller,
    customerName: numbers === 'masked' ? '*'.repeat([...row.caller_name].length) : row.caller_name,
    overdue: outcome === null && row.connected_at === null && isOverdue(callback, now),
    tries: tries.map(({ at, agent, result }) => ({ at, agent, result })),
    endedAt: row.ended_at?.getTime() ?? null,
    messages: messages.map(({ id }) => id),
  }
}
