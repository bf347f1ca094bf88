import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Knex } from 'knex'
import { loadDialling, setDialling } from '../database/dialling.ts'
import { loadReleases, publish } from '../database/flows.ts'
import { setCalendar } from '../database/hours.ts'
import { changeQueue, setNumber } from '../database/lines.ts'
import { setSystem } from '../database/systems.ts'
import { HotlineError } from '../errors.ts'
import { readFlow } from '../flows/document.ts'
import type { Flow } from '../ivr/flow.ts'

/** By day, and as it is out of hours: a demo has both at any time. */
export const UTILITY_NUMBER = '4008001009'
export const NIGHT_NUMBER = '4008001010'

/** Each after those that it leads to. */
const FLOWS = ['utility-survey', 'utility-bills', 'utility-night', 'utility']

/** Gives the demo's centre the hotline of a utility (samples/utility), which asks the system at that address. */
export async function setUpUtility(knex: Knex, url: string): Promise<void> {
  await setSystem(knex, { id: 'utility', url, headers: {} })
  const always: [string, string][] = [['00:00', '24:00']]
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
  await setCalendar(knex, { id: 'utility', weekly: Object.fromEntries(days.map(day => [day, always])), days: {} })
  const there = await loadReleases(knex)
  for (const id of FLOWS) {
    const flow = await sample(id)
    const latest = there.findLast(release => release.flow.id === id)
    if (!isDeepStrictEqual(latest?.flow, flow)) await publish(knex, flow)
  }
  await changeQueue(knex, 'operator', { survey: 'utility-survey' })
  await setNumber(knex, UTILITY_NUMBER, { flow: 'utility' })
  await setNumber(knex, NIGHT_NUMBER, { flow: 'utility-night' })
}

/** They are made at any hour, and tried again soon: the demo waits for them. */
export async function setUpCallbacks(knex: Knex): Promise<void> {
  await setDialling(knex, { ...(await loadDialling(knex)), quiet: null })
  const queues: { id: string }[] = await knex('queues').select('id')
  for (const { id } of queues) await changeQueue(knex, id, { callback_pauses: JSON.stringify([3_000]) })
}

async function sample(id: string): Promise<Flow> {
  const file = `samples/utility/${id}.json`
  const { document, faults } = readFlow(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8'))
  if (faults) throw new HotlineError('sample-unfit', `${file}: ${faults[0]!.path} ${faults[0]!.sentence}`)
  return document
}
