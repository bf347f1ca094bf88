import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sentenceOf } from '../errors.ts'
import type { Language, Prompt } from '../ivr/flow.ts'
import { LANGUAGES } from '../ivr/flow.ts'
import type { Log } from '../log.ts'
import { shaOf } from './prompt.ts'

/** An uploaded prompt, and what its file must be. */
export type Wanted = { readonly name: Prompt; readonly language: Language; readonly sha256: string }

/** Where a prompt's file is as Asterisk sees it, without its ending. */
export type SoundAt = (language: Language, prompt: Prompt) => string

/** The uploaded prompts as files that Asterisk plays, beside those of the house. */
export class Shelf {
  readonly folder: string
  readonly #house: string
  readonly #log: Log
  /** By file, what is in it. */
  readonly #there = new Map<string, string>()

  constructor(folder: string, houseFolder: string, log: Log) {
    this.folder = folder
    this.#house = houseFolder
    this.#log = log
  }

  soundAt: SoundAt = (language, prompt) =>
    join(this.#there.has(this.#fileOf(language, prompt)) ? this.folder : this.#house, language, prompt)

  /**
   * From now on these are played, and no others. One that cannot be written is told in the log, and tried again the next
   * time; callers hear what is said around it. Rejects where `audioOf` does.
   */
  async learn(wanted: readonly Wanted[], audioOf: (one: Wanted) => Promise<Buffer | undefined>): Promise<void> {
    for (const one of wanted) {
      if (await this.#isThere(one)) continue
      const audio = await audioOf(one)
      if (audio) await this.#write(one, audio)
    }
    await this.#sweep(new Set(wanted.map(({ language, name }) => this.#fileOf(language, name))))
  }

  #fileOf(language: Language, prompt: Prompt): string {
    return join(this.folder, language, `${prompt}.wav`)
  }

  /** Read once, and looked for ever after. */
  async #isThere({ language, name, sha256 }: Wanted): Promise<boolean> {
    const file = this.#fileOf(language, name)
    const known = this.#there.get(file)
    const found = await (known === undefined ? readFile(file).then(shaOf) : stat(file).then(() => known)).catch(
      () => '',
    )
    if (found === '') this.#there.delete(file)
    if (found === sha256) this.#there.set(file, sha256)
    return found === sha256
  }

  /** Whole, then moved into place: a playback that has begun goes on with what it began with. */
  async #write({ language, name, sha256 }: Wanted, audio: Buffer): Promise<void> {
    const file = this.#fileOf(language, name)
    const beside = `${file}.${process.pid}`
    try {
      await mkdir(join(this.folder, language), { recursive: true })
      await writeFile(beside, audio)
      await rename(beside, file)
      this.#there.set(file, sha256)
      this.#log.info({ prompt: name, language }, 'an uploaded prompt can be played')
    } catch (thrown) {
      await rm(beside, { force: true }).catch(() => {})
      this.#log.error(
        { prompt: name, language, file, error: sentenceOf(thrown), mend: 'make room, or let the hotline write there' },
        'an uploaded prompt cannot be written: callers do not hear it as it is now',
      )
    }
  }

  async #sweep(wanted: ReadonlySet<string>): Promise<void> {
    for (const language of LANGUAGES) {
      const folder = join(this.folder, language)
      const files = (await readdir(folder).catch(() => [])).map(name => join(folder, name))
      for (const file of files.filter(file => file.endsWith('.wav') && !wanted.has(file))) {
        this.#there.delete(file)
        await rm(file, { force: true }).catch(thrown =>
          this.#log.warn({ file, error: sentenceOf(thrown) }, 'a prompt that was removed cannot be deleted'),
        )
      }
    }
  }
}
