import { type Call, openLeg } from '../call/call.ts'
import type { Command } from '../call/commands.ts'
import type { Log } from '../log.ts'
import { isCallerGone, legMissed, strays } from './compare.ts'
import { type Clock, type Phone, PhoneRefused, type Seen } from './ports.ts'
import { callerGone, matchAgentsToCalls, type Recovery } from './recover.ts'
import type { Switchboard } from './switchboard.ts'

export type AuditParts = { board: Switchboard; phone: Phone; clock: Clock; log: Log; endOf: Recovery['endOf'] }

/**
 * Looks now and then whether what is believed is still so, for the event that never came. What differs once may be on
 * its way; what differs in the same way at the next look is true.
 */
export class Audit {
  readonly #parts: AuditParts
  /** Call → what seems to have happened to it unheard. */
  #doubted = new Map<string, string>()
  #strays = new Set<string>()

  constructor(parts: AuditParts) {
    this.#parts = parts
  }

  /** Rejects with PhoneRefused where Asterisk cannot be asked. */
  async look(): Promise<void> {
    const { board, phone } = this.#parts
    const believed = board.calls
    const seen = await phone.look([])
    const doubted = new Map<string, string>()
    for (const call of believed) {
      const doubt = doubtOf(call, seen)
      if (doubt === undefined) continue
      const wasSo = this.#doubted.get(call.id) === doubt && board.call(call.id)?.seq === call.seq
      if (wasSo) await this.#mend(call.id, seen)
      else doubted.set(call.id, doubt)
    }
    this.#doubted = doubted
    await this.#clearAway(strays(seen, id => board.call(id)))
    matchAgentsToCalls(board)
  }

  async #mend(id: string, seen: Seen): Promise<void> {
    const { board, clock, log } = this.#parts
    const call = board.call(id)!
    const happenings = isCallerGone(call, seen)
      ? [await callerGone(call, seen, this.#parts)]
      : legMissed(call, seen, clock.now())
    const happened = happenings.map(({ kind }) => kind)
    log.warn(
      { call: id, phase: call.phase, leg: openLeg(call)?.id, happened },
      'an event was never heard, and is made up for',
    )
    for (const happening of happenings) board.happen(id, happening)
  }

  async #clearAway(commands: Command[]): Promise<void> {
    const named = new Map(commands.map(command => [JSON.stringify(command), command]))
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
  const happenings = legMissed(call, seen, 0)
  return happenings.length > 0 ? JSON.stringify(happenings) : undefined
}

function unlessGone(thrown: unknown): void {
  if (!(thrown instanceof PhoneRefused && thrown.id === 'gone')) throw thrown
}
