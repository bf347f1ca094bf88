import type { Agent } from '../agent/agent.ts'
import type { Clock } from './ports.ts'

/** For each agent the timer of what ends by itself, as wrap-up does. */
export class WakeUps {
  readonly #clock: Clock
  readonly #wake: (agent: Agent) => void
  readonly #timers = new Map<string, () => void>()

  constructor(clock: Clock, wake: (agent: Agent) => void) {
    this.#clock = clock
    this.#wake = wake
  }

  /** In place of the one before. */
  set(agent: Agent): void {
    this.#timers.get(agent.id)?.()
    this.#timers.delete(agent.id)
    if (agent.wakeAt !== null)
      this.#timers.set(
        agent.id,
        this.#clock.at(agent.wakeAt, () => this.#wake(agent)),
      )
  }

  clear(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }
}
