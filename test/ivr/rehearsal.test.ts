import { expect, test } from 'vitest'
import { evaluate } from '../../src/flows/expressions.ts'
import { rehearsalText } from '../../src/flows/rehearsal-text.ts'
import { drawing } from '../../src/ivr/drawing.ts'
import { type Flow, HOTLINE, SURVEY } from '../../src/ivr/flow.ts'
import { type Line, rehearse } from '../../src/ivr/rehearsal.ts'

const AROUND = {
  flow: (id: string) => (id === 'survey' ? SURVEY : HOTLINE),
  variables: {},
  evaluate,
  mayCallBack: () => true,
  isOpen: () => undefined,
  toDial: (number: string) => ({ number }),
}
const noAnswer = () => ({ failure: 'none' })
const told = (lines: Line[]) =>
  lines.map(line => (line.kind === 'hears' ? line.prompts.join(' ') : Object.values(line).join(' ')))

test('a caller who presses 9, then 1, hears the greeting twice, and waits for sales', () => {
  expect(told(rehearse(AROUND, 'hotline', ['9', '1'], 'zh', noAnswer))).toEqual([
    'greeting',
    'menu',
    'press 9',
    'language en',
    'greeting',
    'menu',
    'press 1',
    'queue sales',
  ])
})

test('a rating is known to the expressions after it', () => {
  const flow: Flow = {
    id: 'f',
    start: 'rating',
    nodes: {
      ...SURVEY.nodes,
      thanks: { type: 'say', as: 'number', value: 'rating', before: [], after: [], next: 'end', otherwise: 'goodbye' },
    },
  }
  expect(told(rehearse({ ...AROUND, flow: () => flow }, 'f', ['4'], 'zh', noAnswer))).toEqual([
    'survey',
    'press 4',
    'answer rating 1-5 4',
    'number/4',
    'hangup',
  ])
})

test('a comment is spoken, and kept under its name', () => {
  const why: Flow['nodes'][string] = {
    ...{ type: 'comment', name: 'why', prompts: ['survey-comment'], again: ['survey-comment-again'], tries: 2 },
    ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000, next: 'thanks', otherwise: 'goodbye' },
  }
  const flow: Flow = { ...SURVEY, start: 'why', nodes: { ...SURVEY.nodes, why } }
  const lines = rehearse({ ...AROUND, flow: () => flow }, 'survey', [], 'zh', noAnswer)
  expect(told(lines)).toEqual(['survey-comment beep', 'record why', 'keep', 'survey-thanks', 'hangup'])
  expect(rehearsalText(lines, {})).toContain('speaks a comment: why')
  expect(drawing(flow)).toContain('  n-why["why<br>comment: survey-comment"]')
})

test('once the keys are used up, nothing is pressed', () => {
  expect(told(rehearse(AROUND, 'survey', ['7'], 'zh', noAnswer))).toEqual([
    'survey',
    'press 7',
    'survey-again',
    'press ',
    'survey-none',
    'hangup',
  ])
})

test('a rehearsal ends where the caller is put through to a number outside, and goes on where that is not dialled', () => {
  const out: Flow = {
    id: 'f',
    start: 'out',
    nodes: {
      out: {
        ...{ type: 'transfer-out', number: '"021-62345678"', prompts: ['one-moment'], meanwhile: 'ringing' },
        ...{ ringMs: 20_000, busy: 'end', noAnswer: 'end', refused: 'end' },
      },
      end: { type: 'hangup' },
    },
  }
  const around = { ...AROUND, flow: () => out }
  expect(told(rehearse(around, 'f', [], 'zh', noAnswer))).toEqual(['one-moment', 'dial 021-62345678'])
  const refusal = { reason: 'quiet-hours', sentence: 'it is too early' } as const
  expect(told(rehearse({ ...around, toDial: () => ({ refusal }) }, 'f', [], 'zh', noAnswer))).toEqual([
    'refusal out quiet-hours it is too early',
    'hangup',
  ])
  expect(drawing(out)).toContain('n-out["out<br>transfer out: #34;021-62345678#34;"]')
  expect(drawing(out)).toContain('n-out -->|noAnswer| n-end')
})

test('a drawing has every node and every way', () => {
  const picture = drawing(HOTLINE)
  for (const id of Object.keys(HOTLINE.nodes)) expect(picture).toContain(`  n-${id}`)
  expect(picture).toContain('  n-menu -->|9| n-switch-language')
  expect(picture).toContain('  n-menu -->|otherwise| n-to-operator')
  expect(picture).toContain('  n-sales(["sales<br>queue: sales"])')
})
