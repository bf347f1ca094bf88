import type { Knex } from 'knex'

/** From where phones come, and who is refused for a while. Times in ms since 1970. */

/** `tries`: what it is for, so many wrong passwords and questions without an answer. */
export type Ban = { readonly beganAt: number; readonly endsAt: number; readonly tries: number }
export type Known = { readonly address: string; readonly workedAt: number | null; readonly ban: Ban | null }
export type Banned = Ban & { readonly address: string }

type Row = {
  address: string
  worked_at: Date | null
  banned_at: Date | null
  banned_until: Date | null
  tries: number | null
}

/** Those that still matter: what worked before `since`, and whose ban is over, is forgotten. */
export async function loadAddresses(knex: Knex, now: number, since: number): Promise<Known[]> {
  await knex('sip_addresses')
    .whereRaw('coalesce(worked_at, ?) <= ? and coalesce(banned_until, ?) <= ?', [
      NEVER,
      new Date(since),
      NEVER,
      new Date(now),
    ])
    .delete()
  const rows: Row[] = await knex('sip_addresses').select('*')
  return rows.map(row => ({
    address: row.address,
    workedAt: row.worked_at?.getTime() ?? null,
    ban: row.banned_until && banOf(row),
  }))
}

const NEVER = new Date(0)

const banOf = ({ banned_at, banned_until, tries }: Row): Ban => ({
  ...{ beganAt: (banned_at ?? banned_until)!.getTime(), endsAt: banned_until!.getTime(), tries: tries ?? 0 },
})

/** What is null stays as it was. */
export async function noteAddress(knex: Knex, { address, workedAt, ban }: Known): Promise<void> {
  const columns = {
    ...(workedAt !== null && { worked_at: new Date(workedAt) }),
    ...(ban && { banned_at: new Date(ban.beganAt), banned_until: new Date(ban.endsAt), tries: ban.tries }),
  }
  await knex('sip_addresses')
    .insert({ address, ...columns })
    .onConflict('address')
    .merge(columns)
}

/** Who is refused now, the longest last. */
export async function loadBanned(knex: Knex, now: number): Promise<Banned[]> {
  const rows: Row[] = await knex('sip_addresses').where('banned_until', '>', new Date(now)).orderBy('banned_until')
  return rows.map(row => ({ address: row.address, ...banOf(row) }))
}

/** They are let in, of which the table itself tells the service. Resolves with whether they were refused. */
export async function liftBan(knex: Knex, address: string, now: number): Promise<boolean> {
  // Later than it began, whatever clock that was read from.
  const lifted_at = knex.raw("greatest(?::timestamptz, banned_at + interval '1 ms')", [new Date(now)])
  const lifted = await knex('sip_addresses')
    .where({ address })
    .where('banned_until', '>', new Date(now))
    .update({ banned_until: null, lifted_at })
  return lifted > 0
}

/** When somebody was last let in early, by address. */
export async function loadLifted(knex: Knex): Promise<Map<string, number>> {
  const rows: { address: string; lifted_at: Date }[] = await knex('sip_addresses')
    .whereNotNull('lifted_at')
    .select('address', 'lifted_at')
  return new Map(rows.map(({ address, lifted_at }) => [address, lifted_at.getTime()]))
}
