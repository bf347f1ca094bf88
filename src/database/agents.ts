import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type { Language } from '../ivr/flow.ts'

/** Agents as they are set up. The table itself rings the bell where an account changes, whoever changes it. */

export type AgentSet = {
  readonly id: string
  readonly name: string
  readonly team: string
  readonly language: Language
  readonly remote: boolean
  readonly skills: Readonly<Record<string, number>>
  /** Of the centre's, at which they sit now; null: at none of these. */
  readonly phone: string | null
}

/** What may be set of one: columns of the table, and the skills, which are rows of their own. */
export type AgentChanges = Partial<Omit<AgentSet, 'id' | 'phone'>>

export async function loadAgentsSet(knex: Knex): Promise<AgentSet[]> {
  const skills = knex('agent_skills')
    .select(knex.raw(`coalesce(jsonb_object_agg(skill, level), '{}')`))
    .whereRaw('agent_id = agents.id')
  return knex('agents').select('id', 'name', 'team', 'language', 'remote', 'phone', skills.as('skills')).orderBy('id')
}

/** Resolves with the new agent's password, or with nothing where there is one of this id. */
export const addAgent = (knex: Knex, id: string, { skills, ...row }: AgentChanges): Promise<string | undefined> =>
  knex.transaction(async trx => {
    const password = drawPassword()
    const added = await trx('agents')
      .insert({ id, ...row, sip_password: password })
      .onConflict('id')
      .ignore()
      .returning('id')
    if (added.length === 0) return undefined
    await setSkills(trx, id, skills)
    return password
  })

/** Resolves with whether there is one of this id. */
export const changeAgent = (knex: Knex, id: string, { skills, ...row }: AgentChanges): Promise<boolean> =>
  knex.transaction(async trx => {
    if (!(await trx('agents').where({ id }).forUpdate().first('id'))) return false
    if (Object.keys(row).length > 0) await trx('agents').where({ id }).update(row)
    await setSkills(trx, id, skills)
    return true
  })

async function setSkills(trx: Knex.Transaction, id: string, skills: AgentChanges['skills']): Promise<void> {
  if (!skills) return
  await trx('agent_skills').where({ agent_id: id }).delete()
  const rows = Object.entries(skills).map(([skill, level]) => ({ agent_id: id, skill, level }))
  if (rows.length > 0) await trx('agent_skills').insert(rows)
}

/** A new password, in place of the old one; undefined: there is nobody of this id. */
export async function renewPassword(knex: Knex, id: string): Promise<string | undefined> {
  const password = drawPassword()
  return (await knex('agents').where({ id }).update({ sip_password: password })) > 0 ? password : undefined
}

/** 144 bits, in letters that every phone's settings and files take. */
export const drawPassword = (): string => randomBytes(18).toString('base64url')
