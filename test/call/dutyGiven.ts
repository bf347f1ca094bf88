import { expect } from 'vitest'
import type { Happening } from '../../src/call/facts.ts'
import type { Waiting } from '../../src/duty/duty.ts'
import { aCallArrives, type Check, given, itIsUp, NOON, type Step, theCallerPresses } from './given.ts'

export const SHIFT_ENDS = NOON + 3_600_000
export const DUTY_CALL = `duty${NOON}-7`

export const message = (id: string, set: Partial<Waiting> = {}): Waiting => ({
  ...{ id, file: `2026/01/05/${id}.wav`, queue: 'sales', from: '13800138000', to: '4008001000' },
  ...{ date: '2026-01-05', time: '09:05', callback: `cb-${id}`, asked: [] },
  ...set,
})

export const thePinIs =
  (result: (Happening & { kind: 'PinChecked' })['result']): Step =>
  () => ({ kind: 'PinChecked', result })
export const itIsRight = (...waiting: Waiting[]): Step => thePinIs({ person: '7', until: SHIFT_ENDS, waiting })

export const theyHear =
  (...prompts: string[]): Check =>
  ({ commands }) =>
    expect(commands.flatMap(command => (command.do === 'say' ? command.prompts : []))).toEqual(prompts)

export const isToldOf = ({ id }: Waiting): string[] => [
  ...['duty-caller', ...'13800138000'.split('').map(digit => `digit/${digit}`), 'duty-left'],
  ...'2026'.split('').map(digit => `number/${digit}`),
  ...['date/year', 'month/1', 'ordinal/5', 'daytime/morning', 'hour/9', 'number/and/5', 'time/minutes'],
  ...[`kept:2026/01/05/${id}.wav`, 'duty-keys'],
]

export const dialledIn = () => given(aCallArrives('duty'), itIsUp)
export const identified = () => dialledIn().when(theCallerPresses('#'), theCallerPresses('#'))
export const hearing = (...waiting: Waiting[]) => identified().when(itIsRight(...waiting))

export const isDue: Step = () => ({
  ...{ kind: 'DutyDue', id: DUTY_CALL, from: '13900139000', to: '4008001000', language: 'zh', person: '7' },
  ...{ number: '013900139000', shows: '4008001000', messages: [{ id: 'm1', asked: ['7'] }] },
})
export const theirPhone =
  (kind: 'LegAnswered' | 'OnTape'): Step =>
  ({ call }) => ({ kind, leg: call!.channel })
export const theirPhoneEnds =
  (cause: number): Step =>
  ({ call }) => ({ kind: 'LegEnded', leg: call!.channel, cause })
export const theCustomer =
  (kind: 'LegRang' | 'LegAnswered'): Step =>
  ({ call }) => ({ kind, leg: call!.outside!.id })
export const theCustomerHangsUp =
  (cause = 16): Step =>
  ({ call }) => ({ kind: 'LegEnded', leg: call!.outside!.id, cause })
