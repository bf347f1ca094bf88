import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/flows/expressions.ts'
import type { CollectNode, Flow, MenuNode, Node, RateNode, Variables } from '../../src/ivr/flow.ts'
import { SURVEY } from '../../src/ivr/flow.ts'
import { canLookLike, isPattern, looksLike } from '../../src/ivr/keys.ts'
import type { Around, Place, Step } from '../../src/ivr/step.ts'
import { begin, keyMissed, keyPressed, promptEnded } from '../../src/ivr/walk.ts'

/** Flows that ask for numbers, keep words, and decide by them. */

const account: CollectNode = {
  ...{ type: 'collect', name: 'account', prompts: ['ask'], again: ['ask-again'], least: 4, most: 6, terminator: '#' },
  ...{
    pattern: '[1-9][0-9]{3,5}',
    tries: 2,
    patienceMs: 5_000,
    betweenMs: 3_000,
    next: 'sales',
    otherwise: 'operator',
  },
}
const HOURS: Record<string, boolean> = { day: true, night: false }
const ENDS: Record<string, Node> = {
  sales: { type: 'queue', queue: 'sales' },
  operator: { type: 'queue', queue: 'operator' },
}

function around(nodes: Record<string, Node>, variables: Variables = {}, ...others: Flow[]): Around {
  const flows = new Map(
    [{ id: 'f', start: 'first', nodes: { ...ENDS, ...nodes } }, ...others].map(flow => [flow.id, flow]),
  )
  return {
    flow: id => flows.get(id)!,
    variables,
    evaluate,
    mayCallBack: () => true,
    isOpen: calendar => HOURS[calendar],
    toDial: number => ({ number }),
  }
}
const beginsWith = (nodes: Record<string, Node>, variables?: Variables, ...others: Flow[]): Step[] =>
  begin(around(nodes, variables, ...others), 'f', 'zh')
const queueOf = (steps: Step[]) => steps.flatMap(step => (step.kind === 'queue' ? step.queue : []))[0]

describe('a number that is asked for', () => {
  const asked = around({ first: account })
  const place: Place = { flow: 'f', node: 'first', tries: 1, language: 'zh' }
  /** After these keys; '-': none came in time. */
  const stepsAfter = (keys: string, from: Place = place): Step[] => {
    let steps: Step[] = []
    let at = from
    for (const key of keys) {
      steps = key === '-' ? keyMissed(asked, at) : keyPressed(asked, at, key)
      const last = steps.at(-1)!
      if (last.kind === 'listen' || last.kind === 'say') at = last.place
    }
    return steps
  }

  test('is kept key by key, and each next key has a time of its own', () => {
    expect(stepsAfter('12')).toEqual([{ kind: 'listen', place: { ...place, keyed: '12' }, forMs: 3_000 }])
  })

  test.each([
    ['as soon as it has all its keys', '123456', '123456'],
    ['by the key that says so', '1234#', '1234'],
    ['by silence', '1234-', '1234'],
  ])('is complete %s', (_, keys, value) => {
    expect(stepsAfter(keys)).toEqual([
      { kind: 'set', name: 'account', value },
      { kind: 'queue', queue: 'sales' },
    ])
  })

  test.each([
    ['is too short', '123#'],
    ['does not look as it must', '0234#'],
    ['has another key in it', '12*4#'],
    ['is none', '#'],
    ['never comes', '-'],
  ])('that %s is asked for again, from the beginning', (_, keys) => {
    expect(stepsAfter(keys)).toEqual([{ kind: 'say', place: { ...place, tries: 2 }, prompts: ['ask-again'] }])
  })

  test('that is wrong twice leads elsewhere', () => {
    expect(queueOf(stepsAfter('0000#12#'))).toBe('operator')
  })

  test('keeps its zeros', () => {
    const any = around({ first: { ...account, pattern: undefined as never } })
    expect(keyPressed(any, { ...place, keyed: '000' }, '7')).toMatchObject([{ kind: 'listen' }])
    expect(keyPressed(any, { ...place, keyed: '0007' }, '#')[0]).toEqual({
      kind: 'set',
      name: 'account',
      value: '0007',
    })
  })
})

describe('a pattern', () => {
  test.each(['1[3-9][0-9]{9}', '[0-9]{4,6}', '1?2', '1{3}|2{3}', '*1'])('may be %s', pattern => {
    expect(isPattern(pattern)).toBe(true)
  })

  test.each(['(1+)+', '1+', '.*', '\\d', '1{200}', 'a', '', '[0-9]{5,3}', '[9-0]', '1?1?1?1?1?1?'])(
    'may not be %s',
    pattern => {
      expect(isPattern(pattern)).toBe(false)
    },
  )

  test.each([
    ['1[3-9][0-9]{9}', true],
    ['1[3-9]', false],
    ['[0-9]{12,20}', false],
    ['[0-9]{2}|[0-9]{11}', true],
    ['1?2?3?4?', true],
    ['1?2?3?', false],
    ['*#*#', true],
    ['|', false],
  ])('%s can be what 4 to 11 keys look like: %s', (pattern, can) => {
    expect(canLookLike(pattern, { least: 4, most: 11 })).toBe(can)
  })

  test('must fit the whole number', () => {
    expect(looksLike('13800138000', '1[3-9][0-9]{9}')).toBe(true)
    expect(looksLike('138001380001', '1[3-9][0-9]{9}')).toBe(false)
    expect(looksLike('*1', '*1')).toBe(true)
    expect(looksLike('1', '2|1')).toBe(true)
    expect(looksLike('21', '2|1')).toBe(false)
  })
})

describe('a word', () => {
  test('is set, and known to the expressions after it', () => {
    expect(
      beginsWith({
        first: { type: 'set', values: { tries: '1 + 1', many: 'tries > 1' }, next: 'which' },
        which: { type: 'branch', cases: [{ when: 'many', next: 'sales' }], otherwise: 'operator' },
      }),
    ).toEqual([
      { kind: 'set', name: 'tries', value: 2 },
      { kind: 'set', name: 'many', value: true },
      { kind: 'queue', queue: 'sales' },
    ])
  })

  test('that cannot be told is not set, and that is told', () => {
    expect(beginsWith({ first: { type: 'set', values: { vip: 'level > 3' }, next: 'sales' } })).toEqual([
      { kind: 'fault', node: 'first', sentence: 'vip: Unknown variable: level' },
      { kind: 'queue', queue: 'sales' },
    ])
  })
})

test('a rating is known to the expressions after it', () => {
  const nodes: Record<string, Node> = {
    first: { ...(SURVEY.nodes.rating as RateNode), next: 'which' },
    which: { type: 'branch', cases: [{ when: 'rating < 3', next: 'operator' }], otherwise: 'sales' },
  }
  const place: Place = { flow: 'f', node: 'first', tries: 1, language: 'zh' }
  expect(queueOf(keyPressed(around(nodes), place, '2'))).toBe('operator')
  expect(queueOf(keyPressed(around(nodes), place, '5'))).toBe('sales')
})

describe('a branch', () => {
  const first: Node = {
    type: 'branch',
    cases: [
      { when: 'language == "en"', next: 'operator' },
      { when: 'caller.startsWith("138")', next: 'sales' },
    ],
    otherwise: 'operator',
  }

  test('leads to the first case that is true', () => {
    expect(queueOf(beginsWith({ first }, { language: 'zh', caller: '13800138000' }))).toBe('sales')
    expect(queueOf(beginsWith({ first }, { language: 'en', caller: '13800138000' }))).toBe('operator')
  })

  test('leads on where none is true', () => {
    expect(beginsWith({ first }, { language: 'zh', caller: '' })).toEqual([{ kind: 'queue', queue: 'operator' }])
  })

  test('leads on where one cannot be told, or is no yes or no, and that is told', () => {
    expect(beginsWith({ first }, { language: 'zh' })).toEqual([
      { kind: 'fault', node: 'first', sentence: 'cases[1]: Unknown variable: caller' },
      { kind: 'queue', queue: 'operator' },
    ])
    const number: Node = { type: 'branch', cases: [{ when: '1 + 1', next: 'sales' }], otherwise: 'operator' }
    expect(beginsWith({ first: number })[0]).toMatchObject({ sentence: 'cases[0]: is 2, neither true nor false' })
  })
})

describe('a value that is said', () => {
  const first: Node = {
    ...{ type: 'say', as: 'money', value: 'balance', before: ['your-balance'], after: [], next: 'sales' },
    ...{ otherwise: 'operator' },
  }

  test('is said by the grammar of the caller’s language, between what comes before and after it', () => {
    const place = { flow: 'f', node: 'first', tries: 1, language: 'zh' }
    expect(beginsWith({ first }, { balance: 12.5 })).toEqual([
      { kind: 'say', place, prompts: ['your-balance', 'number/12', 'money/yuan', 'number/5', 'money/jiao'] },
    ])
  })

  test('leads on when it has been said', () => {
    const walk = around({ first }, { balance: 12.5 })
    expect(queueOf(promptEnded(walk, { flow: 'f', node: 'first', tries: 1, language: 'zh' }))).toBe('sales')
  })

  test('that is none, or not known, leads elsewhere, and that is told', () => {
    expect(beginsWith({ first }, { balance: 'much' })[0]).toMatchObject({
      sentence: 'value: is "much", which cannot be said as money',
    })
    expect(beginsWith({ first })).toEqual([
      { kind: 'fault', node: 'first', sentence: 'value: Unknown variable: balance' },
      { kind: 'queue', queue: 'operator' },
    ])
  })
})

describe('another flow', () => {
  const hours: Flow = { id: 'hours', start: 'told', nodes: { told: { type: 'return' } } }

  test('is gone through, and back', () => {
    expect(beginsWith({ first: { type: 'flow', flow: 'hours', next: 'sales' } }, {}, hours)).toEqual([
      { kind: 'queue', queue: 'sales' },
    ])
  })

  test('is gone to for good where nothing comes after it: then its return ends the call', () => {
    expect(beginsWith({ first: { type: 'flow', flow: 'hours' } }, {}, hours)).toEqual([{ kind: 'hangup' }])
  })

  test('remembers where to go back while it speaks', () => {
    const speaks: Flow = {
      id: 'speaks',
      start: 'hello',
      nodes: { hello: { type: 'play', prompts: ['hello'], next: 'end' }, end: { type: 'return' } },
    }
    const [step] = beginsWith({ first: { type: 'flow', flow: 'speaks', next: 'sales' } }, {}, speaks)
    expect(step).toMatchObject({ kind: 'say', place: { flow: 'speaks', back: [{ flow: 'f', node: 'sales' }] } })
  })

  test('is not remembered for ever by who presses their way round', () => {
    const menu = (to: string): MenuNode => ({
      ...{ type: 'menu', prompts: ['menu'], keys: { 0: to }, wrongKey: [], noKey: [] },
      ...{ tries: 1, patienceMs: 5_000, otherwise: 'operator' },
    })
    const help: Flow = {
      id: 'help',
      start: 'menu',
      nodes: { ...ENDS, menu: menu('home'), home: { type: 'flow', flow: 'f' } },
    }
    const walk = around({ first: menu('help'), help: { type: 'flow', flow: 'help', next: 'sales' } }, {}, help)
    let place: Place = { flow: 'f', node: 'first', tries: 1, language: 'zh' }
    for (let round = 0; round < 100; round += 1) {
      const last = keyPressed(walk, place, '0').at(-1)!
      if (last.kind === 'say') place = last.place
    }
    expect(place.back).toEqual(Array(20).fill({ flow: 'f', node: 'sales' }))
  })

  test('that leads back into the first, and so for ever, is noticed', () => {
    const round: Flow = { id: 'round', start: 'back', nodes: { back: { type: 'flow', flow: 'f' } } }
    expect(beginsWith({ first: { type: 'flow', flow: 'round' } }, {}, round)).toEqual([{ kind: 'astray' }])
  })
})

describe('hours', () => {
  const asked = (calendar: string, queue?: string): Record<string, Node> => ({
    first: { type: 'schedule', calendar, ...(queue && { queue }), open: 'sales', closed: 'operator' },
  })

  test('lead on where it is open, and elsewhere where it is closed; the story tells which', () => {
    expect(beginsWith(asked('day'))).toEqual([
      { kind: 'hours', calendar: 'day', open: true },
      { kind: 'queue', queue: 'sales' },
    ])
    expect(beginsWith(asked('night', 'sales'))).toEqual([
      { kind: 'hours', calendar: 'night', queue: 'sales', open: false },
      { kind: 'queue', queue: 'operator' },
    ])
  })

  test('that nobody knows turn nobody away', () => {
    expect(beginsWith(asked('holidays'))).toEqual([
      { kind: 'fault', node: 'first', sentence: 'there is no calendar holidays' },
      { kind: 'queue', queue: 'sales' },
    ])
  })
})
