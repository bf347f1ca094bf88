import { type Call, nextWait, openOutside } from '../call/call.ts'
import { NO_ANSWER } from '../call/causes.ts'
import type { Command } from '../call/commands.ts'
import type { Happening } from '../call/facts.ts'
import { rungLongest } from '../call/legs.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { channelsOf } from './compare.ts'
import { type Clock, type Phone, PhoneRefused } from './ports.ts'

export type MailboxParts = {
  phone: Phone
  clock: Clock
  log: Log
  /** How often we have lost sight of Asterisk. */
  nights: () => number
  /** A wait is over, or a command was refused, which means something for the call. */
  happened: (happening: Unstamped<Happening>) => void
}

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

/** One call's acts, in order: nothing is done before the facts that ask for it are remembered. */
export class Mailbox {
  call: Call
  #timer: (() => void) | undefined
  readonly #parts: MailboxParts
  #tail: Promise<void> = Promise.resolve()
  #filing: Promise<void> | undefined
  #isEndingRings = false

  constructor(call: Call, parts: MailboxParts) {
    this.call = call
    this.#parts = parts
  }

  /** Resolves when all acts asked for so far are done. */
  get idle(): Promise<void> {
    return this.#tail
  }

  /** Resolves when its recording is not being filed. */
  get filed(): Promise<void> | undefined {
    return this.#filing
  }

  /** `others`: what must be done elsewhere before. */
  after(remembered: Promise<void>, commands: Command[], others?: Promise<unknown>): void {
    const before = this.#tail
    const night = this.#parts.nights()
    this.#tail = remembered.then(
      () => Promise.all([before, others]).then(() => this.#do(commands, night)),
      async thrown => {
        await before
        // Whoever keeps the memory answers for it (another controller won, say); what was not remembered is not done.
        this.#parts.log.warn({ call: this.call.id, error: sentenceOf(thrown) }, 'not remembered, so not done')
      },
    )
  }

  perform(commands: Command[]): void {
    this.after(Promise.resolve(), commands)
  }

  /** Wakes at the end of the first of the call's waits. */
  arm(): void {
    this.disarm()
    const due = nextWait(this.call)
    if (due) this.#timer = this.#parts.clock.at(due.at, () => void this.#due(due))
  }

  disarm(): void {
    this.#timer?.()
    this.#timer = undefined
  }

  async #due({ wait, at }: NonNullable<ReturnType<typeof nextWait>>): Promise<void> {
    if (wait === 'filing') return this.#file()
    if ((wait === 'ring' || wait === 'outside') && !(await this.#haveRungInVain(wait, at))) return
    if (this.call.waits[wait] === at) this.#parts.happened({ kind: 'WaitOver', wait })
  }

  /** Beside the acts: recovery waits for those, and must not wait for a disk that is slow or full of work. */
  #file(): void {
    const filing = () => this.#do([{ do: 'file-recording', call: this.call }], this.#parts.nights())
    this.#filing ??= filing().finally(() => {
      this.#filing = undefined
    })
  }

  /**
   * An answer that a dead link has swallowed is no missed call: an agent is judged only where Asterisk hears us. So this one
   * act comes before its fact; where it is not heard, Asterisk ends the ring by itself, or recovery compares.
   */
  async #haveRungInVain(wait: 'ring' | 'outside', at: number): Promise<boolean> {
    if (this.#isEndingRings) return false
    this.#isEndingRings = true
    const night = this.#parts.nights()
    const isHeard = (await this.#endRings(wait, at, night)) && night === this.#parts.nights()
    this.#isEndingRings = false
    // Or what came to its end in the meantime, as another phone's ring does, would be slept through.
    if (isHeard) this.arm()
    return isHeard
  }

  /** False: Asterisk does not hear us. */
  async #endRings(wait: 'ring' | 'outside', at: number, night: number): Promise<boolean> {
    await this.#tail
    const rung = () => (wait === 'ring' ? rungLongest(this.call) : [openOutside(this.call) ?? []].flat())
    const ringing = () => (this.call.waits[wait] === at && night === this.#parts.nights() ? rung() : [])
    const stillRings = (id: string): boolean => ringing().some(leg => leg.id === id)
    for (const { id } of ringing()) {
      if (!stillRings(id)) continue
      try {
        await this.#parts.phone.perform({ do: 'hang-up', channel: id, cause: NO_ANSWER })
      } catch (thrown) {
        const why = refusalOf(thrown)
        if (why === 'away') return false
        // Never rung, or over unheard: the agent is not to blame.
        if (why === 'gone' && stillRings(id)) this.#parts.happened({ kind: 'LegEnded', leg: id, cause: 0 })
      }
    }
    return true
  }

  async #do(commands: Command[], night: number): Promise<void> {
    for (const command of commands) {
      // What was meant before we lost sight of Asterisk is not done after: recovery compares and mends.
      if (night !== this.#parts.nights()) return
      if (!this.#isWanted(command)) continue
      try {
        await this.#perform(command)
      } catch (thrown) {
        this.#onRefusal(command, thrown)
      }
    }
  }

  /** What is over before it was remembered that it is asked for rings nobody's phone for nothing. */
  #isWanted(command: Command): boolean {
    return (command.do !== 'ring' && command.do !== 'dial') || channelsOf(this.call).includes(command.leg)
  }

  async #perform(command: Command): Promise<void> {
    const { phone } = this.#parts
    try {
      await phone.perform(command)
    } catch (thrown) {
      // What goes on to be said would keep two apart who are put through next.
      if (command.do !== 'stop-saying' || refusalOf(thrown) !== 'refused') throw thrown
      await phone.perform(command)
    }
  }

  #onRefusal(command: Command, thrown: unknown): void {
    const id = refusalOf(thrown)
    if (id === 'away') return // recovery compares and mends on the next connect
    const level = ({ gone: 'debug', refused: 'warn', ours: 'error' } as const)[id]
    const what = id === 'ours' ? 'could not be asked of Asterisk' : 'Asterisk refused'
    this.#parts.log[level]({ call: this.call.id, act: command.do, error: sentenceOf(thrown) }, what)
    const consequence = consequenceOf(command, id)
    if (consequence) this.#parts.happened(consequence)
  }
}

/** `ours`: Asterisk was not even asked. */
const refusalOf = (thrown: unknown): PhoneRefused['id'] | 'ours' =>
  thrown instanceof PhoneRefused ? thrown.id : 'ours'

/** What a refused command means for the call. A channel that is gone says so itself. */
function consequenceOf(command: Command, why: ReturnType<typeof refusalOf>): Unstamped<Happening> | undefined {
  if (command.do === 'ring' || command.do === 'dial')
    return { kind: 'LegEnded', leg: command.leg, cause: SUBSCRIBER_ABSENT }
  if (command.do === 'say') return { kind: 'PromptEnded', say: command.say }
  if (command.do === 'mute-tape' && command.isMuted && command.isAsked) return { kind: 'TapeNotMuted' }
  // Asked for twice it is there already, and goes on.
  if (command.do === 'record' && why !== 'gone')
    return { kind: 'MessageSpoken', message: command.message, isRefused: true }
  return undefined
}

/** Q.850 cause 20. */
const SUBSCRIBER_ABSENT = 20
