import type { Call } from '../../src/call/call.ts'
import { decide } from '../../src/call/decide.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { Fact, Happening } from '../../src/call/facts.ts'
import type { View } from '../../src/call/view.ts'
import type { Board } from '../../src/switchboard/lifeboatStory.ts'

/** The switchboard on paper: it knows its calls, and does nothing. */
export class PaperBoard implements Board {
  readonly known = new Map<string, Call>()
  readonly facts: Fact[] = []

  get calls(): Call[] {
    return [...this.known.values()]
  }

  call(id: string): Call | undefined {
    return this.known.get(id)
  }

  happen(id: string, happening: Happening): void {
    this.learn(id, decide(this.known.get(id) ?? null, happening, { shortAbandonMs: 5_000 } as View))
  }

  learn(id: string, facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.known.set(id, evolve(this.known.get(id) ?? null, fact))
      this.facts.push(fact)
    }
  }

  kinds(): string[] {
    return this.facts.map(fact => fact.kind)
  }
}
