import type { Knex } from 'knex'
import { reachesTalk } from '../rights/reach.ts'
import { may, type Who } from '../rights/rights.ts'
import type { Supervisors } from '../switchboard/phoneSupervising.ts'
import { recordDeed } from './auditLog.ts'
import { PERSON_COLUMNS, type PersonRow, personOf } from './people.ts'
import { whoIs } from './sessions.ts'

/** People who supervise from their phones, where nobody signs in: who they are the phone's account says. */
export const supervisorsIn = (knex: Knex): Supervisors => ({
  async whoMay(phone, there) {
    const who = await whoseIs(knex, phone)
    return who && may(who, 'calls:supervise') && reachesTalk(who, there) ? who.name : undefined
  },

  async note({ phone, ...deed }) {
    const address = `phone:${phone}`
    const who = (await whoseIs(knex, phone))?.name ?? address
    await recordDeed(knex, { ...deed, who, address })
  },
})

/** Nobody who is disabled. */
async function whoseIs(knex: Knex, phone: string): Promise<Who | undefined> {
  const row: PersonRow | undefined = await knex('people')
    .select(PERSON_COLUMNS)
    .where({ agent_id: phone, disabled: false })
    .first()
  return row && whoIs(personOf(row))
}
