import type { Knex } from 'knex'
import { unlessAway } from '../away.ts'
import { BadInput, Conflict, NotFound } from '../errors.ts'
import type { Filing } from '../switchboard/desk.ts'

/** What may come of a talk, and what came of each. */

/** `queue`: empty for talks of any. `key`: by which a phone says so, after *0; null: only a desk program does. */
export type Disposition = { queue: string; code: string; zh: string; en: string; key: number | null }

export const loadDispositions = (knex: Knex): Promise<Disposition[]> =>
  knex('dispositions').orderBy(['queue', 'code']).select('queue', 'code', 'name_zh as zh', 'name_en as en', 'key')

/** Without a `key` it keeps the one that it has. */
export const setDisposition = (
  knex: Knex,
  { queue, code, zh, en, ...key }: Omit<Disposition, 'key'> & Partial<Pick<Disposition, 'key'>>,
): Promise<unknown> =>
  knex('dispositions')
    .insert({ queue, code, name_zh: zh, name_en: en, ...key })
    .onConflict(['queue', 'code'])
    .merge()

/** Resolves with whether there was one. What was said of talks before stays. */
export const removeDisposition = async (knex: Knex, queue: string, code: string): Promise<boolean> =>
  (await knex('dispositions').where({ queue, code }).delete()) > 0

/** `agent`: whose talk it was; absent: of who talked last. `by`: who says so, where it is not they. `at`: ms since 1970. */
export type Disposing = {
  call: string
  agent?: string | undefined
  code: string
  note?: string | undefined
  by?: string | undefined
  at: number
}
export type Disposed = { call: string; agent: string; code: string; note: string; by: string | null; at: number }

export class NoTalkOfTheirs extends Conflict {
  constructor(call: string, agent: string | undefined) {
    super(
      'no-talk',
      agent === undefined ? `No agent has talked in ${call}.` : `Agent ${agent} has not talked in ${call}.`,
    )
  }
}

/** What was said last counts; without a `note` the one before stays. Rejects with NotFound, NoTalkOfTheirs or BadInput. */
export async function dispose(knex: Knex, { call, agent, code, note, by, at }: Disposing): Promise<Disposed> {
  const found = await knex('calls').where({ id: call }).first('queue')
  if (!found) throw new NotFound(`There is no call ${call}.`)
  const whose = await whoTalked(knex, call, agent)
  const allowed = await codesFor(knex, found.queue)
  if (!allowed.includes(code)) throw new BadInput('code', sentenceOn(allowed), allowed)
  const row = { code, by: by ?? null, at: new Date(at), ...(note !== undefined && { note }) }
  const [kept] = await knex('dispositions_given')
    .insert({ call_id: call, agent_id: whose, ...row })
    .onConflict(['call_id', 'agent_id'])
    .merge(row)
    .returning('note')
  return { call, agent: whose, code, note: kept.note, by: row.by, at }
}

/** By a key of an agent's phone, of the talk that they had last, or have. */
export const filingIn =
  (knex: Knex): Filing =>
  (agent, key, at) =>
    disposeByKey(knex, agent, key, at).catch(unlessAway)

async function disposeByKey(knex: Knex, agent: string, key: number, at: number): ReturnType<Filing> {
  // In the order of legs_of_agent: it takes no longer for who has had a year of talks.
  const last = await knex('legs')
    .where({ agent_id: agent })
    .whereNotNull('connected_at')
    .orderBy('offered_at', 'desc')
    .first<{ call: string } | undefined>('call_id as call')
  const call: { id: string; queue: string | null } | undefined =
    last && (await knex('calls').where({ id: last.call }).first('id', 'queue'))
  if (!call) return 'no-talk'
  // That of the queue before that of any.
  const meant = await knex('dispositions')
    .whereIn('queue', ['', call.queue ?? ''])
    .andWhere({ key })
    .orderBy('queue', 'desc')
    .first<{ code: string } | undefined>('code')
  if (!meant) return 'no-key'
  await dispose(knex, { call: call.id, agent, code: meant.code, at })
  return 'filed'
}

const sentenceOn = (allowed: readonly string[]): string =>
  allowed.length > 0
    ? `code must be one of ${allowed.join(', ')}.`
    : 'There is no disposition yet: hotline disposition add.'

async function whoTalked(knex: Knex, call: string, agent: string | undefined): Promise<string> {
  const legs = knex('legs').where({ call_id: call }).whereNotNull('connected_at').orderBy('connected_at', 'desc')
  const leg = await (agent === undefined ? legs : legs.where({ agent_id: agent })).first('agent_id')
  if (!leg) throw new NoTalkOfTheirs(call, agent)
  return leg.agent_id
}

const codesFor = async (knex: Knex, queue: string | null): Promise<string[]> => [
  ...new Set<string>(
    await knex('dispositions')
      .whereIn('queue', ['', queue ?? ''])
      .orderBy('code')
      .pluck('code'),
  ),
]
