import { expect, test } from 'vitest'
import { PAUSE_AT_MOST_MS, TalkKeys } from '../../src/switchboard/talkKeys.ts'
import { NOON } from '../call/given.ts'
import { aTalkAndItsActs } from './aTalk.ts'

function aTelephone() {
  const desk = aTalkAndItsActs()
  const keys = new TalkKeys(desk.parts)
  const { id } = desk.board.call('talk')!.leg!
  const press = async (all: string, { on = id, at = NOON, everyMs = 100 } = {}): Promise<void> => {
    for (const [i, key] of [...all].entries()) await keys.press('talk', on, key, at + i * everyMs)
  }
  return { ...desk, keys, press, isHeld: () => desk.board.call('talk')!.leg!.heldSince !== null }
}

test('an agent holds the caller by keys, and retrieves them by the same', async () => {
  const { press, isHeld } = aTelephone()
  await press('*70')
  expect(isHeld()).toBe(true)
  await press('*70')
  expect(isHeld()).toBe(false)
})

test('a star begins anew, and so does a pause', async () => {
  const { press, isHeld } = aTelephone()
  await press('*7*70')
  expect(isHeld()).toBe(true)
  await press('*70', { everyMs: PAUSE_AT_MOST_MS + 1 })
  expect(isHeld()).toBe(true)
})

test('keys of the caller, and keys without a star, mean nothing', async () => {
  const { press, isHeld, keys } = aTelephone()
  await press('*70', { on: 'talk' })
  await press('70')
  expect(isHeld()).toBe(false)
  expect([keys.agentAt('talk', 'talk'), keys.agentAt('none', 'talk')]).toEqual([undefined, undefined])
})

test('what cannot be done is refused, and the next code begins anew', async () => {
  const { press, isHeld } = aTelephone()
  await expect(press('*74')).rejects.toMatchObject({ id: 'nobody-consulted' })
  await press('*70')
  expect(isHeld()).toBe(true)
})
