import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { queueRow } from '../database/lines.ts'
import { loadPopSettings, removePop, setPop } from '../database/popSettings.ts'
import { loadSystems } from '../database/systems.ts'
import { BadInput, NotFound } from '../errors.ts'
import { insistOnTemplate } from '../pop/address.ts'
import { withDatabase } from './ask.ts'
import { say } from './typed.ts'

/** What is opened and asked when a call is offered to an agent. */

export function addPops(program: Command, config: () => Config): void {
  const pop = program
    .command('pop')
    .description('what a desk opens when a call is offered, and what system is asked of the caller')
  say(pop.command('list').description('how it is set'), () => popList(config()))
  pop
    .command('set')
    .description('from the next offer on, in place of what was set')
    .option('--queue <queue>', 'for the calls of one queue; without it for those of all others')
    .option('--url <url>', 'what the desk opens, such as https://crm.example/find?phone={number}')
    .option('--system <system>', 'which customer system is asked (hotline system)')
    .option('--path <path>', 'below its address, such as /customers')
    .action(async asked => console.log(await popSet(config(), asked)))
  pop
    .command('remove')
    .description('nothing is opened or asked any more')
    .option('--queue <queue>', 'for the calls of one queue')
    .action(async asked => console.log(await popRemove(config(), asked)))
}

const nameOf = (queue: string): string => (queue === '' ? 'all other queues' : `the queue ${queue}`)

export const popList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const lines = (await loadPopSettings(knex)).map(({ queue, url, system, path }) => {
      const what = [url && `opens ${url}`, system && `asks ${system} ${path}`].filter(Boolean)
      return `${nameOf(queue)}: ${what.join(', ')}`
    })
    return lines.length > 0 ? lines.join('\n') : 'Nothing is opened or asked.'
  })

type Asked = { queue?: string; url?: string; system?: string; path?: string }

export async function popSet(config: Config, { queue = '', url, system, path = '/' }: Asked): Promise<string> {
  if (url === undefined && system === undefined) throw new BadInput('url', '--url or --system must be given')
  if (url !== undefined) insistOnTemplate('url', url)
  if (!/^\/[^?#\s\\]*$/.test(path)) throw new BadInput('path', 'the path must begin with / and hold no ?, # or space')
  return withDatabase(config, async knex => {
    if (queue !== '' && !(await queueRow(knex, queue))) throw new NotFound(`There is no queue ${queue}.`)
    if (system !== undefined && !(await loadSystems(knex)).some(({ id }) => id === system))
      throw new NotFound(`There is no system ${system}.`)
    const asked = system === undefined ? { system: null, path: null } : { system, path }
    await setPop(knex, { queue, url: url ?? null, ...asked })
    return `Set for ${nameOf(queue)}, from the next offer on.`
  })
}

export const popRemove = (config: Config, { queue = '' }: Pick<Asked, 'queue'>): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await removePop(knex, queue))) throw new NotFound(`Nothing is set for ${nameOf(queue)}.`)
    return `Nothing is opened or asked for ${nameOf(queue)} any more.`
  })
