import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Departed } from '../../src/switchboard/departed.ts'
import { aTalkAndItsActs } from './aTalk.ts'

function aCentre() {
  const desk = aTalkAndItsActs()
  const departed = new Departed({ board: desk.board, log: pino({ level: 'silent' }) })
  return { ...desk, departed }
}

test('who is no agent any more is signed out, and nobody whom the centre knows', async () => {
  const { board, departed, agents } = aCentre()
  await board.dial('8002', { kind: 'sign-in' })
  departed.learn(['8002', '8099'])
  await board.settled()
  expect(board.agents.has('8002')).toBe(false)
  expect(() => agents.see('8002')).toThrow('There is no agent 8002')
  expect(await board.dial('8002', { kind: 'sign-in' })).toBeUndefined()
})

test('one who has a call keeps it to its end, and is signed out then, whatever they have wished meanwhile', async () => {
  const { board, departed } = aCentre()
  departed.learn(['8001'])
  await board.settled()
  expect(board.agents.get('8001')).toMatchObject({ state: 'talking', next: { kind: 'sign-out' } })
  await board.dial('8001', { kind: 'wish', wish: { kind: 'ready' } })
  await board.settled()
  expect(board.agents.get('8001')).toMatchObject({ state: 'talking', next: { kind: 'sign-out' } })
  board.freeAgent('8001')
  await board.settled()
  expect(board.agents.has('8001')).toBe(false)
})
