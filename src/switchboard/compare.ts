import { BEFORE_THE_TALK, type Call, openLeg, openOutside } from '../call/call.ts'
import { NORMAL_CLEARING } from '../call/causes.ts'
import type { Command } from '../call/commands.ts'
import type { Happening } from '../call/facts.ts'
import { callOf, isOurs } from '../ids.ts'
import type { Seen, SeenChannel, UnderWay } from './ports.ts'

/** What is believed of a call, held against what Asterisk has. */

/** Its caller's channel is gone. */
export const isCallerGone = (call: Call, seen: Seen): boolean =>
  call.phase !== 'ended' && !(call.callback && BEFORE_THE_TALK.includes(call.phase)) && !seen.channels.has(call.channel)

/** What must have happened to a call whose caller is there, oldest first. `at`: when it is taken to have happened. */
export function missed(call: Call, seen: Seen, at: number): Happening[] {
  if (call.phase === 'ended' || call.inLifeboat) return []
  const answered = call.phase === 'arriving' && seen.channels.get(call.channel)?.up
  const ended = sayingsOf(call).filter(say => !seen.sayings.has(say))
  const spoken = messagesOf(call).filter(message => seen.messages.get(message) === 'spoken')
  return [
    ...(answered ? [{ kind: 'Answered', at } as const] : []),
    ...legMissed(call, seen, at),
    ...customerMissed(call, seen, at),
    ...ended.map(say => ({ kind: 'PromptEnded', say, at }) as const),
    ...spoken.map(message => ({ kind: 'MessageSpoken', message, at }) as const),
  ]
}

export const underWay = (calls: readonly Call[]): UnderWay => ({
  sayings: calls.flatMap(sayingsOf),
  messages: calls.flatMap(messagesOf),
})

/** It is spoken or looked over, or was left, and is not yet taken out of Asterisk. */
export const wants = (call: Call | undefined, message: string): boolean =>
  [call?.message, ...(call?.messages ?? [])].some(one => one?.id === message)

/** The message that they speak. */
const messagesOf = ({ message }: Call): string[] => (message?.to === null ? [message.id] : [])

const sayingsOf = (call: Call): string[] => [call.saying, call.sayingToAgent].filter(say => say !== null)

function legMissed(call: Call, seen: Seen, at: number): Happening[] {
  const leg = openLeg(call) ?? openOutside(call)
  if (!leg) return []
  const channel = seen.channels.get(leg.id)
  // Never rung, or rung out unseen: the agent is not to blame (cause 0).
  if (!channel) return [{ kind: 'LegEnded', leg: leg.id, cause: 0, at }]
  return channel.up && leg.answeredAt === null ? [{ kind: 'LegAnswered', leg: leg.id, at }] : []
}

/** What the customer has done whose phone we were dialling. */
function customerMissed({ phase, callback, duty, channel: leg }: Call, seen: Seen, at: number): Happening[] {
  const dialled = callback ?? duty
  if (!dialled || phase !== 'dialling') return []
  const channel = seen.channels.get(leg)
  // Whether their phone has rung nobody knows: they are not called again at once.
  if (!channel) return [{ kind: 'LegEnded', leg, cause: 0, at }]
  if (channel.role === 'customer') return [{ kind: 'OnTape', leg, at }]
  return channel.up && dialled.reachedAt === null ? [{ kind: 'LegAnswered', leg, at }] : []
}

/** Callers in our application whom nobody has heard of. */
export const unknownCallers = (seen: Seen, callWith: (id: string) => Call | undefined): SeenChannel[] =>
  [...seen.channels.values()].filter(({ id, role, ours }) => role === 'caller' && ours && !callWith(id))

/** Of ours and of the customer whom we have called. */
export const channelsOf = (call: Call): string[] =>
  call.phase === 'ended' ? [] : [openLeg(call)?.id, openOutside(call)?.id, call.channel].filter(id => id !== undefined)

/** What takes away legs, bridges and messages that no call needs any more, and what an agent dialled before we were here. */
export function strays(seen: Seen, callWith: (id: string) => Call | undefined): Command[] {
  const commands: Command[] = []
  for (const { id, role, ours } of seen.channels.values()) {
    const call = callWith(callOf(id))
    const needed = isOurs(id) ? call && channelsOf(call).includes(id) : role !== 'agent' || !ours
    if (!needed) commands.push({ do: 'hang-up', channel: id, cause: NORMAL_CLEARING })
  }
  for (const id of seen.bridges.keys()) {
    // What a call on the board has no need of is its own to undo, in order with what it says next.
    const phase = callWith(callOf(id))?.phase
    if (phase === undefined || phase === 'ended') commands.push({ do: 'disconnect', bridge: id })
  }
  const forgotten = seen.spoken.filter(id => !wants(callWith(callOf(id)), id))
  return [...commands, ...forgotten.map(message => ({ do: 'forget-message', message }) as const)]
}
