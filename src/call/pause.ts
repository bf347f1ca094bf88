import type { Call } from './call.ts'
import type { Command } from './commands.ts'
import type { Fact } from './facts.ts'
import type { PartyTold } from './partyFacts.ts'
import { without } from './silence.ts'
import type { Story } from './story.ts'

/** The recording is paused while a caller says what nobody may keep, as the number of a card: every tape of the talk is silent. */

export const isPaused = ({ pauses }: Call): boolean => pauses !== undefined && pauses.at(-1)!.to === null

export function pausedAfter(call: Call, { kind, at }: Fact & PartyTold): Partial<Call> {
  const { pauses = [] } = call
  if (kind === 'RecordingPaused') return { pauses: [...pauses, { from: at, to: null }] }
  if (!isPaused(call)) return {}
  return { pauses: [...pauses.slice(0, -1), { from: pauses.at(-1)!.from, to: at }], waits: without(call, 'pause') }
}

/** What is said to somebody else, or to nobody, is recorded. */
export function endPause(story: Story): void {
  const { call, facts } = story
  const isOver = call.talk?.since == null || facts.some(fact => fact.kind === 'Transferred')
  if (isPaused(call) && isOver) story.add({ kind: 'RecordingResumed' })
}

export const muteTape = (channel: string, isMuted: boolean): Command => ({ do: 'mute-tape', channel, isMuted })

/** Also that of an agent who has the caller since they were consulted. */
export const muteTapes = ({ channel, left, tapes = [] }: Call, isMuted: boolean): Command[] => [
  ...(left ? [] : [muteTape(channel, isMuted)]),
  ...tapes.flatMap(({ id, joinedAt, endedAt }) => (joinedAt !== null && endedAt === null ? muteTape(id, isMuted) : [])),
]

/** Whether they are so nobody can see, and it does no harm twice. */
export const tapesAgain = (call: Call): Command[] =>
  call.pauses && call.phase !== 'ended' ? muteTapes(call, isPaused(call)) : []
