import { type Call, type Leg, type Outside, openLegs, openOutside } from '../call/call.ts'
import { NORMAL_CLEARING } from '../call/causes.ts'
import type { Command } from '../call/commands.ts'
import type { Happening } from '../call/facts.ts'
import { isBeforeTheTalk, reachedAt } from '../call/made.ts'
import { openParties, type Party } from '../call/party.ts'
import { earOf, openSupervisors, type Supervisor } from '../call/supervision.ts'
import { callOf, isOurs } from '../ids.ts'
import type { Seen, SeenChannel, UnderWay } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

/** What is believed of a call, held against what Asterisk has. */

/** Its caller's channel is gone. */
export const isCallerGone = (call: Call, seen: Seen): boolean =>
  call.phase !== 'ended' && !call.left && !isBeforeTheTalk(call) && !seen.channels.has(call.channel)

/** What must have happened to a call whose caller is there, oldest first. `at`: when it is taken to have happened. */
export function missed(call: Call, seen: Seen, at: number): Happening[] {
  if (call.phase === 'ended' || call.inLifeboat) return []
  const answered = call.phase === 'arriving' && seen.channels.get(call.channel)?.up
  const ended = sayingsOf(call).filter(say => !seen.sayings.has(say))
  const spoken = messagesOf(call).filter(message => seen.messages.get(message) === 'spoken')
  return [
    ...(answered ? [{ kind: 'Answered', at } as const] : []),
    ...waysOf(call).flatMap(leg => legMissed(leg, seen, at)),
    ...openParties(call).flatMap(party => joinMissed(party, seen, at)),
    ...openSupervisors(call).flatMap(one => supervisorMissed(call, one, seen, at)),
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
  [call?.message, ...(call?.messages ?? []), ...(call?.comments ?? [])].some(one => one?.id === message)

/** The message that they speak. */
const messagesOf = ({ message }: Call): string[] => (message?.to === null ? [message.id] : [])

const sayingsOf = (call: Call): string[] => [call.saying, call.sayingToAgent].filter(say => say !== null)

/** To agents and to numbers outside. */
const waysOf = (call: Call): (Leg | Outside)[] => [
  ...openLegs(call),
  ...[openOutside(call)].filter(outside => outside !== null),
  ...openParties(call).map(({ way }) => way),
]

const joinMissed = ({ way: { id }, joinedAt }: Party, seen: Seen, at: number): Happening[] =>
  joinedAt === null && seen.channels.get(id)?.role === 'customer' ? [{ kind: 'OnTape', leg: id, at }] : []

function legMissed(leg: Pick<Leg, 'id' | 'answeredAt'>, seen: Seen, at: number): Happening[] {
  const channel = seen.channels.get(leg.id)
  // Never rung, or rung out unseen: the agent is not to blame (cause 0).
  if (!channel) return [{ kind: 'LegEnded', leg: leg.id, cause: 0, at }]
  return channel.up && leg.answeredAt === null ? [{ kind: 'LegAnswered', leg: leg.id, at }] : []
}

/** Their phone, and the ear with which they are to be. */
function supervisorMissed(call: Call, supervisor: Supervisor, seen: Seen, at: number): Happening[] {
  const ear = earOf(supervisor, call)
  const hears = ear !== null && ear !== supervisor.ear && seen.channels.has(ear)
  return [...legMissed(supervisor, seen, at), ...(hears ? [{ kind: 'LegAnswered', leg: ear, at } as const] : [])]
}

/** What the customer has done whose phone we were dialling. */
function customerMissed(call: Call, seen: Seen, at: number): Happening[] {
  const { phase, channel: leg } = call
  if (phase !== 'dialling' || leg === '') return []
  const channel = seen.channels.get(leg)
  // Whether their phone has rung nobody knows: they are not called again at once.
  if (!channel) return [{ kind: 'LegEnded', leg, cause: 0, at }]
  if (channel.role === 'customer') return [{ kind: 'OnTape', leg, at }]
  return channel.up && reachedAt(call) === null ? [{ kind: 'LegAnswered', leg, at }] : []
}

/** The call that a channel belongs to: by its id, or since somebody has dialled on it to supervise that call. */
export const callOn = (board: Pick<Switchboard, 'call' | 'calls'>, channel: string): Call | undefined =>
  board.call(callOf(channel)) ??
  board.calls.find(({ supervisors = [] }) => supervisors.some(({ id }) => id === callOf(channel)))

/** Callers in our application whom nobody has heard of. */
export const unknownCallers = (seen: Seen, callWith: (id: string) => Call | undefined): SeenChannel[] =>
  [...seen.channels.values()].filter(({ id, role, ours }) => role === 'caller' && ours && !callWith(id))

/** Of ours and of the customer whom we have called. */
export const channelsOf = (call: Call): string[] =>
  call.phase === 'ended' ? [] : [...waysOf(call).map(({ id }) => id), ...supervisorsOf(call), call.channel]

const supervisorsOf = (call: Call): string[] =>
  openSupervisors(call).flatMap(one => [one.id, earOf(one, call)].filter(id => id !== null))

/** What takes away legs, bridges and messages that no call needs any more, and what an agent dialled before we were here. */
export function strays(seen: Seen, callWith: (channel: string) => Call | undefined): Command[] {
  const commands: Command[] = []
  for (const { id, role, ours } of seen.channels.values()) {
    const call = callWith(id)
    const isOfCall = call !== undefined && channelsOf(call).includes(id)
    const needed = isOfCall || (!isOurs(id) && (role !== 'agent' || !ours))
    if (!needed) commands.push({ do: 'hang-up', channel: id, cause: NORMAL_CLEARING })
  }
  for (const id of seen.bridges.keys()) {
    // What a call on the board has no need of is its own to undo, in order with what it says next.
    const phase = callWith(id)?.phase
    if (phase === undefined || phase === 'ended') commands.push({ do: 'disconnect', bridge: id })
  }
  const forgotten = seen.spoken.filter(id => !wants(callWith(id), id))
  return [...commands, ...forgotten.map(message => ({ do: 'forget-message', message }) as const)]
}
