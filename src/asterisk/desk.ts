import { type Code, codeDialled } from '../agent/codes.ts'
import { NORMAL_CLEARING } from '../call/causes.ts'
import { HotlineError, sentenceOf } from '../errors.ts'
import { dialCode, dialNumber, type Filing } from '../switchboard/desk.ts'
import { PhoneSupervising, type PhoneSupervisingParts } from '../switchboard/phoneSupervising.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import { TalkKeys } from '../switchboard/talkKeys.ts'
import { languageOf } from '../switchboard/view.ts'
import { DESK } from './events.ts'
import type { AriPhone } from './phone.ts'

const REFUSED = '~refused'

export type DeskParts = Omit<PhoneSupervisingParts, 'board'> & {
  board: Switchboard
  phone: AriPhone
  file: Filing
}

/**
 * An agent dials a number, which begins a call, or a code: it is done, spoken, and the line is closed, as where a number may not be
 * dialled. Nothing of this is a call of the hotline, and nothing is kept of it but the agent's new state.
 */
export class Desk {
  readonly #parts: DeskParts
  readonly #keys: TalkKeys
  readonly #supervising: PhoneSupervising

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#keys = new TalkKeys(parts)
    this.#supervising = new PhoneSupervising(parts)
  }

  async dialled(channel: string, agent: string, number: string): Promise<void> {
    const { board, centre, phone, clock } = this.#parts
    board.busyPhones.begin(channel, agent)
    if (number.startsWith('*')) return this.#coded(channel, agent, codeDialled(number, centre.pauseReasons))
    const dialled = dialNumber(board, centre, { channel, agent, number, at: clock.now() })
    if (dialled.kind === 'refused') return this.#speak(channel, agent, async () => dialled.says)
    if (dialled.kind === 'begun') return
    await this.#try(() => phone.perform({ do: 'let-dial', channel, number: dialled.number }))
  }

  async #coded(channel: string, agent: string, code: Code | undefined): Promise<void> {
    const { board, clock, file } = this.#parts
    if (code?.kind !== 'supervise') {
      const at = clock.now()
      const done = async () =>
        code ? ((await dialCode(board, agent, code, at, file)) ?? ['unknown-agent']) : ['unknown-code']
      return this.#speak(channel, agent, done)
    }
    const refused = await this.#supervising.dialled({ channel, phone: agent, agent: code.agent })
    if (refused.length > 0) await this.#speak(channel, agent, async () => refused)
  }

  #speak(channel: string, agent: string, says: () => Promise<string[]>): Promise<void> {
    return this.#try(async () => {
      const { board, phone } = this.#parts
      await phone.perform({ do: 'answer', channel })
      await phone.play(channel, channel + DESK, await says(), languageOf(board.agents, agent))
    })
  }

  /** What an agent, or a supervisor, has pressed in a talk. Why it cannot be done they hear, and the others do not. */
  async pressed(call: string, channel: string, key: string, at: number): Promise<void> {
    await this.#try(async () => {
      const agent = this.#keys.agentAt(call, channel)
      if (agent !== undefined) return this.#tell(channel, agent, await this.#keyed(call, channel, key, at))
      const phone = this.#supervising.phoneAt(call, channel)
      if (phone !== undefined) await this.#tell(channel, phone, await this.#supervising.pressed(call, phone, key))
    })
  }

  async #tell(channel: string, agent: string, says: string[]): Promise<void> {
    const { board, phone } = this.#parts
    if (says.length > 0) await phone.play(channel, channel + REFUSED, says, languageOf(board.agents, agent))
  }

  async #keyed(call: string, channel: string, key: string, at: number): Promise<string[]> {
    try {
      await this.#keys.press(call, channel, key, at)
      return []
    } catch (thrown) {
      if (!(thrown instanceof HotlineError)) throw thrown
      return ['talk/not-possible']
    }
  }

  /** The line is closed, whoever closed it: the agent's phone can be rung. */
  left(channel: string): void {
    this.#parts.board.busyPhones.end(channel)
  }

  async told(channel: string): Promise<void> {
    await this.#try(() => this.#parts.phone.perform({ do: 'hang-up', channel, cause: NORMAL_CLEARING }))
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (thrown) {
      if (thrown instanceof PhoneRefused && thrown.id !== 'refused') return // hung up, or recovery will do it
      this.#parts.log.warn({ error: sentenceOf(thrown) }, 'what an agent has dialled could not be served')
    }
  }
}
