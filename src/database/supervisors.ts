import type { Knex } from 'knex'
import { reachesTalk } from '../rights/reach.ts'
import { KEY_HOLDER, may, type Who } from '../rights/rights.ts'
import type { Supervisors } from '../switchboard/phoneSupervising.ts'
import { recordDeed } from './auditLog.ts'
import { PERSON_COLUMNS, type PersonRow, personOf } from './people.ts'
import { keyNamed, whoIs } from './sessions.ts'

/** Who supervises from a phone, where nobody signs in: who they are the phone's account says, or who has had it rung. */
export const supervisorsIn = (knex: Knex): Supervisors => ({
  async whoMay(name, there) {
    const who = await whoIsNamed(knex, name)
    return who && may(who, 'calls:supervise') && reachesTalk(who, there) ? who.name : undefined
  },

  async note({ phone, ...deed }) {
    const address = `phone:${phone}`
    const who = (await personWho(knex, { agent_id: phone }))?.name ?? address
    await recordDeed(knex, { ...deed, who, address })
  },
})

async function whoIsNamed(knex: Knex, name: string): Promise<Who | undefined> {
  if (name === KEY_HOLDER.name) return KEY_HOLDER
  const [kind, id = ''] = name.split(':')
  return kind === 'key' ? keyNamed(knex, id) : personWho(knex, kind === 'phone' ? { agent_id: id } : { id })
}

/** Nobody who is disabled. */
async function personWho(knex: Knex, whose: { agent_id: string } | { id: string }): Promise<Who | undefined> {
  const row: PersonRow | undefined = await knex('people')
    .select(PERSON_COLUMNS)
    .where({ ...whose, disabled: false })
    .first()
  return row && whoIs(personOf(row))
}
