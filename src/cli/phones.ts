import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { loadAgentsSet } from '../database/agents.ts'
import { addPhone, loadPhones, removePhone } from '../database/phones.ts'
import { isEmergency } from '../dialling/dialling.ts'
import { BadInput, NotFound } from '../errors.ts'
import { accountLine } from './agents.ts'
import { withDatabase } from './ask.ts'
import { note } from './people.ts'
import { yesOrNo } from './queueSettings.ts'
import { rowIn } from './settings.ts'
import { say } from './typed.ts'

/** Phones that are nobody's own: whichever agent signs in there has it until they sign out. */

const SETTINGS = { remote: yesOrNo('remote') }

export function addPhones(program: Command, config: () => Config): void {
  const phone = program.command('phone').description('phones that are nobody’s own, at which any agent signs in')
  say(phone.command('list').description('the phones there are, and who sits there'), () => phoneList(config()))
  phone
    .command('add')
    .description('a new one, with a password, which is shown this once')
    .argument('<id>', 'of its account: 2 to 8 digits that are no agent’s')
    .argument('[setting...]', 'remote=yes: it must come over TLS')
    .action(async (id, words) => console.log(await phoneAdd(config(), id, words)))
  say(phone.command('remove').description('where nobody sits').argument('<id>'), id => phoneRemove(config(), id))
}

export const phoneList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const lines = (await loadPhones(knex)).map(({ id, remote, agent }) => {
      return `${id}: ${agent === null ? 'nobody' : `agent ${agent}`}${remote ? ', remote' : ''}`
    })
    return lines.join('\n') || 'There are no phones but the agents’ own.'
  })

export const phoneAdd = (config: Config, id: string, words: string[] = []): Promise<string> =>
  withDatabase(config, async knex => {
    if (!/^[0-9]{2,8}$/.test(id)) throw new BadInput('id', `the id must be 2 to 8 digits, not ${id}`)
    const { remote = false } = rowIn(words, SETTINGS) as { remote?: boolean }
    if (isEmergency(id)) throw new BadInput('id', `the id must be no emergency's number, as ${id} is`)
    if ((await loadAgentsSet(knex)).some(agent => agent.id === id))
      throw new BadInput('id', `the id must be no agent's: ${id} is one, and has a phone of their own.`)
    const password = await addPhone(knex, id, remote)
    if (password === undefined) throw new BadInput('id', `There is a phone ${id} already.`)
    await note(knex, 'phone add', id, { remote })
    return [
      accountLine(`Phone ${id}`, id, password),
      'Agents sign in there by *1 and their id, with the PIN that hotline agent pin gives them.',
    ].join('\n')
  })

export const phoneRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const isThere = (await loadPhones(knex)).some(one => one.id === id)
    if (!isThere) throw new NotFound(`There is no phone ${id}.`)
    if (!(await removePhone(knex, id)))
      throw new BadInput('id', `An agent sits at phone ${id}, and must sign out first.`)
    await note(knex, 'phone remove', id)
    return `Phone ${id} is no phone of the centre any more.`
  })
