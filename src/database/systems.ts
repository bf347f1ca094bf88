import type { Knex } from 'knex'
import type { System, Systems } from '../lookup/systems.ts'
import { CHANGED } from './bell.ts'

export const loadSystems = (knex: Knex): Promise<System[]> =>
  knex('systems').orderBy('id').select('id', 'url', 'headers')

/** From now on systems are asked where they are now. Rejects where that cannot be read. */
export async function learnSystems(knex: Knex, systems: Systems): Promise<void> {
  systems.learn(await loadSystems(knex))
}

export async function setSystem(knex: Knex, { id, url, headers }: System): Promise<void> {
  const row = { url, headers: JSON.stringify(headers), changed_at: knex.fn.now() }
  await knex.transaction(async trx => {
    await trx('systems')
      .insert({ id, ...row })
      .onConflict('id')
      .merge(row)
    await tell(trx)
  })
}

/** Resolves with whether there was one. */
export const removeSystem = (knex: Knex, id: string): Promise<boolean> =>
  knex.transaction(async trx => {
    const count = await trx('systems').where({ id }).delete()
    await tell(trx)
    return count > 0
  })

const tell = (trx: Knex.Transaction) => trx.raw('select pg_notify(?, ?)', [CHANGED, 'systems'])
