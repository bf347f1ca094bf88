import type { Prompt } from '../../src/ivr/flow.ts'

/** Whoever is at the other end of a channel. */
export interface Person {
  hears(prompts: readonly Prompt[]): void
  isConnected(): void
  isAlone(): void
  isGone(): void
  /** Of a phone that the lifeboat rings. */
  picksUp?(): void
}

/** An agent's telephone. */
export interface Handset {
  readonly isFree: boolean
  ring(leg: string): Person | 'busy' | 'unregistered'
}

export const NOBODY: Person = { hears() {}, isConnected() {}, isAlone() {}, isGone() {} }
