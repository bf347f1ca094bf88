import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Flow, HOTLINE } from '../../src/ivr/flow.ts'
import { hotline as typed } from './typed.ts'
import { WARN, World } from './world.ts'

/** A manager changes what callers meet, while they call. */

const folder = mkdtempSync(join(tmpdir(), 'hotline-flows-'))
let world: World

beforeAll(async () => {
  world = await World.open({ environment: { HOTLINE_LOG: 'info' } })
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** What `hotline …` prints; rejects where it refuses. */
const flow = (words: string): Promise<string> => hotline(`flow ${words}`)
const hotline = (words: string): Promise<string> => typed(world, folder, words)

/** As a file that a person has changed. */
function written(flow: Flow): string {
  const file = join(folder, 'hotline.json')
  writeFileSync(file, JSON.stringify(flow))
  return file
}

const { nodes } = HOTLINE
const menu = nodes.menu!
/** The same, but for key 1, which leads to support. */
const changed: Flow = {
  ...HOTLINE,
  nodes: {
    ...nodes,
    menu: { ...menu, keys: { 1: 'support', 2: 'sales', 0: 'operator', 9: 'switch-language' } } as never,
  },
}

async function queueOf(from: string): Promise<string | null | undefined> {
  await world.until(`${from} has chosen`, () => world.callOf(from)?.queue != null)
  return world.callOf(from)?.queue
}

test('who is in the menu chooses by what they heard; the next caller meets the new one; and it can be taken back', async () => {
  const published = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  const there = await world.callIn('13800007001')
  await there.heard.speech({ withinMs: 10_000 })

  expect(await flow(`publish ${written(changed)}`)).toMatch(/^hotline is published: release 3\./)
  await world.until('the service has learned it', () => published() === 1)
  await there.press('1')
  expect(await queueOf('13800007001')).toBe('sales')
  const next = await world.callIn('13800007002')
  await next.press('1')
  expect(await queueOf('13800007002')).toBe('support')

  expect(await flow('rollback hotline')).toMatch(/^hotline is again as in release 1: release 4\./)
  await world.until('the service has learned it', () => published() === 2)
  const last = await world.callIn('13800007003')
  await last.press('1')
  expect(await queueOf('13800007003')).toBe('sales')
  await world.hangUpAll()
  await world.quiet()
  expect(await world.knex('calls').whereNull('outcome')).toEqual([])
})

test('what cannot work is refused with its path, and no caller meets it', async () => {
  const broken: Flow = { ...HOTLINE, nodes: { ...nodes, sales: { type: 'queue', queue: 'sails' } } }
  await expect(flow(`publish ${written(broken)}`)).rejects.toThrow(
    'hotline cannot work:\n  nodes.sales.queue: there is no queue "sails"',
  )
  await flow(`draft ${written({ ...HOTLINE, id: 'winter' })}`)
  expect(await flow('list')).toBe('hotline: release 4\nsurvey: release 2\nwinter: a draft\n')
})

test('it is walked without a telephone, and drawn', async () => {
  expect(await flow(`try hotline --keys 9,1`)).toContain('→ waits for sales')
  expect(await flow('draw survey')).toMatch(/^flowchart TD/)
})

test('out of hours a caller is told so, from the moment that it is set', async () => {
  const withHours: Flow = {
    ...HOTLINE,
    start: 'hours',
    nodes: {
      ...nodes,
      hours: { type: 'schedule', calendar: 'office', open: 'greeting', closed: 'sorry' },
      sorry: { type: 'play', prompts: ['all-agents-away'], next: 'end' },
      end: { type: 'hangup', outcome: 'closed' },
    },
  }
  await expect(flow(`publish ${written(withHours)}`)).rejects.toThrow(
    'nodes.hours.calendar: there is no calendar "office"',
  )

  const learned = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  const calendar = join(folder, 'office.json')
  writeFileSync(calendar, JSON.stringify({ id: 'office', weekly: {}, days: {} }))
  expect(await hotline(`calendar set ${calendar}`)).toMatch(/^The calendar office is set/)
  await flow(`publish ${written(withHours)}`)
  await world.until('the service has learned it', () => learned() === 1)
  const late = await world.callIn('13800007004')
  await late.heard.speech({ withinMs: 10_000 })
  await world.quiet()
  expect(await outcomeOf('13800007004')).toBe('closed')
  await expect(hotline('calendar remove office')).rejects.toThrow('office is asked for by hotline')
})

test('a number that is blocked is not even answered; forgotten, it is', async () => {
  const learned = world.countLogged({ level: WARN - 10, msg: 'flows were published' })
  await hotline('caller block 13800007005 --note rings-at-night')
  await flow('rollback hotline')
  // The list is read before the flows.
  await world.until('the service has learned it', () => learned() === 1)
  await expect(world.callIn('13800007005')).rejects.toThrow(': 403 ')
  await world.quiet()
  expect(await outcomeOf('13800007005')).toBe('blocked')

  await hotline('caller forget 13800007005')
  await flow('rollback hotline --to 1')
  await world.until('the service has learned it', () => learned() === 2)
  const caller = await world.callIn('13800007005')
  await caller.heard.speech({ withinMs: 10_000 })
  await world.hangUpAll()
  await world.quiet()
})

const outcomeOf = async (caller: string): Promise<string | undefined> =>
  (await world.knex('calls').where({ caller }).orderBy('arrived_at', 'desc').first('outcome'))?.outcome
