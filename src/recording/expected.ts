import type { Expected } from './check.ts'
import type { Span } from './tape.ts'

/** What of a call its recording is measured against. Times in ms since 1970. */
export type Told = {
  readonly arrivedAt: number
  readonly answeredAt: number | null
  readonly endedAt: number
  /** Where the tape ended before the call's end was written. */
  readonly goneAt?: number
  readonly said?: readonly Span[]
  /** How many keys were pressed. */
  readonly keys?: number
  readonly leg: Connection | null
  readonly outside?: Outside | null
}

/** Whom they were put through to. */
type Outside = Pick<Connection, 'endedAt' | 'cause'> & { readonly answeredAt: number | null }

type Connection = {
  readonly connectedAt: number | null
  readonly endedAt: number | null
  /** Q.850; 0: nobody saw the end. */
  readonly cause: number | null
  readonly heldMs: number
  readonly holds?: readonly Span[]
}

/**
 * A telephone that tells of a key by events sends no sound meanwhile, and MixMonitor, which waits for both sides for a while
 * (main/audiohook.c), leaves a packet out of each: 16 to 18 ms, as measured with 24 keys of 40 to 1,000 ms.
 */
const KEY_MS = 20

/** Every call is recorded from the answer on; what the caller is told must be heard, and in a talk both, outside the holds. */
export function expectedOf({
  arrivedAt,
  answeredAt,
  endedAt,
  goneAt,
  said = [],
  keys = 0,
  leg,
  outside,
}: Told): Expected {
  const atMostMs = endedAt - arrivedAt
  if (answeredAt === null) return { ms: 0, atMostMs, talk: [], said: [] }
  const onTape = ({ from, to }: Span): Span => ({ from: from - answeredAt, to: to - answeredAt })
  return {
    ms: Math.max(0, (goneAt ?? endedAt) - answeredAt),
    atMostMs,
    talk: (outside ? talkOf({ ...outside, connectedAt: outside.answeredAt, heldMs: 0 }) : talkOf(leg)).map(onTape),
    ...(outside && { other: 'other party' }),
    said: said.map(onTape),
    ...(keys > 0 && { keysMs: keys * KEY_MS }),
  }
}

/** The parts between the holds. */
function talkOf(leg: Connection | null): Span[] {
  if (leg?.connectedAt == null || leg.endedAt === null) return []
  // Whose end nobody saw may have been gone for long when it was noticed.
  if (leg.cause === 0) return []
  const { holds = [] } = leg
  // Of a leg from before holds were kept, nobody knows when they were.
  if (holds.reduce((ms, { from, to }) => ms + to - from, 0) !== leg.heldMs) return []
  const ends = [...holds.map(({ from }) => from), leg.endedAt]
  return [leg.connectedAt, ...holds.map(({ to }) => to)].map((from, i) => ({ from, to: ends[i]! }))
}
