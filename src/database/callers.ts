import type { Knex } from 'knex'
import type { Call } from '../call/call.ts'
import type { Known } from '../call/facts.ts'
import type { Language } from '../ivr/flow.ts'
import { bareNumber, spellingsOf } from '../numbers.ts'
import type { Listed } from '../switchboard/callers.ts'
import type { Centre } from '../switchboard/centre.ts'
import { CHANGED } from './bell.ts'

type Row = {
  number: string
  standing: 'blocked' | 'vip'
  head_start_ms: number
  until: Date | null
  note: string
}

export type Noted = Listed & { readonly note: string }

export async function loadCallers(knex: Knex): Promise<Noted[]> {
  const rows: Row[] = await knex('callers').orderBy('number')
  return rows.map(({ number, standing, head_start_ms: headStartMs, until, note }) => ({
    number,
    standing: standing === 'vip' ? { as: 'vip', headStartMs } : { as: 'blocked' },
    until: until?.getTime() ?? null,
    note,
  }))
}

/** From now on calls are taken by the list as it is now. Rejects where that cannot be read. */
export async function learnCallers(knex: Knex, centre: Centre): Promise<void> {
  centre.callers.learn(await loadCallers(knex))
}

export async function setCaller(knex: Knex, { number, standing, until, note }: Noted): Promise<void> {
  const row = {
    number,
    standing: standing.as,
    ...(standing.as === 'vip' && { head_start_ms: standing.headStartMs }),
    until: until === null ? null : new Date(until),
    note,
    changed_at: knex.fn.now(),
  }
  await knex.transaction(async trx => {
    await trx('callers').insert(row).onConflict('number').merge(row)
    await tell(trx)
  })
}

/** Resolves with whether the number was listed. */
export const forgetCaller = (knex: Knex, number: string): Promise<boolean> =>
  knex.transaction(async trx => {
    const count = await trx('callers').where({ number }).delete()
    await tell(trx)
    return count > 0
  })

const tell = (trx: Knex.Transaction) => trx.raw('select pg_notify(?, ?)', [CHANGED, 'callers'])

/** So far back earlier calls tell something. */
const WITHIN = '90 days'

/** Among so many calls of theirs, the latest, the last talk is looked for. */
const LATEST = 20

type Asking = Pick<Call, 'from' | 'to' | 'arrivedAt'>

/**
 * When this number last called before, in which language the line that it dials now, whom it talked with last, and when it
 * was asked about a talk. A callback is no call of theirs, but a talk; who has never called was last on the line in that.
 */
export async function historyOf(knex: Knex, { from, to, arrivedAt }: Asking): Promise<Known | undefined> {
  const { rows } = await knex.raw(
    `with latest as (
       select direction = 'inbound' as theirs, arrived_at, called, language, agent_id, connected_at from calls
       where caller = any(:spellings) and arrived_at < :before and arrived_at > :before::timestamptz - :within::interval
         and (direction = 'inbound' or connected_at is not null)
       order by arrived_at desc limit :latest
     )
     select arrived_at as "lastAt",
       -- Who dials the English number now wants English, whatever they chose on another.
       (select language from latest where theirs and called = :called order by arrived_at desc limit 1) as language,
       (select agent_id from latest where connected_at is not null order by arrived_at desc limit 1) as "lastAgent",
       (select max(coalesce(talk_ended_at, arrived_at)) from calls
        where caller = any(:spellings) and survey_offered
          and arrived_at < :before and arrived_at > :before::timestamptz - :within::interval) as "surveyedAt"
     from latest order by theirs desc, arrived_at desc limit 1`,
    {
      spellings: spellingsOf(bareNumber(from)),
      called: to,
      before: new Date(arrivedAt),
      within: WITHIN,
      latest: LATEST,
    },
  )
  const [row] = rows as {
    lastAt: Date
    language: Language | null
    lastAgent: string | null
    surveyedAt: Date | null
  }[]
  if (!row) return undefined
  const { lastAt, language, lastAgent, surveyedAt } = row
  return {
    lastAt: lastAt.getTime(),
    ...(language !== null && { language }),
    ...(lastAgent !== null && { lastAgent }),
    ...(surveyedAt !== null && { surveyedAt: surveyedAt.getTime() }),
  }
}
