/** What who waits in a line was told there. */

/** Times in ms since 1970. */
export type Comforted = {
  readonly told: number
  readonly say: string
  readonly at: number
  readonly announceAt?: number
}

/** When a caller was first told that they would be served, and within what time: ms, as in the fact. */
export type PromisedWait = {
  /** Whose wait it was. */
  readonly queue: string
  readonly at: number
  readonly ms: number
  readonly medianMs: number
  /** What was told last: when they are to be served at the latest. */
  readonly until: number
}
