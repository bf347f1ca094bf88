import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CODECS } from '../softphone/g711.ts'
import { RATE, samplesIn, sine } from '../softphone/tone.ts'
import { wavHeader } from '../wav.ts'

const PROMPT_MS = 40

/** Where keys are measured, prompts must be heard. The other series say none of these. */
export const QUESTION = { prompt: 'survey-nps', hz: 440, ms: 4_000 }
export const OTHER_QUESTION = { prompt: 'survey-solved', hz: 1_320, ms: 4_000 }
export const ANSWER = { prompt: 'survey-thanks', hz: 880, ms: 500 }

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
    for (const { prompt, hz, ms } of [QUESTION, OTHER_QUESTION, ANSWER])
      await writeFile(join(folder, language, `${prompt}.wav`), wavOf(sine(hz, { ms })))
  }
}

function wavOf(pcm: Int16Array): Buffer {
  return Buffer.concat([wavHeader(2 * pcm.length, 1, RATE), Buffer.from(pcm.buffer)])
}

/** A second of sound as a phone sends it, for those who talk. */
export const makeTone = (path: string): Promise<void> => writeFile(path, CODECS.PCMA.encode(sine(440)))
