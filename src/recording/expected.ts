import type { Expected } from './tape.ts'

/** What of a call its recording is measured against. Times in ms since 1970. */
export type Told = {
  readonly answeredAt: number | null
  readonly endedAt: number
  readonly leg: { connectedAt: number | null; endedAt: number | null; heldMs: number } | null
}

/** Every call is recorded from the answer on; where nobody was on hold, both must be heard in a talk. */
export function expectedOf(call: Told): Expected {
  if (call.answeredAt === null) return { ms: 0, talks: [] }
  const { leg } = call
  const talked = leg?.connectedAt != null && leg.endedAt !== null && leg.heldMs === 0
  const talks = talked ? [{ from: leg.connectedAt! - call.answeredAt, to: leg.endedAt! - call.answeredAt }] : []
  return { ms: call.endedAt - call.answeredAt, talks }
}
