import type { Knex } from 'knex'
import { DIALLING, type DiallingRules } from '../dialling/dialling.ts'
import type { Centre } from '../switchboard/centre.ts'

/** The dialling rules. Their table itself rings the bell at each change, whoever makes it. */

export async function loadDialling(knex: Knex): Promise<DiallingRules> {
  const row = await knex('dialling').first()
  if (!row) return DIALLING
  const { prefixes, area, form, outside_line: outsideLine, quiet_from: from, quiet_to: to, shows, zones } = row
  return { prefixes, area, form, outsideLine, quiet: from === null ? null : { from, to }, shows, zones }
}

/** From now on numbers are dialled by the rules as they are now. Rejects where these cannot be read. */
export async function learnDialling(knex: Knex, centre: Centre): Promise<void> {
  centre.dialling.learn(await loadDialling(knex))
}

export async function setDialling(knex: Knex, rules: DiallingRules): Promise<void> {
  const { prefixes, area, form, outsideLine, quiet, shows, zones } = rules
  const row = {
    ...{ prefixes, area, form, outside_line: outsideLine, shows, zones: JSON.stringify(zones) },
    ...{ quiet_from: quiet?.from ?? null, quiet_to: quiet?.to ?? null },
  }
  await knex('dialling').insert(row).onConflict('id').merge(row)
}
