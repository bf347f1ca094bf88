import type { Knex } from 'knex'

/** Keeps how far we have read in what others write. */
export const bookmarkOf = <Position>(knex: Knex, name: string) => ({
  async get(): Promise<Position | undefined> {
    const row: { position: Position } | undefined = await knex('bookmarks').where({ name }).first('position')
    return row?.position
  },
  async set(position: Position): Promise<void> {
    await knex('bookmarks')
      .insert({ name, position: JSON.stringify(position) })
      .onConflict('name')
      .merge()
  },
})

/** Which of these calls are in the books already, however long ago. */
export async function callsOnRecord(knex: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows: { id: string }[] = await knex('calls').whereIn('id', ids).select('id')
  return new Set(rows.map(row => row.id))
}
