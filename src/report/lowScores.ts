import type { Knex } from 'knex'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { CALL, narrowToReach } from './reach.ts'

/** An answer about a talk that was so low that a person is to look at it. Times in ms since 1970. */
export type LowScoreRow = {
  call: string
  question: string
  at: number
  score: number
  /** From this score down a person was to be told. */
  atOrUnder: number
  queue: string | null
  agent: string | null
  /** How many comments there are in the call, which may say why. */
  comments: number
  /** null: nobody has looked at it yet. */
  doneAt: number | null
  note: string
}

export type LowScoreFilter = { queue?: string | undefined; agent?: string | undefined; done?: boolean | undefined }

export const LOW_SCORES_AT_MOST = 1_000

/** The oldest first, and no more than so many: where done ones are asked for too, the latest. */
export async function lowScoresReport(
  knex: Knex,
  { queue, agent, done }: LowScoreFilter,
  reach: Reach = EVERYWHERE,
): Promise<LowScoreRow[]> {
  const question = knex({ low: 'low_scores' })
    .join('calls', 'calls.id', 'low.call_id')
    .select('low.call_id', 'low.name', 'low.at', 'score', 'at_or_under', 'queue', 'agent_id', 'done_at', 'note')
    .select({ comments: knex('comments').whereRaw('comments.call_id = low.call_id').select(knex.raw('count(*)::int')) })
    .limit(LOW_SCORES_AT_MOST)
  narrowToReach(question, reach, CALL)
  if (queue !== undefined) question.where({ queue })
  if (agent !== undefined) question.where({ agent_id: agent })
  if (done !== undefined) question.where('done_at', done ? 'is not' : 'is', null)
  const order = done === false ? 'asc' : 'desc'
  question.orderBy(['low.at', 'low.call_id', 'low.name'].map(column => ({ column, order })))
  const rows: Row[] = await question
  if (order === 'desc') rows.reverse()
  return rows.map(lowScoreOf)
}

type Row = {
  call_id: string
  name: string
  at: Date
  score: number
  at_or_under: number
  queue: string | null
  agent_id: string | null
  comments: number
  done_at: Date | null
  note: string
}

const lowScoreOf = (row: Row): LowScoreRow => ({
  call: row.call_id,
  question: row.name,
  at: row.at.getTime(),
  score: row.score,
  atOrUnder: row.at_or_under,
  queue: row.queue,
  agent: row.agent_id,
  comments: row.comments,
  doneAt: row.done_at?.getTime() ?? null,
  note: row.note,
})
