import { Ear } from './ear.ts'
import { BYTES_A_FRAME, msOf, type Span, TOLERANCE_MS } from './tape.ts'

/**
 * What the call's story says must be on the tape. `talk`: the parts in which the two were connected and nobody was on
 * hold; `said`: when the caller was being told something. Both counted from the answer, in order.
 */
export type Expected = {
  ms: number
  /** From the arrival on: an answer that nobody heard of was sooner than it was noticed, and the tape is the longer. */
  atMostMs: number
  talk: Span[]
  said: Span[]
  /** By so much it may be shorter, for the keys that were pressed. */
  keysMs?: number
  /** Where nobody may be heard. */
  paused?: Span[]
  /** What is on its left and on its right, for people; absent: the caller, and the agent. */
  sides?: readonly [left: string, right: string]
}

const SIDES = ["the caller's side", "the agent's side"] as const

/** A side that is silent for all of a talk of which so much can be heard is missing. */
const SILENT_TALK_MS = 5_000
/** Nobody who is still there is silent for longer than this, and for half of the talk, up to its end. */
const SILENT_FOR_GOOD_MS = 60_000
/** A prompt of which less than this is on the tape is not looked for. */
const SILENT_PROMPT_MS = 2_000
/** So long a prompt must be for that much of it to be surely its own. */
export const SHORTEST_TOLD_MS = SILENT_PROMPT_MS + 2 * TOLERANCE_MS

/** Follows the tape as it is read, block by block, and knows at the end what is wrong with it. */
export class TapeCheck {
  readonly #expectedMs: number
  readonly #atMostMs: number
  readonly #keysMs: number
  readonly #caller: Ear
  readonly #agent: Ear
  readonly #sides: readonly [string, string]
  readonly #prompts: { at: number; ear: Ear }[]
  readonly #pauses: { at: number; ear: Ear }[]
  #frames = 0

  constructor({ ms, atMostMs, talk, said, keysMs = 0, sides = SIDES, paused = [] }: Expected) {
    this.#sides = sides
    this.#expectedMs = ms
    this.#atMostMs = atMostMs
    this.#keysMs = keysMs
    this.#caller = new Ear('left', talk)
    this.#agent = new Ear('right', talk)
    this.#pauses = paused.flatMap(span =>
      (['left', 'right'] as const).map(side => ({ at: span.from, ear: new Ear(side, [span]) })),
    )
    this.#prompts = said.map(span => ({ at: span.from, ear: new Ear('right', [span]) }))
  }

  /** `block`: whole frames, in order. */
  read(block: Buffer): void {
    for (const ear of [this.#caller, this.#agent, ...[...this.#prompts, ...this.#pauses].map(({ ear }) => ear)])
      ear.read(block, this.#frames)
    this.#frames += Math.floor(block.length / BYTES_A_FRAME)
  }

  /** Sentences for people; empty where the recording is whole. Moments are minutes and seconds of the recording. */
  faults(): string[] {
    const ms = msOf(this.#frames * BYTES_A_FRAME)
    return [
      ...this.#wrongLength(ms),
      ...silenceOf(this.#sides[0], this.#caller, ms),
      ...silenceOf(this.#sides[1], this.#agent, ms),
      ...this.#unheardPrompts(ms),
      ...this.#heardPauses(),
    ]
  }

  #wrongLength(ms: number): string[] {
    const missing = this.#expectedMs - ms
    if (missing > TOLERANCE_MS + this.#keysMs) return [`${inSeconds(missing)} shorter than the call`]
    const isLonger = ms - Math.max(this.#expectedMs, this.#atMostMs) > TOLERANCE_MS
    return isLonger ? [`${inSeconds(ms - this.#expectedMs)} longer than the call`] : []
  }

  #heardPauses(): string[] {
    const heard = new Set(this.#pauses.flatMap(({ at, ear }) => (ear.heardUntil === undefined ? [] : clock(at))))
    return heard.size === 0 ? [] : [`something is heard while it was paused, from ${[...heard].join(', ')}`]
  }

  #unheardPrompts(ms: number): string[] {
    // Where the tape is not as long as the call nobody knows which moment of it is which, and a prompt is soon over.
    if (Math.abs(this.#expectedMs - ms) > TOLERANCE_MS) return []
    const unheard = this.#prompts.filter(
      ({ ear }) => ear.heardUntil === undefined && ear.length(0, ms) >= SILENT_PROMPT_MS,
    )
    if (unheard.length === 0) return []
    return [`nothing is heard of what the caller was told at ${unheard.map(({ at }) => clock(at)).join(', ')}`]
  }
}

/** What is missing from a tape of so many ms is not silent: its length tells of it. */
function silenceOf(side: string, ear: Ear, ms: number): string[] {
  const whole = ear.length(0, ms)
  if (whole < SILENT_TALK_MS) return []
  if (ear.heardUntil === undefined) return [`${side} is silent for the whole talk`]
  const silentMs = ear.length(ear.heardUntil, ms)
  const isForGood = silentMs > SILENT_FOR_GOOD_MS && silentMs >= whole / 2
  return isForGood ? [`${side} is silent from ${clock(ear.heardUntil)} to the end of the talk`] : []
}

const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** 3:07 */
const clock = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}`
