import type { Knex } from 'knex'

/** What is opened and asked when a call is offered. `queue`: empty for the calls of all queues without a row of their own. */
export type PopSetting = { queue: string; url: string | null; system: string | null; path: string | null }

export const loadPopSettings = (knex: Knex): Promise<PopSetting[]> => knex('pops').orderBy('queue').select('*')

export const setPop = (knex: Knex, row: PopSetting): Promise<unknown> =>
  knex('pops').insert(row).onConflict('queue').merge(row)

/** Resolves with whether there was one. */
export const removePop = async (knex: Knex, queue: string): Promise<boolean> =>
  (await knex('pops').where({ queue }).delete()) > 0
