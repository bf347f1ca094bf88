import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { BadInput, NotFound } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Reach } from '../rights/reach.ts'
import type { Role } from '../rights/rights.ts'
import { inTurn } from './connect.ts'
import { hashOf } from './hashing.ts'
import { LOCKED_MINUTES, type Lock, tryLock, unlock, unlocked } from './lock.ts'

/** Who may sign in, and whose password is right. Times in ms since 1970. */

export type Person = Reach & {
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  /** The agent who they are. */
  readonly agent: string | null
  /** By which the company's sign-in knows them. */
  readonly sso: string | null
  readonly disabled: boolean
}

export type PersonRow = {
  id: string
  name: string
  roles: Role[]
  teams: string[] | null
  queues: string[] | null
  agent_id: string | null
  sso: string | null
  disabled: boolean
}

export const PERSON_COLUMNS = ['id', 'name', 'roles', 'teams', 'queues', 'agent_id', 'sso', 'disabled'].map(
  column => `people.${column}`,
)

export const personOf = ({ agent_id: agent, id, name, roles, teams, queues, sso, disabled }: PersonRow): Person => ({
  ...{ id, name, roles, teams, queues, agent, sso, disabled },
})

export async function loadPeople(knex: Knex): Promise<Person[]> {
  const rows: PersonRow[] = await knex('people').select(PERSON_COLUMNS).orderBy('id')
  return rows.map(personOf)
}

/** Throws NotFound. */
export async function loadPerson(knex: Knex, id: string): Promise<Person> {
  const row: PersonRow | undefined = await knex('people').select(PERSON_COLUMNS).where({ id }).first()
  if (!row) throw nobody(id)
  return personOf(row)
}

/** Whom the company's sign-in knows by one of these names, the first that is somebody's; nobody who is disabled. */
export async function personBySso(knex: Knex, names: readonly string[]): Promise<Person | undefined> {
  const rows: PersonRow[] = await knex('people')
    .select(PERSON_COLUMNS)
    .whereIn('sso', [...names])
    .where({ disabled: false })
  const row = names.map(name => rows.find(({ sso }) => sso === name)).find(found => found !== undefined)
  return row && personOf(row)
}

const nobody = (id: string): NotFound => new NotFound(`There is nobody ${id}.`)

/** Resolves with their password, which is shown this once. Throws BadInput where the id is taken, or what is named is not there. */
export async function addPerson(knex: Knex, person: Person, at: number): Promise<string> {
  const password = drawPassword()
  const row = { ...rowOf(person), id: person.id, password: await hashOf(password), made_at: new Date(at) }
  await insistThere(knex, person)
  const added = await told(knex('people').insert(row).onConflict('id').ignore().returning('id'))
  if (added.length === 0) throw new BadInput('id', `id must be nobody's yet: there is a ${person.id}`)
  return password
}

/** All but the password. Throws NotFound, or BadInput as above. */
export async function changePerson(knex: Knex, person: Person): Promise<void> {
  await insistThere(knex, person)
  const changed = await told(knex('people').where({ id: person.id }).update(rowOf(person), ['id']))
  if (changed.length === 0) throw nobody(person.id)
}

const rowOf = ({ name, roles, teams, queues, agent, sso, disabled }: Person) => ({
  ...{ name, roles, teams, queues, agent_id: agent, sso, disabled },
})

/** Throws BadInput where a queue, team or agent is none that there is. */
export async function insistThere(
  knex: Knex,
  { queues, teams, agent = null }: Reach & { agent?: string | null },
): Promise<void> {
  const asked: [string, string, string, readonly string[]][] = [
    ['queues', 'queues', 'id', queues ?? []],
    ['teams', 'agents', 'team', teams ?? []],
    ['agent', 'agents', 'id', agent === null ? [] : [agent]],
  ]
  for (const [field, table, column, named] of asked) {
    if (named.length === 0) continue
    const known: string[] = await knex(table)
      .whereIn(column, named)
      .where(field === 'agent' ? { removed_at: null } : {})
      .pluck(column)
    const unknown = named.find(one => !known.includes(one))
    if (unknown !== undefined) throw new BadInput(field, `${field} must be there already: there is no ${unknown}`)
  }
}

/** Each agent, and each name of the company's sign-in, is one person's. */
async function told<T>(change: PromiseLike<T>): Promise<T> {
  try {
    return await change
  } catch (thrown) {
    const { code, constraint = '' } = thrown as { code?: string; constraint?: string }
    if (code !== '23505') throw thrown
    const field = constraint.includes('sso') ? 'sso' : 'agent'
    throw new BadInput(field, `${field} must be theirs alone: somebody else has it`)
  }
}

/** Their sessions end. Throws NotFound. */
export async function renewPassword(knex: Knex, id: string, password = drawPassword()): Promise<string> {
  await loadPerson(knex, id)
  const row = { password: await hashOf(password), ...unlocked(PASSWORDS) }
  await inTurn(knex, async trx => {
    if ((await trx('people').where({ id }).update(row)) === 0) throw nobody(id)
    await trx('sessions').where({ person_id: id }).delete()
  })
  return password
}

const drawPassword = (): string => randomBytes(15).toString('base64url')

/** As whom one signs in who is the first. */
export const FIRST = 'admin'

/** Where nobody may sign in yet: an administrator. Resolves with whether there was nobody. Their password is another step. */
export async function addFirst(knex: Knex, at: number): Promise<boolean> {
  const added = await inTurn(knex, trx => trx.raw(ADD_FIRST, [FIRST, new Date(at)]))
  return added.rows.length > 0
}

const ADD_FIRST = `
insert into people (id, name, roles, made_at)
select ?, 'Administrator', '{administrator}', ? where not exists (select from people)
on conflict do nothing returning id`

export const WRONG_PASSWORDS_AT_MOST = 5
const PASSWORDS: Lock = {
  ...{ table: 'people', secret: 'password', wrong: 'wrong_passwords', wrongAtMost: WRONG_PASSWORDS_AT_MOST },
}

export type Claimed = { readonly person: string; readonly password: string }

/** Whether it is they. A wrong id takes as long as a wrong password. Rejects where the database is away. */
export async function isThey(knex: Knex, { person, password }: Claimed, at: number, log: Log): Promise<boolean> {
  const { isRight, row } = await tryLock<Pick<PersonRow, 'disabled'>>(knex, PASSWORDS, person, password, at)
  if (!isRight || row!.disabled) {
    if (row?.locked_until) log.warn({ person }, `wrong passwords: they are locked for ${LOCKED_MINUTES} minutes`)
    return false
  }
  await unlock(knex, PASSWORDS, person)
  return true
}
