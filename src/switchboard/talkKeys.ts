import { type TalkCode, talkCode } from '../agent/talkCodes.ts'
import { type Call, openLeg } from '../call/call.ts'
import { type ActsParts, actsOn } from './acts.ts'
import type { Control } from './callControl.ts'

/** What agents press in a talk is a code once it is whole. After such a pause they begin anew. */
export const PAUSE_AT_MOST_MS = 5_000

export class TalkKeys {
  readonly #parts: ActsParts
  readonly #keyed = new Map<string, { keys: string; at: number }>()

  constructor(parts: ActsParts) {
    this.#parts = parts
  }

  /** The agent who talks in that call on that channel; undefined: whose it is has no say in the talk. */
  agentAt(id: string, channel: string): string | undefined {
    const call = this.#parts.board.call(id)
    const leg = call?.phase === 'talking' ? openLeg(call) : null
    return leg?.id === channel ? leg.agent : undefined
  }

  /** A key of that agent's. Rejects as the act does that it completes. */
  async press(id: string, channel: string, key: string, at: number): Promise<void> {
    const call = this.#parts.board.call(id)
    const agent = this.agentAt(id, channel)
    if (!call || agent === undefined) return
    for (const [other, keyed] of this.#keyed) if (at - keyed.at > PAUSE_AT_MOST_MS) this.#keyed.delete(other)
    const keys = this.#after(channel, key, at)
    const code = keys === '' ? 'nothing' : talkCode(keys)
    if (code === 'more') this.#keyed.set(channel, { keys, at })
    else this.#keyed.delete(channel)
    if (typeof code === 'object') await this.#do(call, agent, code)
  }

  /** A star begins; what follows it in time goes on. */
  #after(channel: string, key: string, at: number): string {
    const before = this.#keyed.get(channel)
    if (before && at - before.at <= PAUSE_AT_MOST_MS && key !== '*') return before.keys + key
    return key === '*' ? key : ''
  }

  async #do(call: Call, agent: string, code: TalkCode): Promise<void> {
    const acts = actsOn(this.#parts)
    if (code.do === 'survey') await acts.sendToSurvey(call.id)
    else await acts.control(call.id, this.#controlFor(call, code), `phone:${agent}`)
  }

  #controlFor(call: Call, code: Exclude<TalkCode, { do: 'survey' }>): Control {
    switch (code.do) {
      case 'hold-or-retrieve':
        return { do: openLeg(call)!.heldSince === null ? 'hold-call' : 'retrieve-call' }
      case 'consultation-call':
      case 'single-step-transfer':
        return { do: code.do, to: this.#named(code.number) }
      default:
        return { do: code.do as Exclude<typeof code.do, 'survey'> }
    }
  }

  #named(number: string): { agent: string } | { number: string } {
    return this.#parts.board.agents.has(number) ? { agent: number } : { number }
  }
}
