import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { cancelCallback } from '../database/callbacks.ts'
import { queueRow } from '../database/lines.ts'
import { NotFound } from '../errors.ts'
import { CALLBACKS_AT_MOST, callbacksReport } from '../report/callbacks.ts'
import { callbackColumns } from '../report/callbackTable.ts'
import { callbackStory } from '../report/commands.ts'
import { csvTable } from '../report/csv.ts'
import { textTable } from '../report/text.ts'
import { withDatabase } from './ask.ts'

/** Whom we have promised to call back. */

export function addCallbacks(program: Command, config: () => Config): void {
  const callback = program.command('callback').description('whom we have promised to call back')
  callback
    .command('list')
    .description('those that are still to be made, the first due first')
    .option('--all', 'those that are over as well', false)
    .option('--queue <queue>', 'those of one queue')
    .option('--csv', 'as CSV', false)
    .action(async asked => console.log(await callbackList(config(), asked)))
  callback
    .command('show')
    .description('its story')
    .argument('<callback>')
    .action(async id => console.log(await callbackShow(config(), id)))
  callback
    .command('cancel')
    .description('it need not be made any more')
    .argument('<callback>')
    .action(async id => console.log(await callbackCancel(config(), id)))
}

const callbackCancel = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    if ((await cancelCallback(knex, id)) !== 'cancelled')
      throw new NotFound(`There is no callback ${id} that is still to be made.`)
    return `${id} need not be made any more.`
  })

type Listed = { all: boolean; queue?: string; csv: boolean }

const callbackList = (config: Config, { all, queue, csv }: Listed): Promise<string> =>
  withDatabase(config, async knex => {
    if (queue !== undefined && !(await queueRow(knex, queue))) throw new NotFound(`There is no queue ${queue}.`)
    const callbacks = await callbacksReport(knex, { queue, ...(!all && { open: true }) }, 'whole', Date.now())
    const columns = callbackColumns(config.zone)
    if (csv) return csvTable(columns, callbacks).trimEnd()
    const table = textTable(columns, callbacks).trimEnd()
    if (callbacks.length === CALLBACKS_AT_MOST)
      return `${table}\n\nThere may be more: these are the ${all ? 'latest' : 'first'} ${CALLBACKS_AT_MOST}.`
    if (callbacks.length > 0) return table
    return all ? 'Nobody was promised a callback.' : 'Nobody is waiting to be called back.'
  })

/** Throws NotFound. */
const callbackShow = async (config: Config, id: string): Promise<string> =>
  (await withDatabase(config, knex => callbackStory(knex, id, config.zone))).trimEnd()
