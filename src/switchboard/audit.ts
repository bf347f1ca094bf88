import { type Call, openLegs } from '../call/call.ts'
import type { Command } from '../call/commands.ts'
import { callOn, isCallerGone, missed, strays, underWay, unknownCallers } from './compare.ts'
import { isGone, type Seen, type SeenChannel, type UnderWay } from './ports.ts'
import { commandsAgain, matchAgentsToCalls, type Recovery, welcome, withoutCaller } from './recover.ts'

/**
 * Looks now and then whether what is believed is still so, for the event that never came and the command that was never
 * done. What differs once may be on its way; what differs in the same way at the next look is true.
 */
export class Audit {
  readonly #parts: Recovery
  /** Call → what seems to have happened to it unheard. */
  #doubted = new Map<string, string>()
  /** What was under way at the last look: what still is has begun by now, so that Asterisk must know of it. */
  #underWay = new Set<string>()
  #strays = new Set<string>()
  #unknown = new Set<string>()
  #night = 0

  constructor(parts: Recovery) {
    this.#parts = parts
  }

  /** Rejects with PhoneRefused where Asterisk cannot be asked. */
  async look(): Promise<void> {
    const { board } = this.#parts
    if (this.#night !== board.nights) this.#forget()
    const believed = board.calls
    const seen = await this.#see(underWay(believed))
    const doubted = new Map<string, string>()
    for (const call of believed) {
      const doubt = doubtOf(call, seen)
      if (doubt === undefined) continue
      const wasSo = this.#doubted.get(call.id) === doubt && board.call(call.id)?.seq === call.seq
      if (wasSo) await this.#mend(call.id, seen)
      else doubted.set(call.id, doubt)
    }
    this.#doubted = doubted
    this.#welcome(unknownCallers(seen, id => board.call(id)))
    await this.#clearAway(strays(seen, id => callOn(board, id)))
    matchAgentsToCalls(board)
  }

  /** What was seen before we lost sight of Asterisk recovery has compared since, and may be mending now. */
  #forget(): void {
    this.#night = this.#parts.board.nights
    this.#doubted = new Map()
    this.#strays = new Set()
    this.#unknown = new Set()
  }

  /** What has only just begun is taken to go on, without asking. */
  async #see({ sayings, messages }: UnderWay): Promise<Seen> {
    const isOld = (id: string): boolean => this.#underWay.has(id)
    const isNew = (id: string): boolean => !isOld(id)
    const seen = await this.#parts.phone.look({ sayings: sayings.filter(isOld), messages: messages.filter(isOld) })
    const begun = messages.filter(isNew).map(id => [id, 'being-spoken'] as const)
    const both = {
      sayings: new Set([...seen.sayings, ...sayings.filter(isNew)]),
      messages: new Map([...seen.messages, ...begun]),
    }
    this.#underWay = new Set([...sayings, ...messages])
    return { ...seen, ...both }
  }

  async #mend(id: string, seen: Seen): Promise<void> {
    const { board, clock, log } = this.#parts
    const call = board.call(id)!
    const happenings = isCallerGone(call, seen)
      ? await withoutCaller(call, seen, this.#parts)
      : missed(call, seen, clock.now())
    const commands = happenings.length > 0 ? [] : undone(call, seen)
    log.warn(
      {
        ...{ call: id, phase: call.phase, legs: openLegs(call).map(({ id }) => id) },
        ...{ happened: happenings.map(({ kind }) => kind), asked: commands.map(command => command.do) },
      },
      'an event was never heard, or a command never done, which is made up for',
    )
    for (const happening of happenings) board.happen(id, happening)
    board.again(id, commands)
  }

  #welcome(callers: SeenChannel[]): void {
    const again = callers.filter(({ id }) => this.#unknown.has(id))
    this.#unknown = new Set(callers.map(({ id }) => id))
    for (const channel of again) {
      this.#parts.log.warn({ call: channel.id }, 'a caller came in unheard, and is answered now')
      welcome(channel, this.#parts)
    }
  }

  async #clearAway(commands: Command[]): Promise<void> {
    // Who dials a code is still being told what came of it, or asked for a PIN.
    const isServed = (command: Command): boolean =>
      command.do === 'hang-up' && this.#parts.board.busyPhones.isOn(command.channel)
    const needless = commands.filter(command => !isServed(command))
    const named = new Map(needless.map(command => [JSON.stringify(command), command]))
    const again = [...named].filter(([name]) => this.#strays.has(name))
    this.#strays = new Set(named.keys())
    for (const [name, command] of again) {
      this.#parts.log.warn({ what: name }, 'something that belongs to no call is taken away')
      await this.#parts.phone.perform(command).catch(unlessGone)
    }
  }
}

function doubtOf(call: Call, seen: Seen): string | undefined {
  if (isCallerGone(call, seen)) return 'the caller is gone'
  const differs = [...missed(call, seen, 0), ...undone(call, seen)]
  return differs.length > 0 ? JSON.stringify(differs) : undefined
}

/** What a call has asked for and Asterisk has not done; whether music plays, it rings or somebody is muted, it does not tell, nor what others are asked. */
const undone = (call: Call, seen: Seen): Command[] =>
  commandsAgain(call, seen).filter(command => !UNTOLD.includes(command.do))

const UNTOLD: readonly Command['do'][] = ['music', 'ringing', 'mute', 'unmute', 'look-up', 'check-pin']

function unlessGone(thrown: unknown): void {
  if (!isGone(thrown)) throw thrown
}
