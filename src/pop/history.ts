import type { Knex } from 'knex'
import type { Call } from '../call/call.ts'
import { bareNumber, spellingsOf } from '../numbers.ts'
import type { Customer, LastCall, Open, Stop } from './pop.ts'

/** What the database knows of who calls. Each of these rejects where it cannot be asked. */

export type History = { customers: Customer[]; lastCalls: LastCall[]; open: Open }

const NOTHING: History = { customers: [], lastCalls: [], open: { messages: [], callbacks: [], lowScores: [] } }

/** By their number, however a trunk writes it. Of who shows none nothing is known. */
export async function historyOf(knex: Knex, { id, from }: Pick<Call, 'id' | 'from'>): Promise<History> {
  const bare = bareNumber(from)
  if (bare === '') return NOTHING
  const { rows } = await knex.raw<{ rows: [Found] }>(HISTORY, { id, bare, spellings: spellingsOf(bare) })
  const { customers, lastCalls, messages, callbacks, lowScores } = rows[0]
  return { customers, lastCalls, open: { messages, callbacks, lowScores } }
}

type Found = Pick<History, 'customers' | 'lastCalls'> & Open

const listOf = (rows: string): string => `(select coalesce(json_agg(listed), '[]') from (${rows}) listed)`
const msOf = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`
const OF_THEM = 'c.caller = any(:spellings)'

const HISTORY = `
select
  ${listOf(`
    select u.id, u.name, u.note, u.link from customer_numbers n join customers u on u.id = n.customer_id
    where n.number = :bare order by u.id limit 10`)} as customers,
  ${listOf(`
    select c.id as call, ${msOf('c.arrived_at')} as "arrivedAt", c.direction, c.phase, c.outcome, c.queue, c.agent_id as agent
    from calls c where ${OF_THEM} and c.id <> :id order by c.arrived_at desc limit 5`)} as "lastCalls",
  ${listOf(`
    select m.id, m.queue, ${msOf('m.began_at')} as "leftAt" from calls c join messages m on m.call_id = c.id
    where ${OF_THEM} and m.done_at is null order by m.began_at limit 20`)} as messages,
  ${listOf(`
    select c.id, c.queue, (c.callback->>'promisedUntil')::float8 as "dueAt" from calls c
    where ${OF_THEM} and c.direction = 'callback' and c.ended_at is null and c.id <> :id order by 3 limit 20`)} as callbacks,
  ${listOf(`
    select l.call_id as call, l.name as question, l.score, ${msOf('l.at')} as at
    from calls c join low_scores l on l.call_id = c.id
    where ${OF_THEM} and l.done_at is null order by l.at limit 20`)} as "lowScores"`

/** Where in flows they have been, and what they have pressed. */
export async function trailOf(
  knex: Knex,
  call: string,
): Promise<{ path: Stop[]; pressed: { at: number; key: string }[] }> {
  const rows: Step[] = await knex('facts')
    .select('at', 'kind', 'body')
    .where({ call_id: call })
    .whereIn('kind', ['Prompted', 'KeyPressed'])
    .orderBy('seq')
    .limit(LONGEST_TRAIL)
  const path: Stop[] = []
  const pressed = rows.flatMap(({ at, body: { key } }) => (key === undefined ? [] : { at: at.getTime(), key }))
  for (const { at, body } of rows) {
    const last = path.at(-1)
    const { flow, node } = body.place ?? {}
    const isNew = flow !== undefined && node !== undefined && (last?.flow !== flow || last.node !== node)
    if (isNew) path.push({ at: at.getTime(), flow, node })
  }
  return { path, pressed }
}

const LONGEST_TRAIL = 500

type Step = { at: Date; body: { key?: string; place?: { flow: string; node: string } | null } }
