import type { Knex } from 'knex'
import { within } from './addresses.ts'
import { Accounts } from './asterisk/accounts.ts'
import type { Fields } from './asterisk/ami.ts'
import type { Ari } from './asterisk/ari.ts'
import { WORKS_FOR_MS } from './asterisk/bans.ts'
import { Doorkeeper } from './asterisk/doorkeeper.ts'
import { unlessAway } from './away.ts'
import type { Config } from './config.ts'
import { loadAddresses, loadLifted, noteAddress } from './database/addresses.ts'
import { loadAccounts } from './database/load.ts'
import { type PinTried, tryPin } from './database/pins.ts'
import type { Log } from './log.ts'
import type { Clock } from './switchboard/ports.ts'

export type DoorParts = { config: Pick<Config, 'trunk'>; ari: Ari; knex: Knex; clock: Clock; log: Log }

/** By which phones come in: their accounts, and who is refused; and who is let in by a PIN. */
export class Door {
  readonly keeper: Doorkeeper
  /** Told when Asterisk has come back, and when a phone has: of which account. */
  on: { back: () => void; came: (account: string) => void } = { back: () => {}, came: () => {} }
  readonly #accounts: Accounts
  /** Whether it is that agent's. Rejects where it cannot be told. */
  readonly tryPin: (agent: string, pin: string) => Promise<PinTried>

  constructor({ config, ari, knex, clock, log }: DoorParts) {
    this.#accounts = new Accounts({ ari, load: () => loadAccounts(knex).catch(unlessAway), log })
    this.tryPin = (id, pin) => tryPin(knex, { table: 'agents', id }, pin, clock.now(), log)
    this.keeper = new Doorkeeper({
      ...{ ari, clock, log },
      isExempt: within(['127.0.0.1', ...config.trunk.split(',')]),
      known: () => loadAddresses(knex, clock.now(), clock.now() - WORKS_FOR_MS),
      note: known => noteAddress(knex, known),
      lifted: () => loadLifted(knex),
    })
  }

  /** Asterisk has come back. Rejects with PhoneRefused. */
  async give(): Promise<void> {
    await this.#accounts.give()
    await this.keeper.give()
    this.on.back()
  }

  /** The centre is set up otherwise. Rejects with PhoneRefused where Asterisk does not take an account. */
  async giveChanged(): Promise<void> {
    await this.#accounts.giveChanged()
    await this.keeper.pardon()
  }

  /** Whether it was about who is let in. */
  hear(event: Fields): boolean {
    if (event.event === 'SuccessfulAuth' && event.service === 'PJSIP') this.on.came(event.accountid ?? '')
    return this.keeper.hear(event)
  }
  restore = (): Promise<void> => this.keeper.restore()
  close = (): void => this.keeper.close()
}
