import { expect, test } from 'vitest'
import { alarm } from '../../src/switchboard/alarm.ts'
import { NOON } from '../call/given.ts'

test('a low score is a warning that names the call, the line, the agent and the question, and no number', () => {
  const told: unknown[] = []
  const log = { warn: (...line: unknown[]) => told.push(line) }
  const call = { id: 'c-1', queue: 'sales', leg: { agent: '8001' }, from: '13800138000' }
  const low = { kind: 'LowScore', at: NOON, name: 'recommend', score: 2, atOrUnder: 6 }
  alarm(log as never)(call as never, [low as never], [])
  const about = { call: 'c-1', queue: 'sales', agent: '8001', question: 'recommend', score: 2, atOrUnder: 6 }
  expect(told).toEqual([[about, 'a caller is not content with a talk']])
})

test('a flow that fails at a node is a warning, once a minute, without what a caller may have said', () => {
  const told: unknown[] = []
  const log = { warn: (...line: unknown[]) => told.push(line) }
  const watch = alarm(log as never)
  const call = { id: 'c-1', flow: 'hotline' }
  for (const at of [0, 59_999, 60_000]) {
    const fault = {
      kind: 'FlowFault',
      at: NOON + at,
      node: 'ask',
      sentence: 'value: is "13800138000", which cannot be said',
    }
    watch(call as never, [fault as never], [])
  }
  const line = [{ call: 'c-1', flow: 'hotline', node: 'ask' }, 'a flow could not go on as it should']
  expect(told).toEqual([line, line])
})
