import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { decide } from '../../src/call/decide.ts'
import { Keyed } from '../../src/switchboard/keyed.ts'
import { isDue, theirPhone } from '../call/dutyGiven.ts'
import {
  aCallArrives,
  given,
  itIsUp,
  later,
  NOON,
  noKeyComes,
  type Step,
  type Tale,
  theCallerPresses,
  thePromptEnds,
} from '../call/given.ts'
import { Hotline } from './aHotline.ts'

/** A call of somebody on duty, and a service that hears its keys. */
class Heard {
  keyed = new Keyed()
  readonly #tale: Tale = given()

  constructor(...steps: Step[]) {
    this.when(...steps)
  }

  when(...steps: Step[]): this {
    for (const step of steps) {
      this.#tale.when(step)
      this.keyed.wrote(this.#tale.call!, this.#tale.facts)
    }
    return this
  }

  /** Each # goes on to the story. */
  presses(keys: string): this {
    for (const key of keys) {
      const { kind } = this.keyed.hidden(this.#tale.call!, { kind: 'KeyPressed', key, at: 0 })
      expect(kind).toBe(key === '#' ? 'KeyPressed' : 'DutyKeyed')
      this.when(key === '#' ? theCallerPresses(key) : () => ({ kind: 'DutyKeyed' }))
    }
    return this
  }

  /** Another service goes on with the call. */
  dies(): this {
    this.keyed = new Keyed()
    return this
  }

  get call(): Call {
    return this.#tale.call!
  }

  get taken(): ReturnType<Keyed['take']> {
    return this.keyed.take(this.#tale.call!.id)
  }
}

const dialsIn = () => new Heard(aCallArrives('duty'), itIsUp)
const isDialled = () => new Heard(isDue, theirPhone('LegAnswered'), theirPhone('OnTape'))
const nothingMore = [thePromptEnds, noKeyComes]

describe('what is keyed in to show who one is', () => {
  test('is kept apart from the story, but for the # that ends it', () => {
    const heard = dialsIn().presses('7#123456#')
    expect(heard.taken).toEqual({ who: '7', pin: '123456' })
    expect(heard.taken).toBeUndefined()
  })

  test('is in no fact, also where a key comes twice', () => {
    const { call, view } = given(aCallArrives('duty'), itIsUp, theCallerPresses('#'))
    expect(decide(call, { kind: 'KeyPressed', key: '4', at: 0 }, view)).toEqual([])
  })

  test('of whom we have dialled is the PIN alone', () => {
    expect(isDialled().presses('9#').taken).toEqual({ who: '7', pin: '9' })
  })

  test('begins anew once it is asked for again', () => {
    expect(
      dialsIn()
        .presses('12')
        .when(...nothingMore)
        .presses('7#123')
        .when(...nothingMore)
        .presses('123456#').taken,
    ).toEqual({
      who: '7',
      pin: '123456',
    })
  })

  test('is heard by the switchboard, and in nothing that it tells', () => {
    const centre = new Hotline()
    centre.dialsInForDuty('duty')
    for (const key of '7#123456#') centre.presses('duty', key)
    expect(centre.board.keyed.take('duty')).toEqual({ who: '7', pin: '123456' })
    expect(centre.told.map(([, { kind }]) => kind)).not.toContain('KeyPressed')
  })

  test('has time anew with each digit: only who is silent is asked again', () => {
    const slowly = dialsIn().when(thePromptEnds).presses('7#').when(thePromptEnds)
    for (const digit of '123456') slowly.when(later(14_000)).presses(digit)
    expect(slowly.call.waits.key).toBe(NOON + 6 * 14_000 + 15_000)
    expect(slowly.call.keys).toBe(7)
    expect(slowly.presses('#').taken).toEqual({ who: '7', pin: '123456' })
  })

  test('may be nothing, which is wrong and not lost', () => {
    expect(dialsIn().presses('##').taken).toEqual({ who: '', pin: '' })
  })

  test('is lost with the service that had heard the first of it, but not where it is asked for again', () => {
    expect(dialsIn().presses('7#123').dies().presses('456#').taken).toBeUndefined()
    expect(dialsIn().presses('1').dies().presses('2#123456#').taken).toBeUndefined()
    expect(
      dialsIn()
        .presses('7#123')
        .dies()
        .when(...nothingMore)
        .presses('123456#').taken,
    ).toBeUndefined()
    expect(isDialled().presses('123').dies().presses('456#').taken).toBeUndefined()
    expect(
      isDialled()
        .presses('123')
        .dies()
        .when(...nothingMore)
        .presses('123456#').taken,
    ).toEqual({ who: '7', pin: '123456' })
  })

  test('of other calls is nothing to it', () => {
    const keyed = new Keyed()
    const pressed = { kind: 'KeyPressed', key: '1', at: 0 } as const
    expect(keyed.hidden(given(aCallArrives(), itIsUp).call!, pressed)).toBe(pressed)
    const elsewhere = { kind: 'LegKey', leg: 'another', key: '1', at: 0 } as const
    expect(keyed.hidden(given(aCallArrives('duty'), itIsUp).call!, elsewhere)).toBe(elsewhere)
  })
})
