import type { Dialog } from '../../src/softphone/dialog.ts'
import { RATE, toneLevel } from '../../src/softphone/tone.ts'

const WINDOW_MS = 20
const STEP_MS = 5
const WINDOW = (WINDOW_MS * RATE) / 1_000
const STEP = (STEP_MS * RATE) / 1_000

/**
 * How long at most that voice is away, from now on until it is asked for, in ms: to 5 ms, and never less than it is. What is said with it does
 * not count, and a packet in which it begins or ends does.
 */
export function longestGap(dialog: Dialog, hz: number): { ms: () => number } {
  const pieces: Int16Array[] = []
  const stop = dialog.heard.tap(pcm => pieces.push(pcm.slice()))
  return {
    ms() {
      stop()
      const pcm = Int16Array.from(pieces.flatMap(piece => [...piece]))
      let longest = 0
      let away = 0
      for (let at = 0; at + WINDOW <= pcm.length; at += STEP) {
        const isThere = toneLevel(pcm.subarray(at, at + WINDOW), hz) > -30
        away = isThere ? 0 : away + STEP_MS
        longest = Math.max(longest, away)
      }
      return longest
    },
  }
}
