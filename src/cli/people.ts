import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import { recordDeed } from '../database/auditLog.ts'
import { addPerson, changePerson, loadPeople, loadPerson, type Person, renewPassword } from '../database/people.ts'
import { addKey, endSessions, loadKeys, removeKey } from '../database/sessions.ts'
import { BadInput } from '../errors.ts'
import { clockTime } from '../report/interval.ts'
import type { Reach } from '../rights/reach.ts'
import { NAME, NAME_ALLOWED, RIGHTS, type Right, ROLES } from '../rights/rights.ts'
import { withDatabase } from './ask.ts'
import type { Setting } from './queueSettings.ts'
import { rowIn } from './settings.ts'
import { say } from './typed.ts'

/** Who may sign in, and the keys of programs. What is done here is in the audit log as what is done over HTTP. */

export function addPeople(program: Command, config: () => Config): void {
  const person = program.command('person').description('who may sign in, as what, and how far that reaches')
  say(person.command('list').description('the people there are'), () => personList(config()))
  const settings =
    'such as roles=supervisor,agent name=李娜 queues=sales,support teams=all agent=8001 sso=li@example.com'
  const set = (name: string, description: string, act: typeof personAdd): void => {
    const command = person.command(name).description(description).argument('<person>')
    command.argument('<setting...>', settings).action(async (id, words) => console.log(await act(config(), id, words)))
  }
  set('add', 'somebody new; their password is shown this once', personAdd)
  set('set', 'as what, and how far, from their next request on; disabled=yes lets them in no longer', personSet)
  say(
    person
      .command('password')
      .description('a new one, which is shown this once; they are signed out')
      .argument('<person>'),
    id => personPassword(config(), id),
  )
  say(person.command('sign-out').description('everywhere').argument('<person>'), id => personSignOut(config(), id))

  const key = program.command('key').description('keys of programs')
  say(key.command('list').description('what each may, and until when'), () => keyList(config()))
  key
    .command('add')
    .description('a new one, which is shown this once')
    .argument('<key>', 'its name, for the audit log')
    .argument(
      '<setting...>',
      `such as rights=calls:read,recordings:play queues=sales days=90; rights are ${RIGHTS.join(', ')}`,
    )
    .action(async (id, words) => console.log(await keyAdd(config(), id, words)))
  say(key.command('revoke').description('it opens nothing any more').argument('<key>'), id => keyRevoke(config(), id))
}

const reachOf = ({ teams, queues }: Reach): string[] => [
  ...(teams ? [`teams ${teams.join(', ')}`] : []),
  ...(queues ? [`queues ${queues.join(', ')}`] : []),
]

export const personList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const lines = (await loadPeople(knex)).map(person => {
      const { id, name, roles, agent, disabled } = person
      const more = [...(agent ? [`agent ${agent}`] : []), ...reachOf(person), ...(disabled ? ['disabled'] : [])]
      return `${id} ${name}: ${[roles.join(', '), ...more].join('; ')}`
    })
    return lines.join('\n') || 'Nobody may sign in yet.'
  })

const NEW: Omit<Person, 'id'> = {
  ...{ name: '', roles: [], teams: null, queues: null, agent: null, sso: null, disabled: false },
}

export function personAdd(config: Config, id: string, words: string[]): Promise<string> {
  insistOnName('person', id)
  const set = rowIn(words, PERSON) as Partial<Person>
  if (!set.roles) throw new BadInput('roles', `roles must be given: ${SOME_ROLES}`)
  const person = { ...NEW, name: id, ...set, id }
  return withDatabase(config, async knex => {
    const password = await addPerson(knex, person, Date.now())
    await note(knex, 'person add', id, set)
    return `${id} may sign in, with the password ${password}. It is shown this once.`
  })
}

export const personSet = (config: Config, id: string, words: string[]): Promise<string> =>
  withDatabase(config, async knex => {
    const set = rowIn(words, PERSON) as Partial<Person>
    await changePerson(knex, { ...(await loadPerson(knex, id)), ...set })
    await note(knex, 'person set', id, set)
    return `${id} is set so from now on.`
  })

export const personPassword = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const password = await renewPassword(knex, id)
    await note(knex, 'person password', id)
    return `The password of ${id} is ${password} from now on. It is shown this once.`
  })

export const personSignOut = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    await loadPerson(knex, id)
    await endSessions(knex, id)
    await note(knex, 'person sign-out', id)
    return `${id} is signed in nowhere.`
  })

export const keyList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const lines = (await loadKeys(knex)).map(key => {
      const until = key.endsAt === null ? [] : [`until ${clockTime(key.endsAt, config.zone)}`]
      return `${key.id}: ${[key.rights.join(', '), ...reachOf(key), ...until].join('; ')}`
    })
    return lines.join('\n') || 'There are no keys but the centre’s own.'
  })

const DAY_MS = 86_400_000

export function keyAdd(config: Config, id: string, words: string[]): Promise<string> {
  insistOnName('key', id)
  const set = rowIn(words, KEY) as Partial<Reach> & { rights?: Right[]; days?: number }
  const { rights, days, teams = null, queues = null } = set
  if (!rights) throw new BadInput('rights', `rights must be given: some of ${RIGHTS.join(', ')}`)
  return withDatabase(config, async knex => {
    const madeAt = Date.now()
    const endsAt = days === undefined ? null : madeAt + days * DAY_MS
    const opener = await addKey(knex, { id, rights, teams, queues, madeAt, madeBy: typist(), endsAt })
    await note(knex, 'key add', id, set)
    return `The key ${id} is ${opener}. It is shown this once.`
  })
}

export const keyRevoke = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    await removeKey(knex, id)
    await note(knex, 'key revoke', id)
    return `The key ${id} opens nothing any more.`
  })

const typist = (): string => `cli:${userInfo().username}`

export const note = (knex: Knex, what: string, whom: string, details: object = {}): Promise<void> =>
  recordDeed(knex, { at: Date.now(), who: typist(), what, whom, details, outcome: 'done', address: 'console' })

function insistOnName(field: string, words: string): void {
  if (!NAME.test(words)) throw new BadInput(field, `the name must be ${NAME_ALLOWED}, not ${words}`)
}

/** A setting that is some of these words. */
const some = (column: string, known: readonly string[]): Setting => ({
  column,
  allowed: `some of ${known.join(', ')}`,
  read: words => {
    const chosen = words.split(',')
    return chosen.every(one => known.includes(one)) ? [...new Set(chosen)] : undefined
  },
  write: String,
})
const SOME_ROLES = some('roles', ROLES).allowed

const bound = (column: string): Setting => ({
  column,
  allowed: `some of the ${column} there are, with commas between, or all`,
  read: words => (words === 'all' ? null : words === '' ? undefined : words.split(',')),
  write: String,
})

const word = (column: string, fits: RegExp, allowed: string): Setting => ({
  ...{ column, allowed: `${allowed}, or none`, write: String },
  read: words => (words === 'none' ? null : fits.test(words) ? words : undefined),
})

const BOUNDS = { teams: bound('teams'), queues: bound('queues') }

const PERSON: Record<string, Setting> = {
  roles: some('roles', ROLES),
  name: {
    column: 'name',
    allowed: '1 to 80 letters',
    read: it => (/^.{1,80}$/u.test(it) ? it : undefined),
    write: String,
  },
  ...BOUNDS,
  agent: word('agent', /^\d{2,8}$/, 'the id of an agent, such as 8001'),
  sso: word('sso', /^\P{Cc}{1,200}$/u, "their sub or verified e-mail at the company's sign-in"),
  disabled: {
    column: 'disabled',
    allowed: 'yes or no',
    read: words => (words === 'yes' ? true : words === 'no' ? false : undefined),
    write: String,
  },
}

const KEY: Record<string, Setting> = {
  rights: some('rights', RIGHTS),
  ...BOUNDS,
  days: {
    column: 'days',
    allowed: 'a whole number from 1 to 3660',
    read: words => (/^[1-9]\d{0,3}$/.test(words) && Number(words) <= 3_660 ? Number(words) : undefined),
    write: String,
  },
}
