import { expect, test } from 'vitest'
import { bridgeId, callOf, isOurs, legId, sayId } from '../src/ids.ts'

const CALL = 'hotline-1763871911.12'

test('whatever belongs to a call leads back to it', () => {
  for (const id of [legId(CALL, '8001', 7), sayId(CALL, 9), sayId(CALL, 9, 'agent'), bridgeId(CALL), CALL]) {
    expect(callOf(id)).toBe(CALL)
  }
})

test('a channel that Asterisk has named is not ours', () => {
  expect(isOurs(CALL)).toBe(false)
  for (const id of [legId(CALL, '8001', 7), sayId(CALL, 9), bridgeId(CALL)]) expect(isOurs(id)).toBe(true)
})

test('no two things of a call share an id', () => {
  const ids = [
    legId(CALL, '8001', 7),
    legId(CALL, '8001', 8),
    legId(CALL, '8002', 7),
    sayId(CALL, 7),
    sayId(CALL, 7, 'agent'),
    sayId(CALL, 8),
    bridgeId(CALL),
  ]
  expect(new Set(ids).size).toBe(ids.length)
})
