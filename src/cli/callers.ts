import { DateTime } from 'luxon'
import type { Config } from '../config.ts'
import { forgetCaller, loadCallers, type Noted, setCaller } from '../database/callers.ts'
import { BadInput, NotFound } from '../errors.ts'
import { bareNumber } from '../numbers.ts'
import { readMoment } from '../report/interval.ts'
import { withDatabase } from './ask.ts'

/** Numbers that are blocked, or come first. */

type Asked = { until?: string; note?: string; headStart?: number }

const HEAD_START_S = 300
/** Nobody has waited longer than a day. */
const HEAD_START_AT_MOST_S = 86_400
const LONGEST_NOTE = 500

export const callerList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const callers = await loadCallers(knex)
    return callers.length > 0 ? callers.map(one => lineOf(one, config.zone)).join('\n') : 'No number is listed.'
  })

function lineOf({ number, standing, until, note }: Noted, zone: string): string {
  const what = standing.as === 'vip' ? `vip, ${standing.headStartMs / 1_000} s ahead` : 'blocked'
  const end = until === null ? '' : ` until ${DateTime.fromMillis(until, { zone }).toFormat('yyyy-MM-dd HH:mm')}`
  return `${number}: ${what}${end}${note && ` (${note})`}`
}

export const callerBlock = (config: Config, number: string, asked: Asked): Promise<string> =>
  set(config, number, { as: 'blocked' }, asked, 'is not answered any more')

export const callerVip = async (config: Config, number: string, asked: Asked): Promise<string> => {
  const headStart = asked.headStart ?? HEAD_START_S
  if (headStart > HEAD_START_AT_MOST_S)
    throw new BadInput('head-start', `--head-start must be at most ${HEAD_START_AT_MOST_S} seconds`)
  const headStartMs = headStart * 1_000
  return set(config, number, { as: 'vip', headStartMs }, asked, 'comes first from the next call on')
}

async function set(
  config: Config,
  number: string,
  standing: Noted['standing'],
  { until, note = '' }: Asked,
  effect: string,
): Promise<string> {
  const bare = bareIn(number)
  const end = until === undefined ? null : readMoment('until', until, config.zone)
  if (end !== null && end <= Date.now()) throw new BadInput('until', '--until must lie ahead')
  if (note.length > LONGEST_NOTE) throw new BadInput('note', `--note must be at most ${LONGEST_NOTE} characters`)
  return withDatabase(config, async knex => {
    await setCaller(knex, { number: bare, standing, until: end, note })
    return `${bare} ${effect}.`
  })
}

export const callerForget = (config: Config, number: string): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await forgetCaller(knex, bareIn(number)))) throw new NotFound(`${number} is not listed.`)
    return `${number} is a caller like any other again.`
  })

function bareIn(number: string): string {
  const bare = bareNumber(number)
  if (bare.length === 0 || bare.length > 40)
    throw new BadInput('number', `the number must be 1 to 40 digits, perhaps with + in front, not ${number}`)
  return bare
}
