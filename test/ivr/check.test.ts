import { describe, expect, test } from 'vitest'
import { expressionFault } from '../../src/flows/expressions.ts'
import { faultsOf, type Known, saidAt } from '../../src/ivr/check.ts'
import { type Flow, HOTLINE, type MenuNode, type Node, type RateNode, SURVEY } from '../../src/ivr/flow.ts'
import { endless } from '../../src/ivr/rounds.ts'

const spoken = new Set(['hello', 'menu', 'sorry', 'beep'])
const OTHER: Flow = { id: 'other', start: 'f', nodes: { f: { type: 'flow', flow: 'f' } } }
const BACK: Flow = {
  id: 'back',
  start: 'hello',
  nodes: { hello: { type: 'play', prompts: ['hello'], next: 'end' }, end: { type: 'return' } },
}
const known: Known = {
  prompts: { zh: spoken, en: spoken },
  queues: new Set(['sales', 'support', 'operator']),
  calendars: new Set(['office']),
  systems: new Set(['billing']),
  flows: new Map([OTHER, BACK].map(flow => [flow.id, flow])),
  expressionFault,
  neverDialled: () => undefined,
}

const menu = (set: Partial<MenuNode> = {}): Node => ({
  ...{ type: 'menu', prompts: ['menu'], keys: { 1: 'sales' }, wrongKey: ['sorry'], noKey: ['sorry'] },
  ...{ tries: 2, patienceMs: 5_000, otherwise: 'sales', ...set },
})
const sales: Node = { type: 'queue', queue: 'sales' }

/** A flow that begins with a menu, and a line for sales. */
const aFlow = (nodes: Record<string, Node>): Flow => ({
  id: 'f',
  start: 'menu',
  nodes: { menu: menu(), sales, ...nodes },
})
const faults = (nodes: Record<string, Node>): string[] =>
  faultsOf(aFlow(nodes), known).map(({ path, sentence }) => `${path}: ${sentence}`)

test('a flow that works has no fault', () => {
  expect(faults({})).toEqual([])
})

test('the flows that a hotline begins with have none', () => {
  const said = [HOTLINE, SURVEY].flatMap(({ nodes }) => Object.entries(nodes)).flatMap(saidAt)
  const all = new Set(said.flatMap(({ prompts }) => prompts))
  for (const flow of [HOTLINE, SURVEY]) expect(faultsOf(flow, { ...known, prompts: { zh: all, en: all } })).toEqual([])
})

describe('what cannot work is named, with its path', () => {
  test('a way to a node that does not exist', () => {
    expect(faults({ menu: menu({ keys: { 1: 'sales', '#': 'gone' }, otherwise: 'lost' }) })).toEqual([
      'nodes.menu.keys.#: there is no node "gone"',
      'nodes.menu.otherwise: there is no node "lost"',
    ])
    expect(faultsOf({ id: 'f', start: 'gone', nodes: {} }, known)).toEqual([
      { path: 'start', sentence: 'there is no node "gone"' },
    ])
  })

  test('a name that every object has is no node', () => {
    expect(faults({ menu: menu({ otherwise: 'constructor' }) })).toEqual([
      'nodes.menu.otherwise: there is no node "constructor"',
    ])
  })

  test('a node that no way leads to', () => {
    expect(faults({ alone: { type: 'hangup' } })).toEqual(['nodes.alone: no way leads here'])
  })

  test('a round that nobody need press a key for', () => {
    expect(
      faults({ menu: menu({ otherwise: 'hello' }), hello: { type: 'play', prompts: ['hello'], next: 'menu' } }),
    ).toEqual([
      'nodes.menu: a caller who presses nothing comes round to here without end',
      'nodes.hello: a caller who presses nothing comes round to here without end',
    ])
  })

  test('but not a round that takes a key', () => {
    expect(
      faults({
        menu: menu({ keys: { 1: 'sales', 9: 'english' } }),
        english: { type: 'language', language: 'other', next: 'menu' },
      }),
    ).toEqual([])
  })

  test('a prompt that is not recorded in a language', () => {
    const flow = aFlow({ menu: menu({ prompts: ['menu', 'news'] }) })
    const prompts = { zh: new Set([...spoken, 'news']), en: spoken }
    expect(faultsOf(flow, { ...known, prompts })).toEqual([
      { path: 'nodes.menu.prompts[1]', sentence: 'the prompt "news" is not recorded in English' },
    ])
  })

  test('a queue that does not exist', () => {
    expect(faults({ sales: { type: 'queue', queue: 'sails' } })).toEqual([
      'nodes.sales.queue: there is no queue "sails"',
    ])
  })

  test('a message for a queue that does not exist, or one that can only be too short', () => {
    const leave: Node = {
      ...{ type: 'voicemail', queue: 'sails', prompts: ['hello'], again: ['sorry'], review: ['news'], tries: 2 },
      ...{ leastMs: 9_000, mostMs: 9_000, silenceMs: 5_000, patienceMs: 5_000, next: 'end', otherwise: 'end' },
    }
    expect(faults({ sales: leave, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.review[0]: the prompt "news" is not recorded in Chinese',
      'nodes.sales.review[0]: the prompt "news" is not recorded in English',
      'nodes.sales.queue: there is no queue "sails"',
      'nodes.sales.mostMs: must be above leastMs',
    ])
    expect(faults({ sales: { ...leave, next: 'menu' }, end: { type: 'hangup' } })[0]).toBe(
      'nodes.menu: a caller who presses nothing comes round to here without end',
    )
  })

  test('a comment that is not asked for, has a name of the call’s own, or can only be too short', () => {
    const why: Node = {
      ...{ type: 'comment', name: 'caller', prompts: ['news'], again: ['sorry'], tries: 2 },
      ...{ leastMs: 9_000, mostMs: 9_000, silenceMs: 5_000, next: 'end', otherwise: 'end' },
    }
    expect(faults({ sales: why, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.prompts[0]: the prompt "news" is not recorded in Chinese',
      'nodes.sales.prompts[0]: the prompt "news" is not recorded in English',
      'nodes.sales.name: "caller" is the call\'s own word',
      'nodes.sales.mostMs: must be above leastMs',
    ])
    expect(faults({ sales: { ...why, next: 'menu' }, end: { type: 'hangup' } })[0]).toBe(
      'nodes.menu: a caller who presses nothing comes round to here without end',
    )
  })

  test('hours that nobody set, for a queue that does not exist', () => {
    const hours: Node = { type: 'schedule', calendar: 'holidays', queue: 'sails', open: 'end', closed: 'end' }
    expect(faults({ sales: hours, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.calendar: there is no calendar "holidays"',
      'nodes.sales.queue: there is no queue "sails"',
    ])
  })

  test('a customer system that nobody set', () => {
    const lookup: Node = {
      ...{ type: 'lookup', system: 'shipping', method: 'GET', path: '/', send: {}, take: {}, prompts: [] },
      ...{ timeoutMs: 1_000, next: 'end', otherwise: 'end' },
    }
    expect(faults({ sales: lookup, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.system: there is no system "shipping"',
    ])
  })

  test('a number that is dialled at no time, or is no expression', () => {
    const out: Node = {
      ...{ type: 'transfer-out', number: '"110"', prompts: [], meanwhile: 'ringing', ringMs: 20_000 },
      ...{ busy: 'end', noAnswer: 'end', refused: 'end' },
    }
    const faultsWith = (number: string) =>
      faultsOf(aFlow({ sales: { ...out, number }, end: { type: 'hangup' } }), {
        ...known,
        neverDialled: text => (text === '"110"' ? 'is never dialled' : undefined),
      }).map(({ path, sentence }) => `${path}: ${sentence}`)
    expect(faultsWith('"110"')).toEqual(['nodes.sales.number: is never dialled'])
    expect(faultsWith('caller')).toEqual([])
    expect(faultsWith('010-62345678)')[0]).toMatch(/^nodes\.sales\.number: is no expression/)
  })

  test('another flow that does not exist', () => {
    expect(faults({ sales: { type: 'flow', flow: 'hours' } })).toEqual(['nodes.sales.flow: there is no flow "hours"'])
    expect(faults({ sales: { type: 'flow', flow: 'back' } })).toEqual([])
  })

  test('what is no expression, and a word that is the call’s own', () => {
    const set: Node = { type: 'set', values: { caller: '1', account: '1 +' }, next: 'which' }
    const which: Node = { type: 'branch', cases: [{ when: '(', next: 'end' }], otherwise: 'end' }
    expect(faults({ sales: set, which, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.values.caller: "caller" is the call\'s own word',
      'nodes.sales.values.account: is no expression: Unexpected token: EOF',
      'nodes.which.cases[0].when: is no expression: Unexpected token: EOF',
    ])
  })

  test('a rating that would be kept under the call’s own word', () => {
    const rate: Node = { ...(SURVEY.nodes.rating as RateNode), name: 'caller', next: 'end', otherwise: 'end' }
    expect(faults({ sales: rate, end: { type: 'hangup' } })).toContain(
      'nodes.sales.name: "caller" is the call\'s own word',
    )
  })

  test('a number that can never be right', () => {
    const collect: Node = {
      ...{ type: 'collect', name: 'account', prompts: ['hello'], again: ['sorry'], least: 6, most: 4 },
      ...{ pattern: '(1+)+', tries: 2, patienceMs: 5_000, betweenMs: 3_000, next: 'end', otherwise: 'end' },
    }
    expect(faults({ sales: collect, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.most: must not be below least',
      'nodes.sales.pattern: must be keys, [0-9], how often ({n}, {n,m}, ?) and alternatives (|)',
    ])
    expect(faults({ sales: { ...collect, most: 8, pattern: '1[0-9]{8}' }, end: { type: 'hangup' } })).toEqual([
      'nodes.sales.pattern: must fit what is keyed in: 6 to 8 keys never look like that',
    ])
  })
})

describe('a round without the caller’s input', () => {
  const round = (id: string) => `nodes.${id}: a caller who presses nothing comes round to here without end`
  const through = (flow: string, next?: string): Node => ({ type: 'flow', flow, ...(next && { next }) })

  test('through the flow itself, or another that leads back', () => {
    const itself = faultsOf({ id: 'f', start: 'again', nodes: { again: through('f') } }, known)
    expect(itself.map(({ path }) => path)).toEqual(['nodes.again'])
    expect(faults({ menu: menu({ otherwise: 'on' }), on: through('other') })).toEqual([round('menu'), round('on')])
  })

  test('through another that returns', () => {
    expect(faults({ menu: menu({ otherwise: 'on' }), on: through('back', 'menu') })).toEqual([
      round('menu'),
      round('on'),
    ])
  })

  test('is none where the same flow is called twice, one after the other', () => {
    const nodes = {
      menu: menu({ otherwise: 'on' }),
      on: through('back', 'on-again'),
      'on-again': through('back', 'sales'),
    }
    expect(faults(nodes)).toEqual([])
  })

  test('of another flow is named where this one, which it calls, would now return to it', () => {
    const calling: Flow = { id: 'calling', start: 'on', nodes: { on: through('f', 'on') } }
    const hello: Flow = { ...BACK, id: 'f' }
    expect(faultsOf(hello, { ...known, flows: new Map([['calling', calling]]) })).toEqual([
      {
        path: 'start',
        sentence: 'a caller who presses nothing comes round through here, back to flow "calling", without end',
      },
    ])
  })

  test('is found at once, however large the flows', () => {
    const many = Array.from({ length: 500 }, (_, i) => i)
    const branch = (flow: number, i: number): Node =>
      i % 10 === 5
        ? through(`f${(flow + 1) % 10}`, `n${i + 1}`)
        : { type: 'branch', cases: [{ when: 'a', next: `n${Math.min(499, i + 7)}` }], otherwise: `n${i + 1}` }
    const large = (flow: number): Flow => ({
      id: `f${flow}`,
      start: 'n0',
      nodes: Object.fromEntries(many.map(i => [`n${i}`, i === 499 ? { type: 'return' } : branch(flow, i)])),
    })
    const flows = new Map(many.slice(0, 10).map(i => [`f${i}`, large(i)]))
    expect(endless(large(0), flows).length).toBeGreaterThan(400)
    expect(endless(large(0), new Map())).toEqual([])
  }, 2_000)
})
