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

/** What is said in each prompt, where it is told. */
export type Texts = Record<Prompt, Partial<Record<Language, string>>>

export async function promptTexts(soundsFolder: string): Promise<Texts> {
  return JSON.parse(await readFile(join(soundsFolder, 'catalogue.json'), 'utf8')).prompts
}

type Upload = { readonly name: Prompt; readonly language: Language; readonly text: string }
type Recorded = Readonly<Record<Language, ReadonlySet<Prompt>>>

/** And what managers have uploaded. */
export function withUploaded(recorded: Recorded, uploaded: readonly Upload[]): Recorded {
  const namesIn = (language: Language) => uploaded.flatMap(one => (one.language === language ? one.name : []))
  const sets = LANGUAGES.map(language => [language, new Set([...recorded[language], ...namesIn(language)])])
  return Object.fromEntries(sets)
}

export function withUploadedTexts(texts: Texts, uploaded: readonly Upload[]): Texts {
  const all = { ...texts }
  for (const { name, language, text } of uploaded) all[name] = { ...all[name], [language]: text }
  return all
}
