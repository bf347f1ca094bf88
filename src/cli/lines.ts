import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import {
  addQueue,
  changeQueue,
  loadNumbers,
  type QueueRow,
  queueRow,
  releasesInUse,
  removeNumber,
  removeQueue,
  setNumber,
  waitingIn,
} from '../database/lines.ts'
import { loadCentre } from '../database/load.ts'
import { BadInput, NotFound } from '../errors.ts'
import type { Language } from '../ivr/flow.ts'
import { type Centre, queuesOf } from '../switchboard/centre.ts'
import { withDatabase } from './ask.ts'
import { lackingSkills, refuseUnfit } from './queueFitness.ts'
import { SETTINGS } from './queueSettings.ts'
import { rowIn } from './settings.ts'

/** Waiting lines, and the numbers that lead to flows. */

export const queueList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const rows: QueueRow[] = await knex('queues').orderBy('id')
    return rows.length > 0 ? rows.map(wordsOf).join('\n') : 'There are no queues.'
  })

const wordsOf = (row: QueueRow): string =>
  [`${row.id}:`, ...Object.entries(SETTINGS).map(([name, of]) => `  ${name}=${of.write(row[of.column])}`)].join('\n')

export const queueSet = (config: Config, id: string, words: string[]): Promise<string> =>
  withDatabase(config, async knex => {
    const before = await queueRow(knex, id)
    if (!before) throw new NotFound(`There is no queue ${id}.`)
    const changed = rowIn(words, SETTINGS)
    const row = { ...before, ...changed }
    await refuseUnfit(knex, config, row)
    await changeQueue(knex, id, changed)
    return [`${id} is set so from now on.`, ...(await lackingSkills(knex, row))].join('\n')
  })

export const queueAdd = (config: Config, id: string, words: string[]): Promise<string> =>
  withDatabase(config, async knex => {
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(id))
      throw new BadInput('queue', `the queue must be 1 to 40 small letters, digits or hyphens, not ${id}`)
    if (await queueRow(knex, id)) throw new BadInput('queue', `There is a queue ${id} already: use queue set.`)
    const row = rowIn(words, SETTINGS)
    for (const name of ['name-zh', 'name-en'])
      if (row[SETTINGS[name]!.column] === undefined) throw new BadInput(name, `a new queue needs ${name}=…`)
    await refuseUnfit(knex, config, row)
    await addQueue(knex, id, row)
    const there = `The queue ${id} is there. A flow leads to it by a node of type queue, a number by flow direct-${id}.`
    return [there, ...(await lackingSkills(knex, row))].join('\n')
  })

export const queueRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const centre = await loadCentre(knex, config.zone)
    const leading = leadingTo(id, centre)
    if (leading.length > 0) throw new BadInput('queue', `${leading.join(', ')}: lead them elsewhere first.`)
    const waiting = await waitingIn(knex, id)
    if (waiting > 0)
      throw new BadInput(
        'queue',
        `callers still wait in ${id}, or to be called back (${waiting}): remove it when they are served.`,
      )
    const late = await lateFor(id, knex, centre)
    if (late > 0)
      throw new BadInput(
        'queue',
        `callers who came before the flows led elsewhere may still press their way to ${id} (${late}): remove it when they are through.`,
      )
    if (!(await removeQueue(knex, id))) throw new NotFound(`There is no queue ${id}.`)
    return `The queue ${id} is removed.`
  })

/** Who keeps to flows of before that lead there. */
async function lateFor(id: string, knex: Knex, { library }: Centre): Promise<number> {
  const isLate = (release: number): boolean => library.at(release).some(flow => queuesOf(flow).includes(id))
  return (await releasesInUse(knex)).filter(isLate).length
}

function leadingTo(id: string, { library, numbers, queues }: Centre): string[] {
  const asks = library.current.filter(flow =>
    Object.values(flow.nodes).some(node => node.type === 'schedule' && node.queue === id),
  )
  const flows = library.current.filter(flow => queuesOf(flow).includes(id))
  const straight = `direct-${id}`
  return [
    ...flows.map(flow => `flow ${flow.id} leads to ${id}`),
    ...asks.map(flow => `flow ${flow.id} asks whether ${id} is staffed`),
    ...[...numbers].filter(([, { flow }]) => flow === straight).map(([number]) => `number ${number} leads to ${id}`),
    ...queues
      .filter(({ overflow }) => Object.values(overflow).includes(straight))
      .map(other => `queue ${other.id} leads on to ${id}`),
  ]
}

export const numberList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const numbers = [...(await loadNumbers(knex))].sort(([a], [b]) => (a < b ? -1 : 1))
    const lines = numbers.map(([number, { flow, language }]) => `${number}: ${flow}, ${language}`)
    return [...lines, 'Any other number leads to hotline, zh.'].join('\n')
  })

export async function numberSet(
  config: Config,
  number: string,
  flow: string,
  { language }: { language?: Language },
): Promise<string> {
  if (!/^\+?[0-9*#]{1,40}$/.test(number))
    throw new BadInput('number', `the number must be 1 to 40 digits, perhaps with + in front, not ${number}`)
  return withDatabase(config, async knex => {
    const centre = await loadCentre(knex, config.zone)
    if (!centre.answers(flow))
      throw new BadInput('flow', `the flow must be one that is published, direct-QUEUE or duty, not ${flow}`)
    await setNumber(knex, number, { flow, ...(language && { language }) })
    return `${number} leads to ${flow} from the next call on.`
  })
}

export const numberRemove = (config: Config, number: string): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await removeNumber(knex, number))) throw new NotFound(`${number} is not set.`)
    return `${number} leads to the hotline from the next call on.`
  })
