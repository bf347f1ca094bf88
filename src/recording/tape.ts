/**
 * The tape: what Asterisk's MixMonitor writes while a call lives: raw 16-bit little-endian stereo at 8 kHz, left what
 * comes from the caller, right what the caller hears. The recording: the same in a WAV, checked against the call's story.
 */
export const RATE = 8_000
export const BYTES_A_FRAME = 4
/** Bytes of tape a ms. */
export const BYTES_A_MS = (RATE * BYTES_A_FRAME) / 1_000

/** Where a call's recording is kept, below the recordings' folder: one folder a day (UTC), so that none grows without bound. */
export function fileOf(call: string, arrivedAt: number): string {
  const day = new Date(arrivedAt).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/${call}.wav`
}

export const msOf = (tapeBytes: number): number => tapeBytes / BYTES_A_MS

/** A part of a call, ms, half-open. */
export type Span = { readonly from: number; readonly to: number }

/** A tape may differ from the story by this, ms: in its length, and in when something is heard. */
export const TOLERANCE_MS = 500

/** Since when a channel is in the room with somebody who can be heard, and when it was before. Times in ms since 1970. */
export type Together = { readonly since: number | null; readonly talks: readonly Span[] }

/** When the recording was paused; `to` null: up to the end. Times in ms since 1970. */
export type Pause = { readonly from: number; readonly to: number | null }

/** Of the phone of a party, which begins when they answer, and has them from when they have joined. */
export type PartyTape = Together & {
  /** Of their leg. */
  readonly id: string
  readonly answeredAt: number
  readonly joinedAt: number | null
  readonly endedAt: number | null
  /** Q.850; 0: nobody saw the end. */
  readonly cause: number | null
}
