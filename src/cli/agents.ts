import type { Command } from 'commander'
import type { Config } from '../config.ts'
import {
  type AgentChanges,
  addAgent,
  changeAgent,
  loadAgentsSet,
  removeAgent,
  renewPassword,
} from '../database/agents.ts'
import { loadPhones } from '../database/phones.ts'
import { renewPin } from '../database/pins.ts'
import { BadInput, NotFound } from '../errors.ts'
import { LANGUAGES } from '../ivr/flow.ts'
import { withDatabase } from './ask.ts'
import { note } from './people.ts'
import { levelsIn, levelsOf, name, type Setting, yesOrNo } from './queueSettings.ts'
import { rowIn } from './settings.ts'
import { say } from './typed.ts'

/** Agents: who they are, what they are good at, and the accounts of their phones. */

const SETTINGS: Readonly<Record<keyof AgentChanges, Setting>> = {
  name: name('name'),
  team: { column: 'team', allowed: 'up to 40 letters', read: words => shortened(words), write: String },
  language: {
    column: 'language',
    allowed: `one of ${LANGUAGES.join(', ')}`,
    read: words => LANGUAGES.find(language => language === words),
    write: String,
  },
  skills: {
    column: 'skills',
    allowed: 'skills with levels from 1 to 10, such as sales:8,english:3, or none',
    read: levelsIn,
    write: value => levelsOf(value as Record<string, number>),
  },
  remote: yesOrNo('remote'),
}

const shortened = (words: string): string | undefined => (words.length <= 40 ? words : undefined)

export function addAgents(program: Command, config: () => Config): void {
  const agent = program.command('agent').description('agents, and the accounts of their phones')
  const settings = 'such as name=陈静 skills=sales:3,english:1 remote=yes; `agent list` shows them all'
  say(agent.command('list').description('the agents there are, and how each is set'), () => agentList(config()))
  agent
    .command('add')
    .description('a new one, with a password for their phone, which is shown this once')
    .argument('<id>', 'by which callers hear of them: 2 to 8 digits')
    .argument('<setting...>', `name, and others, ${settings}`)
    .action(async (id, words) => console.log(await agentAdd(config(), id, words)))
  agent
    .command('set')
    .description('holds at once')
    .argument('<id>')
    .argument('<setting...>', settings)
    .action(async (id, words) => console.log(await agentSet(config(), id, words)))
  say(
    agent.command('password').description('a new one for their phone, which is shown this once').argument('<id>'),
    id => agentPassword(config(), id),
  )
  say(
    agent
      .command('pin')
      .description('a new one, by which they sign in at any phone of the centre; it is shown this once')
      .argument('<id>'),
    id => agentPin(config(), id),
  )
  say(agent.command('remove').description('nobody is them any more; what they did stays').argument('<id>'), id =>
    agentRemove(config(), id),
  )
}

export const agentRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const person = await removeAgent(knex, id, Date.now())
    await note(knex, 'agent remove', id)
    return [
      `${id} is no agent any more: their phone is refused from now on, and they are signed out. Their calls and times stay.`,
      ...(person === undefined ? [] : [`${person} may still sign in, and is no agent.`]),
    ].join('\n')
  })

export const agentList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const agents = await loadAgentsSet(knex)
    const lines = agents.map(agent =>
      [
        `${agent.id}:${agent.phone === null ? '' : ` at phone ${agent.phone}`}`,
        ...Object.entries(SETTINGS).map(([key, of]) => `  ${key}=${of.write(agent[key as keyof AgentChanges])}`),
      ].join('\n'),
    )
    return lines.join('\n') || 'There are no agents.'
  })

export const agentAdd = (config: Config, id: string, words: string[]): Promise<string> =>
  withDatabase(config, async knex => {
    if (!/^[0-9]{2,8}$/.test(id)) throw new BadInput('id', `the id must be 2 to 8 digits, not ${id}`)
    if ((await loadPhones(knex)).some(phone => phone.id === id))
      throw new BadInput('id', `the id must be no phone's: ${id} is one of the centre's.`)
    const set: AgentChanges = rowIn(words, SETTINGS)
    if (set.name === undefined) throw new BadInput('name', 'a new agent needs name=…')
    const password = await addAgent(knex, id, set)
    if (password === undefined) throw new BadInput('id', `There is an agent ${id} already: use agent set.`)
    await note(knex, 'agent add', id, set)
    return passwordLine(id, password)
  })

export const agentSet = (config: Config, id: string, words: string[]): Promise<string> =>
  withDatabase(config, async knex => {
    const set = rowIn(words, SETTINGS)
    if (!(await changeAgent(knex, id, set))) throw nobody(id)
    await note(knex, 'agent set', id, set)
    return `${id} is set so, at once.`
  })

export const agentPassword = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const password = await renewPassword(knex, id)
    if (password === undefined) throw nobody(id)
    await note(knex, 'agent password', id)
    return passwordLine(id, password)
  })

export const agentPin = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const pin = await renewPin(knex, { table: 'agents', id })
    if (pin === undefined) throw nobody(id)
    await note(knex, 'agent pin', id)
    return `The PIN of ${id} is ${pin} from now on. It is shown this once.`
  })

export const accountLine = (whose: string, user: string, password: string): string =>
  `${whose} registers as user ${user} with the password ${password} from now on. It is shown this once.`

const passwordLine = (id: string, password: string): string => accountLine(`The phone of ${id}`, id, password)

const nobody = (id: string): NotFound => new NotFound(`There is no agent ${id}.`)
