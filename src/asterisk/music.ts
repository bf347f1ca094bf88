import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sentenceOf } from '../errors.ts'
import { LANGUAGES } from '../ivr/flow.ts'
import type { Log } from '../log.ts'
import type { Queue } from '../queue/queue.ts'
import type { Shelf } from '../sound/shelf.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import type { Ari } from './ari.ts'
import { writeConf } from './conf.ts'
import { musicClass } from './requests.ts'

export type MusicParts = {
  ari: Pick<Ari, 'ask' | 'isUp'>
  /** Asterisk sees its folder, too: dialplan/musiconhold.conf reads what is written there. */
  shelf: Pick<Shelf, 'folder' | 'soundAt'>
  queues: () => readonly Queue[]
  log: Log
}

/** The lines' own music: Asterisk is given a class of each, in each language. It plays one that it does not know as its default. */
export class Music {
  readonly #parts: MusicParts
  #giving: Promise<void> = Promise.resolve()

  constructor(parts: MusicParts) {
    this.#parts = parts
  }

  /** One after another. Where Asterisk is away, its return gives it; what else is in the way is for a person. */
  give(): Promise<void> {
    this.#giving = this.#giving.then(() => this.#give())
    return this.#giving
  }

  async #give(): Promise<void> {
    const { ari, shelf, log } = this.#parts
    const file = join(shelf.folder, 'music.conf')
    try {
      const text = await this.#classes()
      const isNew = await writeConf(shelf.folder, 'music.conf', text)
      if (text === '' && !isNew) return
      // It may have read the file before it was as it is.
      if (ari.isUp) await ari.ask({ method: 'PUT', uri: 'asterisk/modules/res_musiconhold.so' })
    } catch (thrown) {
      if (thrown instanceof PhoneRefused && thrown.id === 'away') return
      const mend = 'let the hotline write there, and Asterisk read it'
      const what = 'lines cannot have music of their own: callers hear that of the house'
      log.error({ file, error: sentenceOf(thrown), mend }, what)
    }
  }

  async #classes(): Promise<string> {
    const { queues, shelf } = this.#parts
    const prompts = new Set(queues().flatMap(({ music }) => music ?? []))
    const all = [...prompts].sort().flatMap(prompt => LANGUAGES.map(language => ({ prompt, language })))
    const classes = all.map(async own => {
      const sound = shelf.soundAt(own.language, own.prompt)
      // Of a file that is not there, Asterisk would play silence.
      const isThere = await stat(`${sound}.wav`).then(
        () => true,
        () => false,
      )
      return isThere ? `[${musicClass(own)}]\nmode = playlist\nentry = ${sound}\n` : ''
    })
    return (await Promise.all(classes)).join('')
  }
}
