import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/flows/expressions.ts'
import { direct, type Flow, HOTLINE, LANGUAGES, type Node, type RateNode, SURVEY } from '../../src/ivr/flow.ts'
import type { Around, Place, Step } from '../../src/ivr/step.ts'
import { begin, keyMissed, keyPressed, patience, promptEnded } from '../../src/ivr/walk.ts'

const FLOWS = new Map([HOTLINE, SURVEY, direct('sales'), direct('support')].map(flow => [flow.id, flow]))
const AROUND: Around = {
  flow: id => FLOWS.get(id)!,
  variables: {},
  evaluate,
  mayCallBack: () => true,
  isOpen: () => undefined,
  toDial: (number: string) => ({ number }),
}

const at = (node: string, set: Partial<Place> = {}): Place => ({
  flow: 'hotline',
  node,
  tries: 1,
  language: 'zh',
  ...set,
})
const said = (steps: Step[]) => steps.flatMap(step => (step.kind === 'say' ? step.prompts : []))
const placeAfter = (steps: Step[]) => steps.flatMap(step => (step.kind === 'say' ? [step.place] : []))[0]

describe('a walk', () => {
  test('begins at the flow’s start, in the caller’s language', () => {
    expect(begin(AROUND, 'hotline', 'en')).toEqual([
      { kind: 'say', place: at('greeting', { language: 'en' }), prompts: ['greeting'] },
    ])
  })

  test('leads on after a prompt, and stays at a question', () => {
    expect(placeAfter(promptEnded(AROUND, at('greeting')))).toEqual(at('menu'))
    expect(promptEnded(AROUND, at('menu'))).toEqual([])
  })

  test('waits for a key only where one is asked for', () => {
    expect(patience(AROUND, at('menu'))).toBe(5_000)
    expect(patience(AROUND, at('rating', { flow: 'survey' }))).toBe(6_000)
    expect(patience(AROUND, at('greeting'))).toBeUndefined()
  })

  test('ends in a line', () => {
    expect(begin(AROUND, 'direct-support', 'zh')).toEqual([{ kind: 'queue', queue: 'support' }])
  })
})

describe('a menu', () => {
  test('takes its own keys, at any try', () => {
    expect(keyPressed(AROUND, at('menu'), '1')).toEqual([{ kind: 'queue', queue: 'sales' }])
    expect(keyPressed(AROUND, at('menu', { tries: 2 }), '0')).toEqual([{ kind: 'queue', queue: 'operator' }])
  })

  test('is not fooled by keys that every object has', () => {
    for (const key of ['constructor', '__proto__', ''])
      expect(said(keyPressed(AROUND, at('menu'), key))[0]).toBe('wrong-key')
  })

  test('says what was wrong, then asks again, and counts the question', () => {
    expect(said(keyPressed(AROUND, at('menu'), '*'))).toEqual(['wrong-key', 'menu'])
    expect(said(keyMissed(AROUND, at('menu')))).toEqual(['no-key', 'menu'])
    expect(placeAfter(keyMissed(AROUND, at('menu')))).toEqual(at('menu', { tries: 2 }))
  })

  test('asks twice in all, whatever was wrong with the answers', () => {
    const second = placeAfter(keyPressed(AROUND, at('menu'), '8'))!
    expect(said(keyMissed(AROUND, second))).toEqual(['to-operator'])
  })

  test('switches to the other language from either, and begins anew with the greeting, which tells of the recording', () => {
    const english = keyPressed(AROUND, at('menu', { tries: 2 }), '9')
    expect(english[0]).toEqual({ kind: 'language', language: 'en' })
    expect(placeAfter(english)).toEqual(at('greeting', { language: 'en' }))
    expect(keyPressed(AROUND, placeAfter(english)!, '9')[0]).toEqual({ kind: 'language', language: 'zh' })
  })

  test('is known to whoever presses during the greeting; any other key there means nothing', () => {
    expect(keyPressed(AROUND, at('greeting'), '2')).toEqual([{ kind: 'queue', queue: 'support' }])
    expect(keyPressed(AROUND, at('greeting'), '7')).toEqual([])
    expect(keyPressed(AROUND, at('greeting'), 'constructor')).toEqual([])
  })
})

describe('a rating', () => {
  const rating = at('rating', { flow: 'survey' })

  test.each(['1', '2', '3', '4', '5'])('of %s is kept, and thanked for', key => {
    const steps = keyPressed(AROUND, rating, key)
    expect(steps[0]).toEqual({ kind: 'answer', name: 'rating', scale: '1-5', value: Number(key) })
    expect(said(steps)).toEqual(['survey-thanks'])
  })

  test.each(['0', '6', '9', '*', 'A'])('of %s is none: asked again', key => {
    expect(said(keyPressed(AROUND, rating, key))).toEqual(['survey-again'])
  })

  test('is not of #, with which many end all that they key in: another key is waited for, and no try is used up', () => {
    expect(keyPressed(AROUND, rating, '#')).toEqual([])
  })

  test('never given ends politely', () => {
    const again = placeAfter(keyMissed(AROUND, rating))!
    expect(said(keyMissed(AROUND, again))).toEqual(['survey-none'])
    expect(promptEnded(AROUND, at('goodbye', { flow: 'survey' }))).toEqual([{ kind: 'hangup' }])
  })
})

describe('a rating from 0 to 10', () => {
  const nodes = { ...SURVEY.nodes, rating: { ...SURVEY.nodes.rating, scale: 'nps', lowAtOrUnder: 6 } as Node }
  const around = { ...AROUND, flow: () => ({ ...SURVEY, nodes }) }
  const asked = at('rating', { flow: 'survey' })
  /** After these keys; '-': none came in time. */
  function stepsAfter(keys: string): Step[] {
    let steps: Step[] = []
    let place = asked
    for (const key of keys) {
      steps = key === '-' ? keyMissed(around, place) : keyPressed(around, place, key)
      const last = steps.at(-1)
      if (last?.kind === 'listen') place = last.place
    }
    return steps
  }
  const answerOf = (keys: string) => stepsAfter(keys).flatMap(step => (step.kind === 'answer' ? step.value : []))

  test.each(['0', '2', '3', '4', '5', '6', '7', '8', '9'])('of %s is complete at once', key => {
    expect(answerOf(key)).toEqual([Number(key)])
  })
  test('of 1 waits for another key: 0 makes it 10, # or silence ends it', () => {
    expect(stepsAfter('1')).toEqual([{ kind: 'listen', place: { ...asked, keyed: '1' }, forMs: 2_000 }])
    expect([answerOf('10'), answerOf('1#'), answerOf('1-')]).toEqual([[10], [1], [1]])
  })
  test.each(['17', '11', '1*', '*', '-'])('of %s is none: asked again, from the first key', keys => {
    expect(placeAfter(stepsAfter(keys))).toEqual({ ...asked, tries: 2 })
  })
  test('of # alone is waited for', () => {
    expect(stepsAfter('#')).toEqual([])
    expect(answerOf('#9')).toEqual([9])
  })
  test('says where it is low, and only there', () => {
    const low = (keys: string) => stepsAfter(keys).find(step => step.kind === 'answer')
    expect(low('6')).toMatchObject({ lowAtOrUnder: 6 })
    expect(low('7')).not.toHaveProperty('lowAtOrUnder')
  })
})

test('yes is 1 and no is 0; a third key is neither', () => {
  const nodes = { ...SURVEY.nodes, rating: { ...SURVEY.nodes.rating, scale: 'yes-no' } as Node }
  const around = { ...AROUND, flow: () => ({ ...SURVEY, nodes }) }
  const first = (key: string) => keyPressed(around, at('rating', { flow: 'survey' }), key)[0]
  expect(['1', '2'].map(key => (first(key) as { value: number }).value)).toEqual([1, 0])
  expect(first('3')).toMatchObject({ kind: 'say', prompts: ['survey-again'] })
})

test('a survey that was published before scales had names asks for 1 to 5', () => {
  const { scale: _, ...before } = SURVEY.nodes.rating as RateNode
  const around = { ...AROUND, flow: () => ({ ...SURVEY, nodes: { ...SURVEY.nodes, rating: before as Node } }) }
  const asked = at('rating', { flow: 'survey' })
  expect(keyPressed(around, asked, '5')[0]).toMatchObject({ kind: 'answer', value: 5 })
  expect(said(keyPressed(around, asked, '6'))).toEqual(['survey-again'])
})

describe.each([HOTLINE, SURVEY, direct('sales')])('the flow $id', flow => {
  const catalogue = JSON.parse(readFileSync('sounds/catalogue.json', 'utf8')) as { prompts: object }

  test('leads only to nodes that it has, and leaves none unreached', () => {
    const reached = new Set([flow.start])
    for (const id of reached) for (const next of waysFrom(flow, id)) reached.add(next)
    expect([...reached].sort()).toEqual(Object.keys(flow.nodes).sort())
  })

  test('says only what is recorded', () => {
    const spoken = Object.values(flow.nodes).flatMap(node => Object.values(node).filter(Array.isArray).flat())
    for (const prompt of spoken) expect(Object.keys(catalogue.prompts)).toContain(prompt)
  })

  test.each(LANGUAGES)('lets nobody walk for ever without an answer, in %s', language => {
    let steps = begin(AROUND, flow.id, language)
    for (let turns = 0; said(steps).length > 0; turns += 1) {
      expect(turns).toBeLessThan(20)
      const place = placeAfter(steps)!
      const ended = promptEnded(AROUND, place)
      steps = ended.length > 0 ? ended : keyMissed(AROUND, place)
    }
  })
})

function waysFrom(flow: Flow, id: string): string[] {
  const node = flow.nodes[id]!
  return [
    ...('next' in node ? [node.next] : []),
    ...('otherwise' in node ? [node.otherwise] : []),
    ...('keys' in node ? Object.values(node.keys) : []),
  ]
}
