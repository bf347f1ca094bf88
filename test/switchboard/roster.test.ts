import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Roster } from '../../src/switchboard/roster.ts'
import { anAgent } from '../call/given.ts'
import { aTalkAndItsActs } from './aTalk.ts'

function aCentre() {
  const desk = aTalkAndItsActs()
  const roster = new Roster({ board: desk.board, log: pino({ level: 'silent' }) })
  return { ...desk, roster }
}

test('who is added may sign in at once', async () => {
  const { board, roster } = aCentre()
  expect(roster.learn([anAgent('8050')], [])).toBe(true)
  expect(await board.dial('8050', { kind: 'sign-in' })).toContain('now-ready')
  expect(board.agents.get('8050')).toMatchObject({ state: 'ready' })
})

test('who is set otherwise is so at once, and does what they do; of others nothing changes', async () => {
  const { board, roster } = aCentre()
  const talking = board.agents.get('8001')!
  const set = anAgent('8001', { skills: { complaints: 3 }, language: 'en', team: 'B' })
  expect(roster.learn([set], [])).toBe(true)
  const { skills, language, team } = set
  expect(board.agents.get('8001')).toEqual({ ...talking, skills, language, team })
  expect(roster.learn([set], [])).toBe(false)
})

test('who is no agent any more is signed out, and nobody whom the centre knows', async () => {
  const { board, roster, agents } = aCentre()
  await board.dial('8002', { kind: 'sign-in' })
  roster.learn([], ['8002', '8099'])
  await board.settled()
  expect(board.agents.has('8002')).toBe(false)
  expect(() => agents.see('8002')).toThrow('There is no agent 8002')
  expect(await board.dial('8002', { kind: 'sign-in' })).toBeUndefined()
})

test('one who has a call keeps it to its end, and is signed out then, whatever they have wished meanwhile', async () => {
  const { board, roster } = aCentre()
  roster.learn([], ['8001'])
  await board.settled()
  expect(board.agents.get('8001')).toMatchObject({ state: 'talking', next: { kind: 'sign-out' } })
  await board.dial('8001', { kind: 'wish', wish: { kind: 'ready' } })
  await board.settled()
  expect(board.agents.get('8001')).toMatchObject({ state: 'talking', next: { kind: 'sign-out' } })
  board.freeAgent('8001')
  await board.settled()
  expect(board.agents.has('8001')).toBe(false)
})
