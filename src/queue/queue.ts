/** A waiting line: which skills its callers need and how patient it is. Times in ms. */
export type Queue = {
  readonly id: string
  readonly skills: Skills
  /** Which of the agents who are ready and able is rung; with ring-all, all of them. */
  readonly strategy: Strategy
  /** What is enough once a caller has waited so long, in order of time; the place in the line is kept. */
  readonly relaxing: readonly { readonly afterMs: number; readonly skills: Skills }[]
  /** Its callers come before those of other lines who have waited up to so much longer. */
  readonly headStartMs: number
  /** Who called within this time before has so much of a head start more. */
  readonly repeatWithinMs: number
  readonly repeatHeadStartMs: number
  /** So long a caller waits for the agent whom they talked with last, where that one may soon be free; 0: not at all. */
  readonly lastAgentMs: number
  /** How many may wait; null: any number. */
  readonly mostWaiting: number | null
  /** Which flow callers go on to: who waited for too long, who finds the line full, or nobody there. */
  readonly overflow: Readonly<Partial<Record<Overflow, string>>>
  /** What callers are asked about a talk; null: nothing. */
  readonly survey: QueueSurvey | null
  /** The number that is shown to whom its calls dial; null: the one that the caller dialled. */
  readonly shows: string | null
  readonly callback: QueueCallback
  /** How long an agent's phone rings before the caller is offered on. */
  readonly ringMs: number
  readonly wrapUpMs: number
  /** How often a waiting caller is told their place. */
  readonly announceEveryMs: number
  /** What plays to who waits, over and over; null: the music of the house. */
  readonly music: string | null
  /** What who waits is told in between, in turn. */
  readonly comfort: Comfort
  /** A caller who waited this long goes on elsewhere, or is told that it was too long. */
  readonly longestWaitMs: number
  /** Answered within this time counts as good service. */
  readonly serviceLevelMs: number
}

/** The first prompt after `firstMs`, and then one every `everyMs`, from beginning to beginning; none: nothing is told. */
export type Comfort = { readonly prompts: readonly string[]; readonly firstMs: number; readonly everyMs: number }

/** `share`: of 100 callers, so many are asked. `everyDays`: and no number sooner again; 0: every time. */
export type QueueSurvey = { readonly flow: string; readonly share: number; readonly everyDays: number }

/**
 * `keepsPlace`: who waits may leave by a key, and is called when it is their turn. `withinMs`: so soon a callback is promised.
 * `pausesMs`: before each further try.
 */
export type QueueCallback = {
  readonly keepsPlace: boolean
  readonly withinMs: number
  readonly pausesMs: readonly number[]
  readonly afterLowScore: boolean
}

/** Skill → least level. */
export type Skills = Readonly<Record<string, number>>

export const STRATEGIES = [
  'most-skilled',
  'longest-idle',
  'fewest-calls',
  'round-robin',
  'random',
  'in-order',
  'ring-all',
] as const
export type Strategy = (typeof STRATEGIES)[number]

export const OVERFLOWS = ['wait', 'length', 'nobody'] as const
export type Overflow = (typeof OVERFLOWS)[number]

/** One caller in a line. */
export type Waiting = {
  readonly call: string
  /** As it is for this caller by now. */
  readonly queue: Queue
  /** How often its skills were relaxed for them. */
  readonly relaxed: number
  /** The lower comes first: whoever comes back from a ring in vain has kept it. */
  readonly place: number
  /** For the time being nobody else is to be asked. */
  readonly only?: string
  /** Nobody has waited in the line for it: a callback for a message, say, or a further try. */
  readonly isPromised?: true
  /** Nobody is on the line: a callback. */
  readonly isCallback?: true
  /** Agents who missed this call: not asked again while others can be. */
  readonly missedBy: readonly string[]
  /** Those who have sent them on: not asked again while anybody else is at work who can be, also where that one is busy. */
  readonly deflectedBy?: readonly string[]
  /** Phones ring for them. */
  readonly isRung?: true
}

/** The time of joining, less the head start. Everybody's place ages alike, so who comes first stays so. */
export const placeOf = (joinedAt: number, headStartMs: number): number => joinedAt - headStartMs

/** The line as it is for a caller for whom its skills were relaxed so often. */
export function relaxedBy(queue: Queue, steps: number): Queue {
  const step = queue.relaxing[Math.min(steps, queue.relaxing.length) - 1]
  return step ? { ...queue, skills: step.skills } : queue
}
