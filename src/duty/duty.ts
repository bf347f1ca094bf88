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

/** What is known of whom we have phoned about a message. */
export type Asking = {
  /** Lately, in their order. */
  readonly asked: readonly string[]
  /** When that was last, or it was passed on; null: nobody was. ms since 1970. */
  readonly askedAt: number | null
  /** They have said that another should be asked. */
  readonly passed: boolean
}

/** How long nobody is asked before a person is who was asked never, once, or more often. */
const PAUSES_MS = [180_000, 600_000, 1_800_000]

/**
 * Whom to ask next, of those on duty in their order: who was not asked yet, else who was longest ago; and when, ms since 1970. What was
 * passed on is asked about at once, where there is somebody who was not. Undefined: nobody is on duty.
 */
export function askNext(
  { asked, askedAt, passed }: Asking,
  onDuty: readonly string[],
): { person: string; at: number } | undefined {
  const [person] = onDuty.toSorted((a, b) => asked.lastIndexOf(a) - asked.lastIndexOf(b))
  if (person === undefined) return undefined
  const times = asked.filter(id => id === person).length
  const pauseMs = passed && times === 0 ? 0 : PAUSES_MS[Math.min(times, PAUSES_MS.length - 1)]!
  return { person, at: (askedAt ?? 0) + pauseMs }
}

/** However long nobody sees to it. */
const KEPT_ASKED = 50

/** Who has been asked, now that they are. */
export const askedToo = (asked: readonly string[], person: string): string[] => [...asked, person].slice(-KEPT_ASKED)
