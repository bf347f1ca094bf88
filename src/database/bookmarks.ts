import type { Knex } from 'knex'

/** Where a reader of something outside has got to, by the reader's name. */
export function bookmark<Position>(knex: Knex, name: string) {
  return {
    async get(): Promise<Position | undefined> {
      const row = await knex('bookmarks').where({ name }).first('position')
      return row?.position
    },
    async set(position: Position): Promise<void> {
      await knex('bookmarks')
        .insert({ name, position: JSON.stringify(position) })
        .onConflict('name')
        .merge()
    },
  }
}
