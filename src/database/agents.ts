import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { type AgentState, isHeldByCall } from '../agent/agent.ts'
import { BadInput, NotFound } from '../errors.ts'
import type { Language } from '../ivr/flow.ts'
import { NO_PIN } from './pins.ts'

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
  return knex('agents')
    .where(IS_ONE)
    .select('id', 'name', 'team', 'language', 'remote', 'phone', skills.as('skills'))
    .orderBy('id')
}

/** Who was removed is kept for their calls alone. */
const IS_ONE = { removed_at: null }

/**
 * Resolves with the new agent's password, or with nothing where there is one of this id. Who was removed comes back under their name;
 * throws BadInput where it is another's: the calls of that id are not theirs.
 */
export const addAgent = (knex: Knex, id: string, { skills, ...row }: AgentChanges): Promise<string | undefined> =>
  knex.transaction(async trx => {
    const password = drawPassword()
    const added = await trx('agents')
      .insert({ id, ...row, sip_password: password })
      .onConflict('id')
      .ignore()
      .returning('id')
    if (added.length === 0 && !(await comesBack(trx, id, { ...row, sip_password: password }))) return undefined
    await setSkills(trx, id, skills)
    return password
  })

async function comesBack(
  trx: Knex.Transaction,
  id: string,
  row: Omit<AgentChanges, 'skills'> & { sip_password: string },
): Promise<boolean> {
  const former: { name: string } | undefined = await trx('agents')
    .where({ id })
    .whereNotNull('removed_at')
    .forUpdate()
    .first('name')
  if (!former) return false
  if (former.name !== row.name)
    throw new BadInput('id', `${id} was ${former.name}, whose calls bear it: take another id, or name=${former.name}`)
  await trx('agents')
    .where({ id })
    .update({ ...row, removed_at: null })
  return true
}

/**
 * Nobody can register as them from now on, and nobody signs in as them; what they did stays theirs. Resolves with the person who was
 * them, if any. Throws NotFound, or BadInput while they have a call.
 */
export const removeAgent = (knex: Knex, id: string, at: number): Promise<string | undefined> =>
  knex.transaction(async trx => {
    const agent: { state: AgentState } | undefined = await trx('agents')
      .where({ id, ...IS_ONE })
      .forUpdate()
      .first('state')
    if (!agent) throw new NotFound(`There is no agent ${id}.`)
    if (isHeldByCall(agent))
      throw new BadInput('id', `${id} has a call now (${agent.state}): remove them when it is over.`)
    await trx('agents')
      .where({ id })
      .update({ removed_at: new Date(at), sip_password: drawPassword(), ...NO_PIN })
    await trx('agent_skills').where({ agent_id: id }).delete()
    const [person]: { id: string }[] = await trx('people').where({ agent_id: id }).update({ agent_id: null }, ['id'])
    return person?.id
  })

/** Of those who are still to be let go, where they are signed in. */
export const removedAgents = (knex: Knex): Promise<string[]> =>
  knex('agents').whereNotNull('removed_at').orderBy('id').pluck('id')

/** Resolves with whether there is one of this id. */
export const changeAgent = (knex: Knex, id: string, { skills, ...row }: AgentChanges): Promise<boolean> =>
  knex.transaction(async trx => {
    if (
      !(await trx('agents')
        .where({ id, ...IS_ONE })
        .forUpdate()
        .first('id'))
    )
      return false
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
  return (await knex('agents')
    .where({ id, ...IS_ONE })
    .update({ sip_password: password })) > 0
    ? password
    : undefined
}

/** 144 bits, in letters that every phone's settings and files take. */
export const drawPassword = (): string => randomBytes(18).toString('base64url')
