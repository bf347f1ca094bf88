import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Agent, PAUSE_REASONS, talkEnded } from '../../src/agent/agent.ts'
import { codeDialled, dial, type OwnCode, signsIn } from '../../src/agent/codes.ts'
import { anAgent, NOON } from '../call/given.ts'

const LATER = NOON + 60_000
const { prompts } = JSON.parse(readFileSync('sounds/catalogue.json', 'utf8')) as { prompts: object }

const dials = (agent: Agent, number: string) => dial(agent, codeDialled(number) as OwnCode, LATER)

test.each([
  '',
  '*',
  '1',
  '*0',
  '*00',
  '*011',
  '*9',
  '*91',
  '*9800100012',
  '*98001#',
  '*45',
  '*40',
  '*411',
  '**1',
  '8001',
  '*1 ',
  '＊1',
])('%j is no code', number => {
  expect(codeDialled(number)).toBeUndefined()
})

test('*01 to *09 say what came of a talk', () => {
  expect(codeDialled('*01')).toEqual({ kind: 'disposition', key: 1 })
  expect(codeDialled('*09')).toEqual({ kind: 'disposition', key: 9 })
})

test.each([
  ['*1', ''],
  ['*18001', '8001'],
  ['*112345678', '12345678'],
  ['*11', undefined],
  ['*1123456789', undefined],
  ['*1*8001', undefined],
  ['*2', undefined],
  ['8001', undefined],
])('%j is dialled to sign in as %j', (number, who) => expect(signsIn(number)).toBe(who))

test('a reason of the centre’s own has the key that it was given, and no other', () => {
  const own = [
    { id: 'coffee', zh: '咖啡', en: 'Coffee', key: 5 },
    { id: 'errand', zh: '外出', en: 'Errand', key: null },
  ]
  const pause = codeDialled('*45', own)
  expect(pause).toEqual({ kind: 'wish', wish: { kind: 'pause', reason: 'coffee' } })
  expect(codeDialled('*46', own)).toBeUndefined()
  const { agent, says } = dial(anAgent('8001'), pause as OwnCode, LATER)
  expect([agent.reason, says]).toEqual(['coffee', ['now-paused', 'reason/other']])
})

test('*9 and an agent’s id is that agent’s talk', () => {
  expect(codeDialled('*98001')).toEqual({ kind: 'supervise', agent: '8001' })
  expect(codeDialled('*950')).toEqual({ kind: 'supervise', agent: '50' })
})

describe('an agent dials', () => {
  test('*1 and is signed in and ready', () => {
    const { agent, says } = dials(anAgent('8001', { state: 'signed-out' }), '*1')
    expect(agent.state).toBe('ready')
    expect(says).toEqual(['signed-in', 'now-ready'])
  })

  test('*1 again and hears where they stand, which does not change', () => {
    const paused = anAgent('8001', { state: 'paused', reason: 'meal' })
    expect(dials(paused, '*1')).toEqual({ agent: paused, says: ['already-signed-in', 'now-paused', 'reason/meal'] })
  })

  test('*1 during a talk after *2, and is not signed out when it ends', () => {
    const talking = anAgent('8001', { state: 'talking', call: 'c' })
    const { agent, says } = dials(dials(talking, '*2').agent, '*1')
    expect(says).toEqual(['already-signed-in', 'state/talking'])
    expect(talkEnded(agent, 0, LATER).state).toBe('ready')
    expect(agent.version).toBe(talking.version + 2)
  })

  test('*1 during a talk after *2, and the wrap-up is not cut short by it', () => {
    const wrapping = anAgent('8001', { state: 'wrapping-up', call: 'c', wakeAt: LATER + 1, next: { kind: 'sign-out' } })
    const { agent } = dials(wrapping, '*1')
    expect(agent).toMatchObject({ state: 'wrapping-up', wakeAt: LATER + 1, next: null })
  })

  test('*1 and a pause asked for is still to come', () => {
    const asked = dials(anAgent('8001', { state: 'talking', call: 'c' }), '*42').agent
    expect(dials(asked, '*1').agent).toBe(asked)
  })

  test('*2 and is signed out', () => {
    const { agent, says } = dials(anAgent('8001'), '*2')
    expect([agent.state, says]).toEqual(['signed-out', ['signed-out']])
  })

  test.each([
    ['*4', 'rest'],
    ['*41', 'rest'],
    ['*42', 'meal'],
    ['*43', 'training'],
    ['*44', 'meeting'],
  ])('%s and is paused for %s', (code, reason) => {
    const { agent, says } = dials(anAgent('8001'), code)
    expect([agent.state, agent.reason]).toEqual(['paused', reason])
    expect(says).toEqual(['now-paused', `reason/${reason}`])
  })

  test('*3 and is ready, also out of the pause for a missed call', () => {
    const { agent, says } = dials(anAgent('8001', { state: 'paused', reason: 'no-answer' }), '*3')
    expect([agent.state, says]).toEqual(['ready', ['now-ready']])
  })

  test('during a talk, and hears that it will be after this call', () => {
    const { agent, says } = dials(anAgent('8001', { state: 'talking', call: 'c' }), '*42')
    expect(agent).toMatchObject({ state: 'talking', next: { kind: 'pause', reason: 'meal' } })
    expect(says).toEqual(['after-this-call'])
  })

  test('*5 and hears their state, and nothing changes', () => {
    const agent = anAgent('8001', { state: 'wrapping-up', call: 'c', wakeAt: LATER })
    expect(dials(agent, '*5')).toEqual({ agent, says: ['state/wrapping-up'] })
  })

  test('*8 and has two minutes more to wrap up; at another time they hear their state', () => {
    const wrapping = anAgent('8001', { state: 'wrapping-up', call: 'c', since: LATER - 5_000, wakeAt: LATER + 5_000 })
    const { agent, says } = dials(wrapping, '*8')
    expect([agent.wakeAt, says]).toEqual([LATER + 120_000, ['state/wrapping-up']])
    expect(dials(anAgent('8001'), '*8')).toEqual({ agent: anAgent('8001'), says: ['now-ready'] })
  })

  test('*5 and hears that somebody else has put them where they are', () => {
    const forced = anAgent('8001', { state: 'paused', reason: 'meeting', by: 'person:li' })
    expect(dials(forced, '*5').says).toEqual(['now-paused', 'reason/meeting', 'set-by-another'])
  })

  test('anything but *1 while signed out, and hears that they are', () => {
    const agent = anAgent('8001', { state: 'signed-out' })
    for (const code of ['*2', '*3', '*4', '*5', '*8'])
      expect(dials(agent, code)).toEqual({ agent, says: ['state/signed-out'] })
  })
})

test('whatever an agent hears is recorded', () => {
  const states = ['signed-out', 'ready', 'ringing', 'talking', 'wrapping-up', 'paused'] as const
  const reasons = [...PAUSE_REASONS, 'no-answer', 'rejected', 'unreachable', 'coffee'] as const
  for (const state of states) {
    for (const reason of state === 'paused' ? reasons : [null]) {
      for (const code of ['*1', '*2', '*3', '*4', '*41', '*42', '*43', '*44', '*5', '*8']) {
        for (const said of dials(anAgent('8001', { state, reason, by: 'person:li' }), code).says) {
          expect(Object.keys(prompts)).toContain(said)
        }
      }
    }
  }
})
