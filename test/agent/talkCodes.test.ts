import { expect, test } from 'vitest'
import { talkCode } from '../../src/agent/talkCodes.ts'

test('what an agent presses in a talk is understood when it is whole', () => {
  expect(talkCode('*70')).toEqual({ do: 'hold-or-retrieve' })
  expect(talkCode('*6')).toEqual({ do: 'survey' })
  expect(talkCode('*718002#')).toEqual({ do: 'consultation-call', number: '8002' })
  expect(talkCode('*7513900139000#')).toEqual({ do: 'single-step-transfer', number: '13900139000' })
})

test('until then more is waited for', () => {
  for (const keys of ['*', '*7', '*71', '*718', '*718002', '*75139']) expect(talkCode(keys)).toBe('more')
})

test('what can come to mean nothing is forgotten', () => {
  for (const keys of ['1', '#', '*1', '*76', '*71#', '*718#', '*71*', '**', `*71${'1'.repeat(21)}`])
    expect(talkCode(keys)).toBe('nothing')
})
