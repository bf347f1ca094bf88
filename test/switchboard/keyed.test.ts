import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { decide } from '../../src/call/decide.ts'
import { dutyBegun } from '../../src/call/duty.ts'
import { Keyed } from '../../src/switchboard/keyed.ts'
import { aCallArrives, given, itIsUp, theCallerPresses } from '../call/given.ts'

const asked = (...steps: Parameters<typeof given>) => given(aCallArrives('duty'), itIsUp, ...steps).call!
const press = (keyed: Keyed, call: Call, keys: string): boolean[] =>
  [...keys].map(key => keyed.takes(call, { kind: 'KeyPressed', key, at: 0 }))

describe('what is keyed in to show who one is', () => {
  test('is kept apart from the story, but for the # that ends it', () => {
    const keyed = new Keyed()
    const [who, pin] = [asked(), asked(theCallerPresses('#'))]
    expect(press(keyed, who, '7#')).toEqual([true, false])
    expect(press(keyed, pin, '123456#')).toEqual([true, true, true, true, true, true, false])
    expect(keyed.take(who.id)).toEqual({ who: '7', pin: '123456' })
    expect(keyed.take(who.id)).toBeUndefined()
  })

  test('is in no fact, also where a key comes twice', () => {
    const call = asked(theCallerPresses('#'))
    expect(decide(call, { kind: 'KeyPressed', key: '4', at: 0 }, given().view)).toEqual([])
  })

  test('of whom we have dialled is the PIN alone', () => {
    const keyed = new Keyed()
    const call = { ...asked(), duty: { ...dutyBegun('7'), stage: 'pin' as const } }
    expect(keyed.takes(call, { kind: 'LegKey', leg: call.channel, key: '9', at: 0 })).toBe(true)
    expect(keyed.take(call.id)).toEqual({ who: '7', pin: '9' })
  })

  test('of other calls is nothing to it', () => {
    const keyed = new Keyed()
    expect(press(keyed, given(aCallArrives(), itIsUp).call!, '1')).toEqual([false])
    expect(keyed.takes(asked(), { kind: 'LegKey', leg: 'another', key: '1', at: 0 })).toBe(false)
  })
})
