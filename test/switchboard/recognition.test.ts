import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import type { Happening, Known } from '../../src/call/facts.ts'
import { recognition } from '../../src/switchboard/recognition.ts'
import type { Switchboard } from '../../src/switchboard/switchboard.ts'
import { aCallArrives, given, NOON } from '../call/given.ts'

const clock = { now: () => NOON, at: () => () => {} }
const log = pino({ level: 'silent' })
const arrived = given(aCallArrives())
const seen: Known = { lastAt: NOON - 1, language: 'en' }

function watching(history: () => Promise<Known | undefined>) {
  const happened: Happening[] = []
  const board = { happen: (_: string, happening: Happening) => happened.push(happening) } as unknown as Switchboard
  const watch = recognition({ board, clock, log, history })
  const comes = (set: Partial<Call> = {}): void => watch({ ...arrived.call!, ...set }, arrived.facts, [])
  return { happened, comes }
}

test('who has called before is told as soon as that is known', async () => {
  const { happened, comes } = watching(async () => seen)
  comes()
  await vi.waitFor(() => expect(happened).toEqual([{ kind: 'CallerKnown', ...seen, at: NOON }]))
})

test.each(['', 'anonymous', '8001', '+', '1380013800013800138000'])('of %j nothing is asked', number => {
  const history = vi.fn(async () => seen)
  watching(history).comes({ from: number })
  expect(history).not.toHaveBeenCalled()
})

test('nothing is asked of who is blocked', () => {
  const history = vi.fn(async () => seen)
  watching(history).comes({ dismissed: 'blocked' })
  expect(history).not.toHaveBeenCalled()
})

test('where it cannot be told, nothing happens', async () => {
  const asked = Promise.reject(new Error('away'))
  const { happened, comes } = watching(() => asked)
  comes()
  await asked.catch(() => {})
  expect(happened).toEqual([])
})
