import { codeDialled } from '../agent/codes.ts'
import { NORMAL_CLEARING } from '../call/causes.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { dialCode } from '../switchboard/desk.ts'
import { type Clock, PhoneRefused } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import { languageOf } from '../switchboard/view.ts'
import { DESK } from './events.ts'
import type { AriPhone } from './phone.ts'

/**
 * An agent dials a code: it is done, spoken, and the line is closed. Nothing of this is a call of the hotline, and nothing
 * is kept of it but the agent's new state.
 */
export class Desk {
  readonly #board: Switchboard
  readonly #phone: AriPhone
  readonly #clock: Clock
  readonly #log: Log

  constructor(board: Switchboard, phone: AriPhone, clock: Clock, log: Log) {
    this.#board = board
    this.#phone = phone
    this.#clock = clock
    this.#log = log
  }

  async dialled(channel: string, agent: string, number: string): Promise<void> {
    const code = codeDialled(number)
    this.#board.busyPhones.begin(channel, agent)
    await this.#try(async () => {
      await this.#phone.perform({ do: 'answer', channel })
      const says = code ? await dialCode(this.#board, agent, code, this.#clock.now()) : ['unknown-code']
      await this.#phone.play(channel, channel + DESK, says ?? ['unknown-agent'], languageOf(this.#board.agents, agent))
    })
  }

  /** The line is closed, whoever closed it: the agent's phone can be rung. */
  left(channel: string): void {
    this.#board.busyPhones.end(channel)
  }

  async told(channel: string): Promise<void> {
    await this.#try(() => this.#phone.perform({ do: 'hang-up', channel, cause: NORMAL_CLEARING }))
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (thrown) {
      if (thrown instanceof PhoneRefused && thrown.id !== 'refused') return // hung up, or recovery will do it
      this.#log.warn({ error: sentenceOf(thrown) }, 'an agent’s code could not be served')
    }
  }
}
