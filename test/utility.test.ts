import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerTo } from '../src/demo/customers.ts'
import { readCalendar } from '../src/flows/calendars.ts'
import { readFlow } from '../src/flows/document.ts'
import { evaluate, expressionFault } from '../src/flows/expressions.ts'
import { promptTexts, recordedPrompts } from '../src/flows/prompts.ts'
import { rehearsalText } from '../src/flows/rehearsal-text.ts'
import { faultsOf } from '../src/ivr/check.ts'
import { drawing } from '../src/ivr/drawing.ts'
import { type Flow, SURVEY } from '../src/ivr/flow.ts'
import { type Line, rehearse } from '../src/ivr/rehearsal.ts'
import type { Asked } from '../src/ivr/step.ts'
import { home, textOf } from './readme.ts'

/** The sample of a utility's hotline: its documents are fit to be published, and lead callers where they should. */

const FOLDER = 'samples/utility'
const documents = readdirSync(join(home, FOLDER)).filter(name => name.startsWith('utility') && name.endsWith('.json'))
const flows = new Map(documents.map(name => [name.slice(0, -5), readFlow(textOf(`${FOLDER}/${name}`)).document!]))
const sounds = join(home, 'sounds')

/** Words that the demo's customer system answers. */
const answers = ({ path, send }: Asked) => {
  const asked = new URLSearchParams(Object.entries(send).map(([name, value]): [string, string] => [name, `${value}`]))
  return { answer: answerTo(path, asked) }
}

type Walk = { flow?: string; caller?: string; isOpen?: boolean; fails?: boolean }

function walk(keys: string, { flow = 'utility', caller = '13800138009', isOpen = true, fails = false }: Walk = {}) {
  const around = {
    flow: (id: string) => flows.get(id)!,
    variables: { caller, called: '', language: 'zh' },
    evaluate,
    mayCallBack: () => true,
    isOpen: () => isOpen,
    toDial: (number: string) => ({ number }),
  }
  return rehearse(around, flow, [...keys], 'zh', asked => (fails ? { failure: 'no answer in time' } : answers(asked)))
}

const heard = (lines: Line[]): string[] => lines.flatMap(line => (line.kind === 'hears' ? line.prompts : []))
const end = (lines: Line[]) => lines.at(-1)

describe('the sample of a utility', () => {
  test('has forty nodes and more, each of which can be published and drawn', async () => {
    const prompts = await recordedPrompts(sounds)
    const known = {
      ...{ prompts, queues: new Set(['sales', 'support', 'operator']), calendars: new Set(['utility']) },
      ...{ systems: new Set(['utility']), expressionFault, neverDialled: () => undefined },
    }
    for (const flow of flows.values()) {
      const others = new Map([...flows, ['survey', SURVEY] as const].filter(([id]) => id !== flow.id))
      expect(faultsOf(flow, { ...known, flows: others }), flow.id).toEqual([])
      for (const id of Object.keys(flow.nodes)) expect(drawing(flow)).toContain(`  n-${id}`)
    }
    const nodes = [...flows.values()].flatMap((flow: Flow) => Object.keys(flow.nodes))
    expect(nodes.length).toBeGreaterThanOrEqual(40)
    expect(readCalendar(textOf(`${FOLDER}/hours.json`)).faults).toBeUndefined()
  })

  test('tells a balance and the last bill with its day, in English, and ends as meant', async () => {
    const lines = walk('2110000009120')
    expect(lines).toContainEqual({ kind: 'set', name: 'balance', value: 143.5 })
    expect(rehearsalText(lines, await promptTexts(sounds))).toMatch(/Your balance is one hundred forty three yuan/)
    expect(heard(lines)).toEqual(expect.arrayContaining(['utility/last-bill', 'utility/due', 'goodbye']))
    expect(end(lines)).toEqual({ kind: 'hangup', outcome: 'self-served' })
  })

  test('tells of an overdue bill before the balance, and asks anew for a number that nobody has', () => {
    const told = heard(walk('1120000001100000011'))
    expect(told.filter(prompt => prompt.startsWith('utility/'))).toEqual([
      ...['utility/language', 'utility/menu', 'utility/account', 'utility/account-again', 'utility/account'],
      ...['utility/bill-menu', 'utility/overdue', 'utility/balance', 'utility/bill-menu', 'utility/bill-menu'],
      ...['utility/menu', 'utility/menu'],
    ])
  })

  test.each([
    ['8', 'accepted'],
    ['5', 'working'],
    ['6', 'done'],
    ['7', 'none'],
  ])('tells how far the order of an account is that ends with %s: %s', (last, state) => {
    expect(heard(walk(`131000000${last}`))).toContain(`utility/order-${state}`)
  })

  test('tells of an outage before the menu, and who has no power then hears of it instead of waiting', () => {
    const lines = walk('121', { caller: '13800138000' })
    const told = heard(lines)
    expect(told.indexOf('utility/outage')).toBeLessThan(told.indexOf('utility/menu'))
    expect(told.filter(prompt => prompt === 'utility/outage')).toHaveLength(2)
    expect(end(lines)).toEqual({ kind: 'hangup', outcome: 'self-served' })
    expect(end(walk('121'))).toEqual({ kind: 'queue', queue: 'support' })
    expect(end(walk('122', { caller: '13800138000' }))).toEqual({ kind: 'queue', queue: 'support' })
  })

  test('leads to a person whose customer system does not answer, and who presses nothing', () => {
    expect(end(walk('1110000009', { fails: true }))).toEqual({ kind: 'queue', queue: 'operator' })
    expect(end(walk(''))).toEqual({ kind: 'queue', queue: 'operator' })
  })

  test('out of hours has bills and messages', () => {
    const lines = walk('131', { isOpen: false })
    expect(lines).toEqual(expect.arrayContaining([{ kind: 'record' }, { kind: 'keep' }]))
    expect(heard(walk('11100000091', { isOpen: false }))).toContain('utility/balance')
    expect(end(walk('1', { isOpen: false }))).toEqual({ kind: 'hangup', outcome: 'closed' })
  })

  test('asks three questions after a talk, the last of them for NPS', () => {
    const given = walk('419', { flow: 'utility-survey' }).filter(line => line.kind === 'answer')
    expect(given.map(({ name, scale, value }) => [name, scale, value])).toEqual([
      ['rating', '1-5', 4],
      ['solved', 'yes-no', 1],
      ['recommend', 'nps', 9],
    ])
  })
})
