import { codeDialled } from '../agent/codes.ts'
import { NORMAL_CLEARING } from '../call/causes.ts'
import { HotlineError, sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Centre } from '../switchboard/centre.ts'
import { dialCode, dialNumber, type Filing } from '../switchboard/desk.ts'
import { type Clock, PhoneRefused } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import type { TalkKeys } from '../switchboard/talkKeys.ts'
import { languageOf } from '../switchboard/view.ts'
import { DESK } from './events.ts'
import type { AriPhone } from './phone.ts'

const REFUSED = '~refused'

export type DeskParts = {
  board: Switchboard
  centre: Centre
  phone: AriPhone
  clock: Clock
  log: Log
  keys: TalkKeys
  file: Filing
}

/**
 * An agent dials a number, which begins a call, or a code: it is done, spoken, and the line is closed, as where a number may not be
 * dialled. Nothing of this is a call of the hotline, and nothing is kept of it but the agent's new state.
 */
export class Desk {
  readonly #board: Switchboard
  readonly #centre: Centre
  readonly #phone: AriPhone
  readonly #clock: Clock
  readonly #log: Log
  readonly #keys: TalkKeys
  readonly #file: Filing

  constructor({ board, centre, phone, clock, log, keys, file }: DeskParts) {
    this.#keys = keys
    this.#file = file
    this.#board = board
    this.#centre = centre
    this.#phone = phone
    this.#clock = clock
    this.#log = log
  }

  async dialled(channel: string, agent: string, number: string): Promise<void> {
    this.#board.busyPhones.begin(channel, agent)
    const at = this.#clock.now()
    const isCode = number.startsWith('*')
    if (isCode) return this.#speak(channel, agent, () => this.#done(agent, number, at))
    const dialled = dialNumber(this.#board, this.#centre, { channel, agent, number, at })
    if (dialled.kind === 'refused') return this.#speak(channel, agent, async () => dialled.says)
    if (dialled.kind === 'begun') return
    await this.#try(() => this.#phone.perform({ do: 'let-dial', channel, number: dialled.number }))
  }

  async #done(agent: string, number: string, at: number): Promise<string[]> {
    const code = codeDialled(number, this.#centre.pauseReasons)
    return code ? ((await dialCode(this.#board, agent, code, at, this.#file)) ?? ['unknown-agent']) : ['unknown-code']
  }

  #speak(channel: string, agent: string, says: () => Promise<string[]>): Promise<void> {
    return this.#try(async () => {
      await this.#phone.perform({ do: 'answer', channel })
      await this.#phone.play(channel, channel + DESK, await says(), languageOf(this.#board.agents, agent))
    })
  }

  /** What an agent has pressed in a talk. Why it cannot be done they hear, and the other does not. */
  async pressed(call: string, channel: string, key: string, at: number): Promise<void> {
    await this.#try(async () => {
      const agent = this.#keys.agentAt(call, channel)
      if (agent === undefined) return
      try {
        await this.#keys.press(call, channel, key, at)
      } catch (thrown) {
        if (!(thrown instanceof HotlineError)) throw thrown
        const language = languageOf(this.#board.agents, agent)
        await this.#phone.play(channel, channel + REFUSED, ['talk/not-possible'], language)
      }
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
      this.#log.warn({ error: sentenceOf(thrown) }, 'what an agent has dialled could not be served')
    }
  }
}
