import type { Knex } from 'knex'

/** From where phones come, and who is refused for a while. Times in ms since 1970. */

export type Known = { readonly address: string; readonly workedAt: number | null; readonly bannedUntil: number | null }
type Row = { address: string; worked_at: Date | null; banned_until: Date | null }

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
  return rows.map(({ address, worked_at: workedAt, banned_until: bannedUntil }) => ({
    address,
    workedAt: workedAt?.getTime() ?? null,
    bannedUntil: bannedUntil?.getTime() ?? null,
  }))
}

const NEVER = new Date(0)

/** What is null stays as it was. */
export async function noteAddress(knex: Knex, { address, workedAt, bannedUntil }: Known): Promise<void> {
  const columns = {
    ...(workedAt !== null && { worked_at: new Date(workedAt) }),
    ...(bannedUntil !== null && { banned_until: new Date(bannedUntil) }),
  }
  await knex('sip_addresses')
    .insert({ address, ...columns })
    .onConflict('address')
    .merge(columns)
}

/** Who is refused now, the longest last. */
export async function loadBanned(knex: Knex, now: number): Promise<{ address: string; until: number }[]> {
  const rows: Row[] = await knex('sip_addresses').where('banned_until', '>', new Date(now)).orderBy('banned_until')
  return rows.map(({ address, banned_until: until }) => ({ address, until: until!.getTime() }))
}
