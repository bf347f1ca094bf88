import { KEPT, type Language, type Prompt } from '../ivr/flow.ts'
import { saying } from '../ivr/saying.ts'
import { count } from '../ivr/speech.ts'

/** The flow of a number by which those on duty dial in. */
export const DUTY = 'duty'

/** A message that nobody has seen to. `file`: below the folder of recordings; `date` and `time` by the centre's clocks: `2026-10-01`, `09:00`. */
export type Waiting = {
  readonly id: string
  readonly file: string
  readonly queue: string
  readonly from: string
  /** The number of ours that they had dialled. */
  readonly to: string
  readonly date: string
  readonly time: string
  /** The callback that was promised for it; null: none. */
  readonly callback: string | null
  /** Who has been asked about it already. */
  readonly asked: readonly string[]
}

/** What became of a message by whoever was on duty. `kept`: it is to be done, and nobody else is asked before their shift is over. */
export type Settled = 'kept' | 'taken' | 'passed' | 'done'

/** What a key means once a message was told; undefined: nothing. */
export const MEANING: Readonly<Record<string, 'again' | 'keep' | 'take-over' | 'pass-on' | 'done'>> = {
  1: 'again',
  2: 'keep',
  3: 'take-over',
  4: 'pass-on',
  5: 'done',
}

export const howMany = (waiting: number): Prompt[] => [
  'duty-you-have',
  ...count(waiting),
  waiting === 1 ? 'duty-message' : 'duty-messages',
]

/** Who has called, when, what they said, and the keys. */
export function telling({ from, date, time, file }: Waiting, language: Language): Prompt[] {
  const number = saying('digits', from.replace(/\D/g, ''), language)
  return [
    ...(number ? ['duty-caller', ...number] : ['duty-no-number']),
    'duty-left',
    ...(saying('date', date, language) ?? []),
    ...(saying('time', time, language) ?? []),
    KEPT + file,
    'duty-keys',
  ]
}

/**
 * Whom to ask next, of those on duty in their order, where so many were asked; once all were, it begins anew. Undefined: nobody
 * is on duty. `asked`: who has been asked then, they included.
 */
export function askNext(
  asked: readonly string[],
  onDuty: readonly string[],
): { person: string; asked: string[] } | undefined {
  const next = onDuty.find(id => !asked.includes(id))
  if (next !== undefined) return { person: next, asked: [...asked, next] }
  return onDuty[0] === undefined ? undefined : { person: onDuty[0], asked: [onDuty[0]] }
}
