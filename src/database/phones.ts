import type { Knex } from 'knex'
import type { Centre } from '../switchboard/centre.ts'
import { drawPassword } from './agents.ts'

/** Phones that are nobody's own. The table itself rings the bell at each change, whoever makes it. */

/** `agent`: who sits there; null: nobody. */
export type PhoneSet = { readonly id: string; readonly remote: boolean; readonly agent: string | null }

export const loadPhones = (knex: Knex): Promise<PhoneSet[]> =>
  knex('phones')
    .leftJoin('agents', 'agents.phone', 'phones.id')
    .select('phones.id', 'phones.remote', 'agents.id as agent')
    .orderBy('phones.id')

/** Resolves with its password, or with nothing where there is one of this id. */
export async function addPhone(knex: Knex, id: string, remote: boolean): Promise<string | undefined> {
  const sip_password = drawPassword()
  const added = await knex('phones').insert({ id, remote, sip_password }).onConflict('id').ignore().returning('id')
  return added.length > 0 ? sip_password : undefined
}

/** Resolves with whether there was one at which nobody sits. */
export const removePhone = async (knex: Knex, id: string): Promise<boolean> =>
  (await knex('phones').where({ id }).whereNotExists(knex('agents').whereRaw('agents.phone = phones.id')).delete()) > 0

/** From now on agents may sign in at these. Rejects where they cannot be read. */
export async function learnPhones(knex: Knex, centre: Centre): Promise<void> {
  centre.phones = new Set(await knex('phones').pluck('id'))
}
