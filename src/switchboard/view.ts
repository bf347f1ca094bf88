import type { View } from '../call/view.ts'
import type { Centre } from './centre.ts'
import type { Matching } from './matching.ts'

const SHORT_ABANDON_MS = 5_000

/** What a call's decisions see of the centre and of its lines. */
export const viewOf = (centre: Centre, matching: Matching, namedQueues: readonly string[]): View => ({
  flow: centre.flow,
  queue: centre.queue,
  placeInLine: (queue, since) => matching.placeInLine(queue, since),
  staff: queue => matching.staff(queue),
  shortAbandonMs: SHORT_ABANDON_MS,
  namedQueues,
})
