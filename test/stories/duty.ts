import type { Call } from '../../src/call/call.ts'
import type { Happening } from '../../src/call/facts.ts'
import { isAwaited } from '../../src/call/made.ts'
import { DUTY, type Waiting } from '../../src/duty/duty.ts'
import type { Keyed } from '../../src/switchboard/keyed.ts'

/** Whoever is on duty: where they dial in, with what, and what waits for them. */

export const DUTY_NUMBER = '4008001009'
export const WHO = '7#'
export const PIN = '123456#'

export const dialled = (number: string) =>
  ({ flow: number === DUTY_NUMBER ? DUTY : 'hotline', language: 'zh', release: 0 }) as const

/** Of the callbacks that nobody has made. */
export const waitingIn = (calls: Iterable<Call>): Waiting[] =>
  [...calls].filter(isAwaited).flatMap(({ id, from, to, queue, callback }) =>
    callback!.messages.map(message => ({
      ...{ ...message, queue: queue!, from, to, date: '2026-01-05', time: '09:00', callback: id, asked: [] },
    })),
  )

type Result = (Happening & { kind: 'PinChecked' })['result']

/** One of six digits is right; who dials in says who they are first. */
export function resultOf(keyed: ReturnType<Keyed['take']>, calls: Iterable<Call>, until: number): Result {
  if (!keyed) return 'lost'
  return keyed.who === '7' && keyed.pin === '123456' ? { person: '7', until, waiting: waitingIn(calls) } : 'wrong'
}

/** They are dialled about what waits; undefined: nothing does, or somebody is being dialled, or hears it already. */
export function isDue(calls: readonly Call[], at: number): (Happening & { kind: 'DutyDue' }) | undefined {
  const messages = waitingIn(calls).map(({ id }) => ({ id, asked: ['7'] }))
  const isUnderWay = calls.some(
    ({ phase, duty }) => phase !== 'ended' && duty && (duty.dialled !== null || duty.person !== null),
  )
  if (messages.length === 0 || isUnderWay) return undefined
  const is = { id: `duty${at}-7`, from: '13900139007', to: '4008001000', language: 'zh' } as const
  return { kind: 'DutyDue', ...is, person: '7', number: '13900139007', shows: '', messages, at }
}
