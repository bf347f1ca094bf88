import { createHash } from 'node:crypto'
import { Unsound } from './failure.ts'
import { level } from './level.ts'
import { loudness } from './loudness.ts'
import { resample } from './resample.ts'
import type { Sound } from './sound.ts'
import { trim } from './trim.ts'
import { wavOf } from './wav.ts'

/** Phones and trunks talk G.711 here, and so are the house's prompts. */
export const RATE = 8_000
const AT_MOST_S = 600
/** Ten minutes in the best that a recorder gives, 24 bits in stereo at 48 kHz, have 173 MB. */
export const BYTES_AT_MOST = 200e6
/** What is below this was recorded of nobody, LUFS. */
const SILENT = -60

/** A WAV that Asterisk plays. */
export type Made = { readonly audio: Buffer; readonly lengthMs: number; readonly sha256: string }

/** A prompt of a recording, like those of the house. Rejects with Unsound where it cannot become one. */
export async function promptOf(file: Uint8Array): Promise<Made> {
  if (file.length === 0) throw new Unsound('is empty.')
  // Not before it is wanted: a service plays prompts, and decodes none.
  const { decode } = await import('./decode.ts')
  const heard = forTelephones(await decode(file, AT_MOST_S))
  if (!(loudness(heard) > SILENT)) throw new Unsound('is silent, or nearly so.')
  const { samples } = level(trim(heard))
  const audio = wavOf({ samples, rate: RATE })
  return { audio, lengthMs: Math.round((samples.length / RATE) * 1_000), sha256: shaOf(audio) }
}

export const shaOf = (audio: Uint8Array): string => createHash('sha256').update(audio).digest('hex')

/** At their rate, and around zero: cheap recorders add a little to each sample. */
function forTelephones(sound: Sound): Sound {
  const { samples, rate } = resample(sound, RATE)
  const middle = samples.reduce((sum, sample) => sum + sample, 0) / Math.max(1, samples.length)
  return { samples: samples.map(sample => sample - middle), rate }
}
