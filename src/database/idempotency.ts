import type { Knex } from 'knex'

/** What was asked for with an Idempotency-Key, and what was answered. Times in ms since 1970. */

export const KEPT_MS = 24 * 3_600_000
/** No act takes so long: who is still under way then has died, and it may be asked for anew. */
const UNDER_WAY_MS = 60_000

/** Whose, under which key, and a hash of all that was asked for. */
export type Ask = { readonly who: string; readonly key: string; readonly request: string }

/** What became of the first: it is ours to do, somebody does it, it was something else, or it was answered. `answer` is null where it held a secret. */
export type First = 'ours' | 'under-way' | 'another' | { readonly status: number; readonly answer: string | null }

const CLAIM = `
insert into idempotency_keys as had (who, key, request, at) values (?, ?, ?, ?)
on conflict (who, key) do update set request = excluded.request, at = excluded.at, status = null, answer = null
  where had.at <= ? or (had.status is null and had.request = excluded.request and had.at <= ?)
returning who`

export async function claim(knex: Knex, { who, key, request }: Ask, at: number): Promise<First> {
  const given = [who, key, request, new Date(at), new Date(at - KEPT_MS), new Date(at - UNDER_WAY_MS)]
  const { rows } = await knex.raw(CLAIM, given)
  if (rows.length > 0) return 'ours'
  const had = await knex('idempotency_keys').where({ who, key }).first('request', 'status', 'answer')
  // It was let go of a moment ago: whoever asks again will have it.
  if (!had) return 'under-way'
  if (had.request !== request) return 'another'
  return had.status === null ? 'under-way' : { status: had.status, answer: had.answer }
}

export async function keepAnswer(knex: Knex, { who, key }: Ask, status: number, answer: string | null): Promise<void> {
  await knex('idempotency_keys').where({ who, key }).update({ status, answer })
}

/** Nothing was done: it may be asked for again under the same key. */
export async function letGo(knex: Knex, { who, key }: Ask): Promise<void> {
  await knex('idempotency_keys').where({ who, key }).delete()
}
