import type { Knex } from 'knex'

/** Who did what, to whom, when, and from where. Times in ms since 1970. */
export type Deed = {
  readonly at: number
  readonly who: string
  readonly what: string
  readonly whom: string | null
  /** Without secrets, and without the numbers of callers. */
  readonly details: object
  /** `done`, or the id of the failure. */
  readonly outcome: string
  readonly address: string
}

export async function recordDeed(knex: Knex, { at, details, ...deed }: Deed): Promise<void> {
  await knex('audit_log').insert({ ...deed, at: new Date(at), details: JSON.stringify(details) })
}

export type DeedFilter = { who?: string | undefined; what?: string | undefined; whom?: string | undefined }
export type DeedsPage = { deeds: (Deed & { id: number })[]; next: string | null }

/** The latest first, a page at a time; `after` is the `next` of the page before. */
export async function loadDeeds(
  knex: Knex,
  { from, to }: { from: number; to: number },
  filter: DeedFilter,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<DeedsPage> {
  const question = knex('audit_log')
    .where('at', '>=', new Date(from))
    .where('at', '<', new Date(to))
    .orderBy('id', 'desc')
    .limit(limit + 1)
  for (const [column, value] of Object.entries(filter)) if (value !== undefined) question.where(column, value)
  if (after !== undefined) question.where('id', '<', after)
  const rows: (Omit<Deed, 'at'> & { id: number; at: Date })[] = await question
  const deeds = rows.slice(0, limit).map(({ at, ...deed }) => ({ ...deed, at: at.getTime() }))
  return { deeds, next: rows.length > limit ? String(deeds.at(-1)!.id) : null }
}
