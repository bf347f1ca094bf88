import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CODECS } from '../softphone/g711.ts'
import { RATE, samplesIn, sine } from '../softphone/tone.ts'
import { wavHeader } from '../wav.ts'

const PROMPT_MS = 40

/**
 * Every prompt, but so short that nobody waits for its end: neither `Dial()` nor `app_queue` says anything, and what is
 * measured is the machine, not the speaker. The waiting music is the real one; all ways play it.
 */
export async function makeSounds(folder: string, real: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await cp(join(real, 'music'), join(folder, 'music'), { recursive: true })
  const samples = samplesIn(PROMPT_MS)
  const silence = Buffer.concat([wavHeader(2 * samples, 1, RATE), Buffer.alloc(2 * samples)])
  for (const language of ['zh', 'en']) {
    const names = await readdir(join(real, language), { recursive: true })
    for (const name of names.filter(name => name.endsWith('.wav'))) {
      const path = join(folder, language, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, silence)
    }
  }
}

/** A second of sound as a phone sends it, for those who talk. */
export const makeTone = (path: string): Promise<void> => writeFile(path, CODECS.PCMA.encode(sine(440)))
