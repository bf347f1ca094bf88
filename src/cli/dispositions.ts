import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { type Disposition, loadDispositions, removeDisposition, setDisposition } from '../database/dispositions.ts'
import { queueRow } from '../database/lines.ts'
import { BadInput, NotFound } from '../errors.ts'
import { withDatabase } from './ask.ts'
import { keyFrom, keySet, say, type TypedKey } from './typed.ts'

/** What may come of a talk. */

export function addDispositions(program: Command, config: () => Config): void {
  const disposition = program
    .command('disposition')
    .description('what may come of a talk, as agents say when it is over')
  say(disposition.command('list').description('the codes there are'), () => dispositionList(config()))
  disposition
    .command('add')
    .description('a new code, or one with other names')
    .argument('<code>')
    .requiredOption('--zh <name>', 'its name in Chinese')
    .requiredOption('--en <name>', 'and in English')
    .option('--queue <queue>', 'for talks of one queue; without it of any')
    .option('--key <key>', 'by which phones say so, after *0: 1 to 9, or none; without it the one that it has', key =>
      keyFrom(1, key),
    )
    .action(async (code, asked) => console.log(await dispositionAdd(config(), code, asked)))
  disposition
    .command('remove')
    .description('no agent may give it any more; what was said of talks stays')
    .argument('<code>')
    .option('--queue <queue>', 'that of one queue')
    .action(async (code, asked) => console.log(await dispositionRemove(config(), code, asked)))
}

const whose = (queue: string): string => (queue === '' ? 'any queue' : `the queue ${queue}`)

export const dispositionList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const lines = (await loadDispositions(knex)).map(
      ({ code, zh, en, queue, key }) => `${code}: ${zh}, ${en} (${whose(queue)})${key === null ? '' : `, *0${key}`}`,
    )
    return lines.length > 0 ? lines.join('\n') : 'There are no dispositions.'
  })

type Named = { zh: string; en: string; queue?: string; key?: TypedKey }

export async function dispositionAdd(
  config: Config,
  code: string,
  { zh, en, queue = '', key }: Named,
): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(code))
    throw new BadInput('code', `the code must be 1 to 40 small letters, digits or hyphens, not ${code}`)
  return withDatabase(config, async knex => {
    if (queue !== '' && !(await queueRow(knex, queue))) throw new NotFound(`There is no queue ${queue}.`)
    const isOther = (one: Disposition) =>
      key !== undefined && one.key === key && one.queue === queue && one.code !== code
    const other = (await loadDispositions(knex)).find(isOther)
    if (other) throw new BadInput('key', `*0${key} is ${other.code} already, of ${whose(queue)}.`)
    await setDisposition(knex, { queue, code, zh, en, ...keySet(key) })
    return `Agents may say ${code} of talks of ${whose(queue)} from now on.`
  })
}

export const dispositionRemove = (config: Config, code: string, { queue = '' }: { queue?: string }): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await removeDisposition(knex, queue, code)))
      throw new NotFound(`There is no disposition ${code} of ${whose(queue)}.`)
    return `No agent may say ${code} of talks of ${whose(queue)} any more.`
  })
