import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LANGUAGES, type Language, type Prompt } from '../ivr/flow.ts'

/** Which prompts are recorded, by language: what callers can really hear. Rejects where the folder cannot be read. */
export async function recordedPrompts(soundsFolder: string): Promise<Record<Language, ReadonlySet<Prompt>>> {
  const sets = await Promise.all(
    LANGUAGES.map(async language => [language, await wavsIn(join(soundsFolder, language))]),
  )
  return Object.fromEntries(sets)
}

async function wavsIn(folder: string): Promise<Set<Prompt>> {
  const names = await readdir(folder, { recursive: true })
  return new Set(names.flatMap(name => (name.endsWith('.wav') ? name.slice(0, -'.wav'.length) : [])))
}

/** What is said in each prompt, where the catalogue tells it. */
export async function promptTexts(soundsFolder: string): Promise<Record<Prompt, Partial<Record<Language, string>>>> {
  return JSON.parse(await readFile(join(soundsFolder, 'catalogue.json'), 'utf8')).prompts
}
