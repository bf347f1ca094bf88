import { setTimeout as pause } from 'node:timers/promises'
import { type Code, codeDialled, signsIn } from '../agent/codes.ts'
import { NORMAL_CLEARING } from '../call/causes.ts'
import { HotlineError, sentenceOf } from '../errors.ts'
import { digits } from '../ivr/speech.ts'
import { dialCode, dialNumber, type Filing } from '../switchboard/desk.ts'
import { PhoneSupervising, type PhoneSupervisingParts } from '../switchboard/phoneSupervising.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import { agentAt, nobodyAt, seatOf, whoSignsIn, whyNotSeated } from '../switchboard/seating.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import { TalkKeys } from '../switchboard/talkKeys.ts'
import { languageOf } from '../switchboard/view.ts'
import { DESK, DESK_ASKS } from './events.ts'
import type { AriPhone } from './phone.ts'

const REFUSED = '~refused'
const AFTER_A_KEY_MS = 250

export type DeskParts = Omit<PhoneSupervisingParts, 'board'> & {
  board: Switchboard
  phone: Pick<AriPhone, 'perform' | 'play'>
  file: Filing
  door: {
    /** Whether this is the agent's PIN. Rejects where that cannot be told. */
    tryPin(agent: string, pin: string): Promise<'right' | 'wrong' | 'locked'>
  }
}

/** Whose PIN is asked for, at which phone, and what of it has come. It is in no fact, table or log. */
type Asked = { readonly phone: string; readonly agent: string; pin: string }

/** A quarter of a minute, in which they may key it in. */
const FOR_THE_PIN = ['silence', 'silence', 'silence']
const LONGEST_PIN = 40
/** As the audit log has it. */
const WHY_NOT = { wrong: 'wrong-pin', locked: 'locked' }

/**
 * An agent dials a number, which begins a call, or a code: it is done, spoken, and the line is closed, as where a number may not be
 * dialled. Nothing of this is a call of the hotline, and nothing is kept of it but the agent's new state.
 */
export class Desk {
  readonly #parts: DeskParts
  readonly #keys: TalkKeys
  readonly #supervising: PhoneSupervising
  /** By channel. */
  readonly #asked = new Map<string, Asked>()

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#keys = new TalkKeys(parts)
    this.#supervising = new PhoneSupervising(parts)
  }

  async dialled(channel: string, phone: string, number: string): Promise<void> {
    const { board, centre, clock } = this.#parts
    board.busyPhones.begin(channel, phone)
    const who = signsIn(number)
    if (who !== undefined) return this.#signsIn(channel, phone, who)
    const agent = agentAt(board.agents, phone)?.id ?? ''
    if (number.startsWith('*')) return this.#coded(channel, phone, agent, codeDialled(number, centre.pauseReasons))
    const dialled = dialNumber(board, centre, { channel, phone, number, at: clock.now() })
    if (dialled.kind === 'refused') return this.#speak(channel, agent, async () => dialled.says)
    if (dialled.kind === 'begun') return
    await this.#try(() => this.#parts.phone.perform({ do: 'let-dial', channel, number: dialled.number }))
  }

  async #coded(channel: string, phone: string, agent: string, code: Code | undefined): Promise<void> {
    const { board, centre, clock, file } = this.#parts
    const says = (prompt: string) => this.#speak(channel, agent, async () => [prompt])
    if (!code) return says('unknown-code')
    if (agent === '') return says(nobodyAt(board.agents, centre.phones, phone))
    if (code.kind !== 'supervise') {
      const at = clock.now()
      return this.#speak(
        channel,
        agent,
        async () => (await dialCode(board, agent, code, at, file)) ?? ['unknown-agent'],
      )
    }
    const refused = await this.#supervising.dialled({ channel, phone: agent, agent: code.agent })
    if (refused.length > 0) await this.#speak(channel, agent, async () => refused)
  }

  async #signsIn(channel: string, phone: string, said: string): Promise<void> {
    const { board, centre } = this.#parts
    const who = whoSignsIn(board.agents, centre.phones, phone, said)
    if ('says' in who) return this.#speak(channel, '', async () => [who.says])
    if (!who.needsPin)
      return this.#speak(channel, who.agent, async () => (await this.#seat(channel, phone, who.agent)).says)
    this.#asked.set(channel, { phone, agent: who.agent, pin: '' })
    await this.#play(channel, DESK_ASKS, who.agent, async () => ['duty-pin', ...FOR_THE_PIN])
  }

  /** A key of the PIN that this channel is asked for: nobody else is to see it. False: none is. */
  keyed(channel: string, key: string): boolean {
    const asked = this.#asked.get(channel)
    if (!asked) return false
    if (key === '#') void this.#answered(channel, asked)
    else asked.pin = (asked.pin + key).slice(0, LONGEST_PIN)
    return true
  }

  async #answered(channel: string, { phone, agent, pin }: Asked): Promise<void> {
    const { board, door, log } = this.#parts
    this.#asked.delete(channel)
    board.busyPhones.begin(channel, phone)
    await this.#try(() => this.#parts.phone.perform({ do: 'stop-saying', say: channel + DESK_ASKS }))
    const tried = await door.tryPin(agent, pin).catch(thrown => {
      log.warn({ phone, error: sentenceOf(thrown) }, 'whether a PIN is right cannot be told')
      return undefined
    })
    if (tried === undefined) return this.#speak(channel, agent, async () => ['service-unavailable'])
    if (tried === 'right') return this.#speak(channel, agent, () => this.#seatWhoKnows(channel, phone, agent))
    const outcome = board.agents.has(agent) ? WHY_NOT[tried] : 'unknown-agent'
    await this.#note(phone, agent, outcome)
    await this.#speak(channel, agent, async () => ['duty-wrong'])
  }

  /** By their PIN. Who is put out of that seat by it is in the audit log, too. */
  async #seatWhoKnows(channel: string, phone: string, agent: string): Promise<string[]> {
    const { board } = this.#parts
    const other = agentAt(board.agents, phone)?.id
    const { says, outcome } = await this.#seat(channel, phone, agent)
    const isPutOut = outcome === 'done' && other !== undefined && other !== agent
    await this.#note(phone, agent, outcome, isPutOut ? { signedOut: other } : {})
    return says
  }

  async #note(phone: string, agent: string, outcome: string, details: object = {}): Promise<void> {
    const { board, supervisors, clock, log } = this.#parts
    // Who is nobody may be a PIN, keyed in where the id belongs.
    const whom = board.agents.has(agent) ? agent : null
    await supervisors
      .note({ phone, what: 'dial *1', whom, details, outcome, at: clock.now() })
      .catch(thrown => log.warn({ agent: whom, error: sentenceOf(thrown) }, 'a sign-in is not in the audit log'))
  }

  /** It was asked for in vain. */
  async unanswered(channel: string): Promise<void> {
    if (this.#asked.delete(channel)) await this.told(channel)
  }

  async #seat(channel: string, phone: string, id: string): Promise<{ says: string[]; outcome: string }> {
    const { board } = this.#parts
    const agent = board.agents.get(id)
    if (!agent) return { says: ['unknown-agent'], outcome: 'unknown-agent' }
    const because = whyNotSeated(board, agent, phone, channel)
    if (because) return { says: [because === 'in-call' ? 'dial/in-call' : 'phone/in-use'], outcome: because }
    const other = agentAt(board.agents, phone)
    const seat = seatOf(id, phone)
    const greeting = await board.dial(id, { kind: 'sign-in', phone: seat })
    const says = [
      ...(other && other.id !== id ? ['phone/other-signed-out'] : []),
      ...(seat === null ? [] : ['agent-number', ...digits(id)]),
      ...greeting!,
    ]
    return { says, outcome: 'done' }
  }

  #speak = (channel: string, agent: string, says: () => Promise<string[]>): Promise<void> =>
    this.#play(channel, DESK, agent, says)

  #play(channel: string, playback: string, agent: string, says: () => Promise<string[]>): Promise<void> {
    const { board, phone } = this.#parts
    return this.#try(async () => {
      await phone.perform({ do: 'answer', channel })
      await phone.play(channel, channel + playback, await says(), languageOf(board.agents, agent))
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

  /**
   * A moment later: while something is played to one of two in a bridge, Asterisk takes them aside, and where that is just as they let go of a key,
   * the end of it may be lost. Then the other hears no sound until the next key (one of five times, in 22.10).
   */
  async #tell(channel: string, agent: string, says: string[]): Promise<void> {
    if (says.length === 0) return
    const { board, phone } = this.#parts
    await pause(AFTER_A_KEY_MS)
    await phone.play(channel, channel + REFUSED, says, languageOf(board.agents, agent))
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

  /** The line is closed, whoever closed it: the phone can be rung. */
  left(channel: string): void {
    this.#asked.delete(channel)
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
