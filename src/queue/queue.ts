/** A waiting line: which skills its callers need and how patient it is. Times in ms. */
export type Queue = {
  readonly id: string
  /** Skill → least level. */
  readonly skills: Readonly<Record<string, number>>
  /** How long an agent's phone rings before the caller is offered on. */
  readonly ringMs: number
  readonly wrapUpMs: number
  /** How often a waiting caller is told their place. */
  readonly announceEveryMs: number
  /** A caller who waited this long is told that it was too long. */
  readonly longestWaitMs: number
  /** Answered within this time counts as good service. */
  readonly serviceLevelMs: number
}

/** One caller in a line. The place is the time of joining: whoever comes back from a ring in vain has kept it. */
export type Waiting = {
  readonly call: string
  readonly queue: Queue
  readonly since: number
  /** Agents who missed this call: not asked again while others can be. */
  readonly missedBy: readonly string[]
}
