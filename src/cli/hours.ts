import { parse } from 'csv-parse/sync'
import type { Knex } from 'knex'
import { DateTime } from 'luxon'
import type { Config } from '../config.ts'
import { clearRoster, loadHours, loadRoster, removeCalendar, setCalendar, setRoster } from '../database/hours.ts'
import { loadAgents, loadCentre } from '../database/load.ts'
import { BadInput, NotFound } from '../errors.ts'
import { calendarSchema, type NamedCalendar, readCalendar } from '../flows/calendars.ts'
import { readInterval, readMoment } from '../report/interval.ts'
import { calendarsOf } from '../switchboard/centre.ts'
import type { Shift } from '../switchboard/hours.ts'
import { withDatabase } from './ask.ts'
import { documentIn, textIn } from './documents.ts'

/** When the centre is open, and who is to be there. */

export const calendarList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const { calendars } = await loadHours(knex)
    return calendars.length > 0 ? calendars.map(({ id }) => id).join('\n') : 'There are no calendars.'
  })

export const calendarShow = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => JSON.stringify(await calendarNamed(knex, id), null, 2))

async function calendarNamed(knex: Knex, id: string): Promise<NamedCalendar> {
  const { calendars } = await loadHours(knex)
  const calendar = calendars.find(one => one.id === id)
  if (!calendar) throw new NotFound(`There is no calendar ${id}.`)
  return calendar
}

export const calendarSet = (config: Config, file: string): Promise<string> =>
  withDatabase(config, async knex => {
    const calendar = await documentIn(file, readCalendar)
    await setCalendar(knex, calendar)
    return `The calendar ${calendar.id} is set. Callers meet it from now on.`
  })

export const calendarRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const { library } = await loadCentre(knex, config.zone)
    const flows = library.current.filter(flow => calendarsOf(flow).includes(id)).map(flow => flow.id)
    if (flows.length > 0) throw new BadInput('calendar', `${id} is asked for by ${flows.join(', ')}.`)
    if (!(await removeCalendar(knex, id))) throw new NotFound(`There is no calendar ${id}.`)
    return `The calendar ${id} is removed.`
  })

export const calendarSchemaText = (): string => JSON.stringify(calendarSchema(), null, 2)

/** `agent,from,to`, as it is loaded. */
export const rosterShow = (config: Config, asked: { from?: string; to?: string }): Promise<string> =>
  withDatabase(config, async knex => {
    const shifts = await loadRoster(knex, readInterval(asked, config.zone, Date.now()))
    const time = (at: number): string => DateTime.fromMillis(at, { zone: config.zone }).toFormat('yyyy-MM-dd HH:mm')
    return ['agent,from,to', ...shifts.map(({ agent, from, to }) => `${agent},${time(from)},${time(to)}`)].join('\n')
  })

export const rosterSet = (config: Config, file: string): Promise<string> =>
  withDatabase(config, async knex => {
    const agents = new Set((await loadAgents(knex)).map(({ id }) => id))
    const shifts = shiftsIn(await textIn(file), agents, config.zone)
    if (shifts.length === 0) throw new BadInput('file', `${file} must have at least one shift: agent,from,to`)
    const days = daysOf(shifts, config.zone)
    await setRoster(knex, shifts, days)
    const day = (at: number): string => DateTime.fromMillis(at, { zone: config.zone }).toFormat('yyyy-MM-dd')
    const planned = shifts.length === 1 ? '1 shift is' : `${shifts.length} shifts are`
    return `${planned} planned, in place of all from ${day(days.from)} to ${day(days.to - 1)}.`
  })

export const rosterClear = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    await clearRoster(knex)
    return 'No shifts are planned any more: everybody always is on shift.'
  })

/** The whole days on which these shifts begin. */
function daysOf(shifts: readonly Shift[], zone: string): { from: number; to: number } {
  const midnight = (at: number): DateTime => DateTime.fromMillis(at, { zone }).startOf('day')
  const starts = shifts.map(({ from }) => from).sort((a, b) => a - b)
  return { from: midnight(starts[0]!).toMillis(), to: midnight(starts.at(-1)!).plus({ days: 1 }).toMillis() }
}

const COLUMNS = ['agent', 'from', 'to']
/** The longest day: that on which the clocks are turned back. */
const LONGEST_SHIFT_MS = 25 * 3_600_000

/** Throws BadInput, naming the line. */
export function shiftsIn(text: string, agents: ReadonlySet<string>, zone: string): Shift[] {
  const seen = new Set<string>()
  return rowsOf(text).map(({ record, info }) => {
    const { agent, from, to } = record as Record<'agent' | 'from' | 'to', string>
    const refuse = (sentence: string): never => {
      throw new BadInput('file', `line ${info.lines}: ${sentence}`)
    }
    if (!agents.has(agent)) refuse(`there is no agent ${agent}`)
    const moment = (field: 'from' | 'to', words: string): number => {
      try {
        return readMoment(field, words, zone)
      } catch (thrown) {
        return refuse((thrown as Error).message)
      }
    }
    const shift = { agent, from: moment('from', from), to: moment('to', to) }
    if (shift.from >= shift.to) refuse('from must be before to')
    if (shift.to - shift.from > LONGEST_SHIFT_MS) refuse('to must be at most 25 hours after from')
    if (seen.has(`${agent} ${shift.from}`)) refuse(`agent ${agent} begins twice at ${from}`)
    seen.add(`${agent} ${shift.from}`)
    return shift
  })
}

type Row = { record: Record<string, string>; info: { lines: number } }

/** With the line on which each ends. */
function rowsOf(text: string): Row[] {
  try {
    return parse(text, { columns: namedOnce, trim: true, skip_empty_lines: true, bom: true, info: true }) as never
  } catch (thrown) {
    if (thrown instanceof BadInput) throw thrown
    throw new BadInput('file', `this is no CSV: ${(thrown as Error).message}`)
  }
}

/** The first line: of two columns of one name, only the last would be read. */
function namedOnce(columns: string[]): string[] {
  const wrong = COLUMNS.filter(column => columns.filter(name => name === column).length !== 1)
  if (wrong.length > 0)
    throw new BadInput('file', `the first line must name agent,from,to, each once; ${wrong.join(', ')} is not`)
  return columns
}
