import type { Command } from 'commander'
import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import { loadDialling } from '../database/dialling.ts'
import { loadDuty, onDutyAt, removeDuty, setDuty } from '../database/duty.ts'
import { renewPin } from '../database/pins.ts'
import { BadInput, NotFound } from '../errors.ts'
import { dutySchema, type OnDuty, readDuty } from '../flows/duty.ts'
import { bareNumber } from '../numbers.ts'
import { Dialling } from '../switchboard/dialling.ts'
import { withDatabase } from './ask.ts'
import { documentIn } from './documents.ts'

/** Who is on duty, and phoned about messages that nobody has heard. */

export function addDuty(program: Command, config: () => Config): void {
  const duty = program.command('duty').description('who is phoned about messages that nobody has heard')
  const add = (name: string, description: string, act: (word: string) => Promise<string>, argument?: string): void => {
    const command = duty.command(name).description(description)
    if (argument !== undefined) command.argument(argument)
    command.action(async word => console.log(await act(word)))
  }
  add('list', 'who they are, in the order in which they are asked', () => dutyList(config()))
  add('show', 'one of them as JSON, to be changed', id => dutyShow(config(), id), '<id>')
  add(
    'set',
    'a new one, or one changed: their number, language, turn and hours',
    file => dutySet(config(), file),
    '<file>',
  )
  add('pin', 'gives them a new PIN, which is shown this once', id => dutyPin(config(), id), '<id>')
  add('remove', 'they are phoned no longer', id => dutyRemove(config(), id), '<id>')
  add('schema', 'the JSON Schema, for an editor', async () => JSON.stringify(dutySchema(), null, 2))
}

export const dutyList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const now = Date.now()
    const reachable = new Set((await onDutyAt(knex, now, config.zone)).map(({ id }) => id))
    const lines = (await loadDuty(knex)).map(({ id, name, turn, pin, locked_until: until }) => {
      const isLocked = (until?.getTime() ?? 0) > now
      const state = pin === null ? 'no PIN yet' : isLocked ? 'locked' : reachable.has(id) ? 'on duty' : 'off duty'
      return `${turn}. ${id} ${name}: ${state}`
    })
    return lines.length > 0 ? lines.join('\n') : 'Nobody is on the list.'
  })

export const dutyShow = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const person = (await loadDuty(knex)).find(one => one.id === id)
    if (!person) throw nobody(id)
    const { name, number, language, turn, weekly, days } = person
    return JSON.stringify({ id, name, number, language, turn, weekly, days }, null, 2)
  })

export const dutySet = (config: Config, file: string): Promise<string> =>
  withDatabase(config, async knex => {
    const person = await documentIn(file, readDuty)
    await refuse(knex, person, config.zone)
    await setDuty(knex, person)
    const { pin } = (await loadDuty(knex)).find(one => one.id === person.id)!
    return `${person.name} is on the list.${pin === null ? ` hotline duty pin ${person.id} gives them a PIN.` : ''}`
  })

/** A number that is never dialled, or another's: by it they say who they are. */
async function refuse(knex: Knex, { id, number }: OnDuty, zone: string): Promise<void> {
  const refusal = new Dialling(zone, await loadDialling(knex)).refusedForGood(number)
  if (refusal) throw new BadInput('number', `the number must be one that is dialled: ${refusal.sentence}`)
  const other = (await loadDuty(knex)).find(one => one.id !== id && bareNumber(one.number) === bareNumber(number))
  if (other) throw new BadInput('number', `the number must be their own: it is that of ${other.id}`)
}

export const dutyPin = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const pin = await renewPin(knex, { table: 'duty', id })
    if (pin === undefined) throw nobody(id)
    return `The PIN of ${id} is ${pin} from now on. It is shown this once.`
  })

export const dutyRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await removeDuty(knex, id))) throw nobody(id)
    return `${id} is off the list.`
  })

const nobody = (id: string): NotFound => new NotFound(`There is nobody ${id} on the list.`)
