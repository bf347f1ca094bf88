import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Shelf } from '../sound/shelf.ts'
import type { Dialling } from '../switchboard/dialling.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import type { Ari } from './ari.ts'
import { writeConf } from './conf.ts'
import { settingGlobal } from './requests.ts'

export type EmergenciesParts = {
  ari: Pick<Ari, 'ask' | 'isUp'>
  /** Asterisk sees its folder, too: dialplan/extensions.conf reads what is written there. */
  shelf: Pick<Shelf, 'folder'>
  rules: Pick<Dialling, 'outsideLine' | 'shows'>
  log: Log
}

/**
 * How the trunk wants emergencies that are dialled past us (`[emergency]` in the dialplan): Asterisk is told at once, and reads it
 * when it starts, also where we are away then.
 */
export class Emergencies {
  readonly #parts: EmergenciesParts

  constructor(parts: EmergenciesParts) {
    this.#parts = parts
  }

  /** Where Asterisk is away, its return gives it. One way is gone whatever becomes of the other. */
  async give(): Promise<void> {
    const { ari, shelf, rules } = this.#parts
    const variables = Object.entries({ HOTLINE_OUTSIDE: rules.outsideLine, HOTLINE_SHOWS: rules.shows ?? '' })
    await this.#try(async () => {
      if (ari.isUp) for (const [name, value] of variables) await ari.ask(settingGlobal(name, value))
    })
    const text = variables.map(([name, value]) => `${name} = ${value}\n`).join('')
    await this.#try(() => writeConf(shelf.folder, 'emergencies.conf', text))
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (thrown) {
      if (thrown instanceof PhoneRefused && thrown.id === 'away') return
      const { shelf, log } = this.#parts
      const mend = 'let the hotline write there, and Asterisk read it'
      const what = 'emergencies that are dialled while the service is away may not be dialled as the trunk wants them'
      log.error({ folder: shelf.folder, error: sentenceOf(thrown), mend }, what)
    }
  }
}
