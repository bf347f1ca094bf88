import type { Expected } from './check.ts'
import type { PartyTape, Pause, Span, Together } from './tape.ts'

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
  /** Absent: nobody talked with them, or that was not kept yet. */
  readonly talk?: Together
  /** When a number outside was put through to them, and no agent has talked with them. */
  readonly outside?: { readonly answeredAt: number | null } | null
  readonly servedAt?: number
  readonly pauses?: readonly Pause[]
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
  talk,
  outside,
  servedAt,
  pauses = [],
}: Told): Expected {
  const atMostMs = endedAt - arrivedAt
  if (answeredAt === null) return { ms: 0, atMostMs, talk: [], said: [] }
  return {
    ms: Math.max(0, (goneAt ?? endedAt) - answeredAt),
    atMostMs,
    ...heard(talk?.talks ?? [], pausesUpTo(endedAt, pauses), answeredAt),
    ...(outside?.answeredAt != null &&
      servedAt === undefined && { sides: ["the caller's side", "the other party's side"] as const }),
    said: said.map(since(answeredAt)),
    ...(keys > 0 && { keysMs: keys * KEY_MS }),
  }
}

/** A party's phone is let go a moment after it is written that they have left. */
const LET_GO_WITHIN_MS = 5_000

/** What must be on the tape of a party's phone, from when they have joined; of one whose end nobody saw, nobody knows how long it is. */
export function expectedOfParty(
  { answeredAt, joinedAt, endedAt, cause, talks }: PartyTape,
  pauses: readonly Pause[] = [],
): Expected {
  const isKnown = joinedAt !== null && endedAt !== null && cause !== 0
  return {
    ms: isKnown ? endedAt - joinedAt : 0,
    atMostMs: (endedAt ?? answeredAt) - answeredAt + LET_GO_WITHIN_MS,
    ...(joinedAt === null ? { talk: [] } : heard(talks, pausesUpTo(endedAt ?? answeredAt, pauses), joinedAt)),
    said: [],
    sides: ['their own side', 'what they heard'],
  }
}

const pausesUpTo = (end: number, pauses: readonly Pause[]): Span[] =>
  pauses.map(({ from, to }) => ({ from, to: to ?? end }))

/** Where both must be heard, and where nobody may be; counted from `start`. */
function heard(talks: readonly Span[], pauses: readonly Span[], start: number): Pick<Expected, 'talk' | 'paused'> {
  const talk = pauses.reduce((left, pause) => left.flatMap(span => outside(span, pause)), talks)
  const paused = pauses.filter(({ to }) => to > start).map(since(start))
  return { talk: talk.map(since(start)), ...(paused.length > 0 && { paused }) }
}

/** What of it lies before the pause, and after it. */
const outside = ({ from, to }: Span, pause: Span): Span[] =>
  [
    { from, to: Math.min(to, pause.from) },
    { from: Math.max(from, pause.to), to },
  ].filter(part => part.from < part.to)

const since =
  (start: number) =>
  ({ from, to }: Span): Span => ({ from: from - start, to: to - start })
