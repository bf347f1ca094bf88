import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Dialling } from '../switchboard/dialling.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import type { Ari } from './ari.ts'
import { settingGlobal } from './requests.ts'

export type EmergenciesParts = {
  ari: Pick<Ari, 'ask' | 'isUp'>
  rules: Pick<Dialling, 'outsideLine' | 'shows'>
  log: Log
}

/**
 * How the trunk wants emergencies that are dialled past us: the dialplan (`[emergency]`) knows it from Asterisk's own database,
 * which outlives us and Asterisk. (A global variable in the name of which a function stands is written by that function:
 * main/pbx_variables.c.)
 */
export class Emergencies {
  readonly #parts: EmergenciesParts

  constructor(parts: EmergenciesParts) {
    this.#parts = parts
  }

  /** Where Asterisk is away, its return gives it. */
  async give(): Promise<void> {
    const { ari, rules, log } = this.#parts
    if (!ari.isUp) return
    try {
      await ari.ask(settingGlobal('DB(hotline/outside-line)', rules.outsideLine))
      await ari.ask(settingGlobal('DB(hotline/shows)', rules.shows ?? ''))
    } catch (thrown) {
      if (thrown instanceof PhoneRefused && thrown.id === 'away') return
      log.error({ error: sentenceOf(thrown) }, 'Asterisk does not learn how the trunk wants emergencies to be dialled')
    }
  }
}
