import type { Agent } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { openSupervisors } from '../call/supervision.ts'
import type { Clock } from './ports.ts'
import { agentAt, phoneFor } from './seating.ts'

/** No announcement to an agent takes longer, nor a ring of the lifeboat: whoever is still on that call then is rung all the same. */
export const OWN_CALL_AT_MOST_MS = 20_000

/**
 * Phones on a call that is none of ours, as while a code is dialled or the lifeboat rings them. Such a phone is not
 * rung: without call waiting it would say that it is busy, and the agent would be paused for it.
 */
export class BusyPhones {
  readonly #clock: Clock
  readonly #agents: ReadonlyMap<string, Agent>
  readonly #freed: (agent: string) => void
  readonly #calls = new Map<string, { phone: string; forget: () => void }>()

  /** `freed`: told of whoever sits there. */
  constructor(clock: Clock, agents: ReadonlyMap<string, Agent>, freed: (agent: string) => void) {
    this.#clock = clock
    this.#agents = agents
    this.#freed = freed
  }

  begin(channel: string, phone: string): void {
    this.#calls.get(channel)?.forget()
    // The end may never be heard.
    const forget = this.#clock.at(this.#clock.now() + OWN_CALL_AT_MOST_MS, () => this.end(channel))
    this.#calls.set(channel, { phone, forget })
  }

  /** Whoever supervises a talk does so from the phone at which they began, also once they are signed out of it. */
  wrote(before: Call | null, after: Call): void {
    if (before?.supervisors === after.supervisors) return
    const are = openSupervisors(after)
    for (const { id, phone: agent } of are) {
      // Where they have dialled, it is no announcement any more, and lasts.
      const known = this.#calls.get(id)
      known?.forget()
      this.#calls.set(id, { phone: known?.phone ?? phoneFor(this.#agents, agent), forget: () => {} })
    }
    const were = before ? openSupervisors(before) : []
    for (const { id } of were) if (!are.some(one => one.id === id)) this.end(id)
  }

  /** Phones that supervised a call, and that it has let go of. */
  letGo = (before: Call | undefined, after: Call): string[] =>
    (before ? openSupervisors(before) : [])
      .filter(({ id }) => !openSupervisors(after).some(one => one.id === id))
      .flatMap(({ id }) => this.phoneOn(id) ?? [])

  /** Of a channel that is none of these nothing is known, and nothing happens. */
  end(channel: string): void {
    const call = this.#calls.get(channel)
    if (!call) return
    call.forget()
    this.#calls.delete(channel)
    if (this.isInUse(call.phone)) return
    const agent = agentAt(this.#agents, call.phone)
    if (agent) this.#freed(agent.id)
  }

  /** Whether the phone at which this agent sits is. */
  has = (agent: string): boolean => this.isInUse(phoneFor(this.#agents, agent))

  /** By another call than that, where one is named. */
  isInUse(phone: string, but?: string): boolean {
    for (const [channel, call] of this.#calls) if (call.phone === phone && channel !== but) return true
    return false
  }

  /** Which phone this call has. */
  phoneOn = (channel: string): string | undefined => this.#calls.get(channel)?.phone

  /** Whether this is one of those calls. */
  isOn = (channel: string): boolean => this.#calls.has(channel)

  /** Lets go of all: their ends would not be heard. */
  clear(): void {
    for (const { forget } of this.#calls.values()) forget()
    this.#calls.clear()
  }
}
