// The tone after which a caller speaks a message, and the silence in which they are listened to: `npm run beep`. 750 Hz: machines listen for 440, 600, 880 and 1000 Hz.

import { LANGUAGES, write } from './prompts.ts'

const RATE = 24_000
const SECONDS = 0.35
const PITCH = 750
const SILENT_SECONDS = 5

/** Swells and dies away within 20 ms, or it would click. */
const shape = (t: number): number => Math.min(1, t / 0.02, (SECONDS - t) / 0.02)
const samples = Float32Array.from({ length: SECONDS * RATE }, (_, i) => {
  const t = i / RATE
  return 0.3 * shape(t) * Math.sin(2 * Math.PI * PITCH * t)
})
const silence = new Float32Array(SILENT_SECONDS * RATE)
for (const language of LANGUAGES) {
  write('beep', language, { samples, rate: RATE })
  write('silence', language, { samples: silence, rate: RATE })
}
