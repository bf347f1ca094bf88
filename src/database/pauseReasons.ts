import type { Knex } from 'knex'
import type { OwnReason } from '../agent/agent.ts'
import type { Centre } from '../switchboard/centre.ts'
import { CHANGED } from './bell.ts'

/** Why agents of this centre pause, besides what every centre knows. */

export const loadPauseReasons = (knex: Knex): Promise<OwnReason[]> =>
  knex('pause_reasons').orderBy('id').select('id', 'name_zh as zh', 'name_en as en', 'key')

/** From now on agents may give these. Rejects where they cannot be read. */
export async function learnPauseReasons(knex: Knex, centre: Centre): Promise<void> {
  centre.pauseReasons = await loadPauseReasons(knex)
}

/** Without a `key` it keeps the one that it has. */
export const setPauseReason = (
  knex: Knex,
  { id, zh, en, ...key }: Omit<OwnReason, 'key'> & Partial<Pick<OwnReason, 'key'>>,
): Promise<void> =>
  knex.transaction(async trx => {
    const row = { name_zh: zh, name_en: en, ...key }
    await trx('pause_reasons')
      .insert({ id, ...row })
      .onConflict('id')
      .merge(row)
    await tell(trx)
  })

/** Resolves with whether there was one. */
export const removePauseReason = (knex: Knex, id: string): Promise<boolean> =>
  knex.transaction(async trx => {
    const count = await trx('pause_reasons').where({ id }).delete()
    await tell(trx)
    return count > 0
  })

const tell = (trx: Knex.Transaction) => trx.raw('select pg_notify(?, ?)', [CHANGED, 'pause reasons'])
