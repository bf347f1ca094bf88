import { isHeldByCall } from '../agent/agent.ts'
import { type Call, openLeg } from '../call/call.ts'
import type { Command } from '../call/commands.ts'
import type { Happening } from '../call/facts.ts'
import { bridgeId, callOf, isOurs } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Clock, Phone, Seen } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

export type Recovery = {
  board: Switchboard
  phone: Phone
  clock: Clock
  log: Log
  /** The flow of a number that was dialled. */
  flowOf: (number: string) => string
  /** When a call's channel was gone, as its tape or the queue_log tells; ms. */
  endOf: (call: Call) => Promise<{ at: number; cause: number } | undefined>
}

/**
 * Compares what we believe with what Asterisk has, after every connect: writes the happenings that were missed, gives
 * again the commands that may not have arrived, and takes away what belongs to nobody. Events that come in the meantime
 * must be kept back until this resolves.
 */
export async function recover(recovery: Recovery): Promise<void> {
  const { board, phone, log } = recovery
  await board.settled()
  const believed = board.calls
  const seen = await phone.look(believed.flatMap(call => [call.saying, call.sayingToAgent].filter(say => say !== null)))
  for (const call of believed) {
    for (const happening of await missedBy(call, seen, recovery)) board.happen(call.id, happening)
    board.again(call.id, commandsAgain(board.call(call.id) ?? call, seen))
  }
  welcomeUnknownCallers(recovery, seen)
  await clearAway(recovery, seen)
  freeAgentsWithoutCall(board)
  log.info({ calls: board.calls.length, channels: seen.channels.size }, 'recovered')
}

/** What must have happened to a call while nobody listened, oldest first. */
async function missedBy(call: Call, seen: Seen, recovery: Recovery): Promise<Happening[]> {
  const at = recovery.clock.now()
  if (call.phase === 'ended' || call.inLifeboat) return []
  const caller = seen.channels.get(call.channel)
  if (!caller) return [await callerGone(call, seen, recovery)]
  return [
    ...(call.phase === 'arriving' && caller.up ? [{ kind: 'Answered', at } as const] : []),
    ...legMissed(call, seen, at),
    ...[call.saying, call.sayingToAgent]
      .filter(say => say !== null && !seen.sayings.has(say))
      .map(say => ({ kind: 'PromptEnded', say: say!, at }) as const),
  ]
}

async function callerGone(call: Call, seen: Seen, recovery: Recovery): Promise<Happening> {
  const died = seen.startedAt > call.arrivedAt
  const end = await recovery.endOf(call)
  const at = end?.at ?? recovery.clock.now()
  return { kind: 'CallerGone', cause: end?.cause ?? 0, by: died && !end?.cause ? 'asterisk' : 'caller', at }
}

function legMissed(call: Call, seen: Seen, at: number): Happening[] {
  const leg = openLeg(call)
  if (!leg) return []
  const channel = seen.channels.get(leg.id)
  // Never rung, or rung out unseen: the agent is not to blame (cause 0).
  if (!channel) return [{ kind: 'LegEnded', leg: leg.id, cause: 0, at }]
  return channel.up && leg.answeredAt === null ? [{ kind: 'LegAnswered', leg: leg.id, at }] : []
}

/** Commands that a call in this phase has given, and that may never have arrived. */
function commandsAgain(call: Call, seen: Seen): Command[] {
  const { channel } = call
  if (call.phase === 'ended') return [{ do: 'file-recording', call }]
  if (call.inLifeboat) return seen.channels.get(channel)?.ours ? [{ do: 'lifeboat', channel, queue: call.queue! }] : []
  if (call.phase === 'arriving') return [{ do: 'answer', channel }]
  if (call.dismissed && !call.saying) return [{ do: 'hang-up', channel, cause: 16 }]
  if (call.phase === 'queued' && !call.saying) return [{ do: 'music', channel }]
  if (call.phase !== 'talking') return []
  const inside = seen.bridges.get(bridgeId(call.id)) ?? []
  const both = [channel, call.leg!.id]
  return both.every(id => inside.includes(id)) ? [] : [{ do: 'connect', bridge: bridgeId(call.id), channels: both }]
}

/** Callers who came in while nobody listened. */
function welcomeUnknownCallers({ board, clock, flowOf }: Recovery, seen: Seen): void {
  for (const channel of seen.channels.values()) {
    if (channel.role !== 'caller' || !channel.ours || board.call(channel.id)) continue
    const { number: from, name } = channel.caller
    const at = clock.now()
    const flow = flowOf(channel.dialled)
    board.happen(channel.id, {
      kind: 'Arrived',
      channel: channel.id,
      from,
      name,
      to: channel.dialled,
      flow,
      language: 'zh',
      at,
    })
    if (channel.up) board.happen(channel.id, { kind: 'Answered', at })
  }
}

/** Legs and bridges of calls that need them no more, and what an agent dialled before we were here. */
async function clearAway({ board, phone }: Recovery, seen: Seen): Promise<void> {
  const commands: Command[] = []
  for (const { id, role, ours } of seen.channels.values()) {
    const call = board.call(callOf(id))
    const needed = isOurs(id) ? call && openLeg(call)?.id === id : role !== 'agent' || !ours
    if (!needed) commands.push({ do: 'hang-up', channel: id, cause: 16 })
  }
  for (const id of seen.bridges.keys()) {
    if (board.call(callOf(id))?.phase !== 'talking') commands.push({ do: 'disconnect', bridge: id })
  }
  await Promise.allSettled(commands.map(command => phone.perform(command)))
}

/** A state that only a call can end, and no call behind it. */
function freeAgentsWithoutCall(board: Switchboard): void {
  for (const agent of board.agents.values()) {
    const call = agent.call === null ? undefined : board.call(agent.call)
    if (isHeldByCall(agent) && (!call || openLeg(call)?.agent !== agent.id)) board.freeAgent(agent.id)
  }
}
