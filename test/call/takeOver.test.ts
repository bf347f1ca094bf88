import { describe, expect, test } from 'vitest'
import { hearing, isToldOf, message, theCustomer, theCustomerHangsUp, theyHear } from './dutyGiven.ts'
import {
  asteriskIsAskedTo,
  CALL,
  itIsToldAs,
  noKeyComes,
  theCallerHangsUp,
  theCallerPresses,
  theCallIs,
  theOutcomeIs,
  thePromptEnds,
  theWaitIsOver,
} from './given.ts'

describe('who takes a message over', () => {
  const takesOver = () => hearing(message('m1'), message('m2')).when(theCallerPresses('3'))

  test('has its caller dialled, who sees the number that they had called', () => {
    takesOver().so(
      itIsToldAs('KeyPressed', 'TakeOverBegun', 'OutsideDialled'),
      ({ commands }) =>
        expect(commands.filter(command => command.do !== 'stop-saying')).toMatchObject([
          { do: 'dial', number: '13800138000', shows: '4008001000' },
          { do: 'ringing', channel: CALL },
        ]),
      theCallIs('transferring-out'),
    )
  })

  test('is put through, and goes on with the next message when the customer hangs up', () => {
    takesOver()
      .when(theCustomer('LegRang'), theCustomer('LegAnswered'))
      .so(itIsToldAs('OutsideRang', 'OutsideAnswered', 'MessageSettled'), ({ facts }) =>
        expect(facts[2]).toMatchObject({ message: 'm1', as: 'taken' }),
      )
      .when(theCustomerHangsUp())
      .so(
        itIsToldAs('OutsideEnded', 'MessageTold', 'Prompted'),
        asteriskIsAskedTo('take-out', 'disconnect', 'say'),
        theyHear(...isToldOf(message('m2'))),
      )
  })

  test.each([
    ['is busy', theCustomerHangsUp(17)],
    ['does not answer', theWaitIsOver('outside')],
  ])('still has the message where the customer %s', (_, happens) => {
    takesOver()
      .when(happens)
      .so(itIsToldAs('OutsideEnded', 'Prompted'), theyHear('duty-not-reached', 'duty-keys'), theCallIs('in-flow'))
      .when(theCallerPresses('2'))
      .so(({ facts }) => expect(facts[1]).toMatchObject({ message: 'm1', as: 'kept' }))
  })

  test('dials nobody whom the dialling rules do not allow', () => {
    const refusal = { reason: 'not-allowed', sentence: 'not like that' } as const
    hearing(message('m1'))
      .with({ toDial: () => ({ refusal }) })
      .when(theCallerPresses('3'))
      .so(itIsToldAs('KeyPressed', 'DiallingRefused', 'Prompted'), theyHear('duty-not-reached', 'duty-keys'))
  })

  test('ends the talk by hanging up', () => {
    takesOver()
      .when(theCustomer('LegAnswered'))
      .when(theCallerHangsUp)
      .so(theOutcomeIs('self-served'), asteriskIsAskedTo('hang-up', 'disconnect'))
  })
})

describe('a message whose caller was called back or served meanwhile', () => {
  const [first, second] = [message('m1'), message('m2')]
  const isOver = (...callbacks: string[]) => ({
    standOf: (id: string) => (callbacks.includes(id) ? 'over' : 'awaited') as 'over' | 'awaited',
  })

  test('is not told', () => {
    hearing(message('m0'), first, second)
      .with(isOver('cb-m1'))
      .when(theCallerPresses('2'))
      .so(itIsToldAs('KeyPressed', 'MessageSettled', 'MessageTold', 'Prompted'), theyHear(...isToldOf(second)))
      .when(theCallerPresses('2'))
      .so(({ facts }) => expect(facts[1]).toMatchObject({ message: 'm2' }), theyHear('duty-no-more'))
  })

  test('is not taken over: the next is told', () => {
    hearing(first, second)
      .with(isOver('cb-m1'))
      .when(theCallerPresses('3'))
      .so(itIsToldAs('KeyPressed', 'MessageTold', 'Prompted'), theyHear(...isToldOf(second)))
      .with(isOver('cb-m1', 'cb-m2'))
      .when(theCallerPresses('3'))
      .so(itIsToldAs('KeyPressed', 'Dismissed', 'Prompted'), theyHear('duty-no-more'))
  })

  test('gives way to the next, which is told whole, where no key was pressed', () => {
    hearing(first, second)
      .with(isOver('cb-m1'))
      .when(thePromptEnds, noKeyComes)
      .so(theyHear(...isToldOf(second)))
  })

  test('has no part in what they have talked about already: another message of the same caller', () => {
    hearing(first, { ...second, callback: 'cb-m1' })
      .when(theCallerPresses('3'), theCustomer('LegAnswered'))
      .with(isOver('cb-m1'))
      .when(theCustomerHangsUp())
      .so(theyHear('duty-no-more'))
  })
})

test('nobody whom we have on the line already is dialled', () => {
  hearing(message('m1'))
    .with({ standOf: () => 'on-the-line' })
    .when(theCallerPresses('3'))
    .so(itIsToldAs('KeyPressed', 'Prompted'), theyHear('duty-not-reached', 'duty-keys'))
    .with({ standOf: () => 'awaited' })
    .when(theCallerPresses('3'))
    .so(itIsToldAs('KeyPressed', 'TakeOverBegun', 'OutsideDialled'))
})
