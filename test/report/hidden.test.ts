import { expect, test } from 'vitest'
import type { Fact } from '../../src/call/facts.ts'
import { hidden } from '../../src/report/hidden.ts'
import { tell } from '../../src/report/story.ts'

/** Who may not see numbers sees nothing that a caller may have keyed in, either. */

const arrived = {
  kind: 'CallArrived',
  channel: 'c',
  from: '13800138000',
  name: '王小明',
  to: '400',
  flow: 'f',
  language: 'zh',
}
const FACTS = [
  arrived,
  { ...arrived, kind: 'CallbackOpened', id: 'cb', of: 'c', queue: 'sales', because: 'asked' },
  { kind: 'CallbackBooked', id: 'cb', callback: 'cb', number: '13800138000', queue: 'sales', because: 'asked' },
  { kind: 'CustomerDialled', channel: 'cb~customer9', number: '13800138000', shows: '400' },
  { kind: 'AgentDialled', leg: 'c', agent: '8001', from: '13800138000', to: '400', queue: null, language: 'zh' },
  { kind: 'KeyPressed', key: '7' },
  { kind: 'WordSet', name: 'account', value: '110101199003077777' },
  { kind: 'FlowFault', node: 'tell', sentence: 'value: is "110101199003077777", which cannot be said as money' },
  {
    ...{ kind: 'OutsideDialled', outside: 'o', number: '13911119111', meanwhile: 'music' },
    place: { flow: 'f', node: 'n', tries: 1, language: 'zh' },
  },
  { ...arrived, kind: 'DutyBegan', id: 'duty1-7', person: '7', number: '013911119111', messages: [] },
  { kind: 'CallbackWithdrawn', because: 'cancelled', by: 'person:li', reason: '13800138000 wrote to us' },
  { kind: 'DutyEntered', person: '7', until: 0, waiting: [{ id: 'm', from: '13800138000' }] },
  { kind: 'Prompted', say: 's', prompts: ['duty-caller', ...[...'13800138000'].map(d => `digit/${d}`)], place: null },
].map(fact => ({ ...fact, at: 0 }) as Fact)

test('of what is a caller’s own nothing is left', () => {
  const told = FACTS.map(fact => tell(hidden(fact)).text).join('\n')
  expect(told).not.toMatch(/13800138000|王|7777|Pressed 7|13911119111|digit/)
  expect(JSON.stringify(FACTS.filter(({ kind }) => kind === 'DutyEntered').map(hidden))).not.toContain('13800138000')
  expect(told).toContain('138****8000')
})

test('all else is told as it is', () => {
  const offered = { kind: 'LanguageChosen', language: 'en', at: 0 } as const
  expect(hidden(offered)).toBe(offered)
})
