import { type Agent, isHeldByCall } from '../agent/agent.ts'
import { type Call, inAsteriskSince, type Leg, openLegs, openOutside } from '../call/call.ts'
import { type Command, connect, dismissal, lookUp, music, record, separate, tape } from '../call/commands.ts'
import { checkPin } from '../call/duty.ts'
import type { Happening } from '../call/facts.ts'
import { hushAgain } from '../call/hush.ts'
import { isBeforeTheTalk, isPromise, reachedAt } from '../call/made.ts'
import { connectOutside, meanwhile } from '../call/outside.ts'
import { openParties, partyLegs, partyOf } from '../call/party.ts'
import { tapeParty } from '../call/partyCommands.ts'
import { tapesAgain } from '../call/pause.ts'
import { movesAgain } from '../call/room.ts'
import { openSupervisors } from '../call/supervision.ts'
import { supervisionAgain } from '../call/supervisionCommands.ts'
import { sentenceOf } from '../errors.ts'
import { bridgeId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Dialled } from './centre.ts'
import { callOn, isCallerGone, missed, strays, underWay, unknownCallers } from './compare.ts'
import type { Clock, Phone, Seen, SeenChannel } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

export type Recovery = {
  board: Switchboard
  phone: Phone
  clock: Clock
  log: Log
  /** Where a number leads. */
  dialled: (number: string) => Dialled
  /** When a call's channel was gone, as its tape tells; ms. */
  endOf: (call: Call) => Promise<number | undefined>
  /** Which of these calls are on record, open or over. */
  onRecord: (calls: readonly string[]) => Promise<ReadonlySet<string>>
  /** Whether Asterisk has told of this channel meanwhile: what it wants is served as soon as we have compared. */
  isTold: (channel: string) => boolean
}

/**
 * Compares what we believe with what Asterisk has, after every connect: writes the happenings that were missed, gives
 * again the commands that may not have arrived, and takes away what belongs to nobody. Events that come in the meantime
 * must be kept back until this resolves, with how many calls and channels there are now.
 */
export async function recover(recovery: Recovery): Promise<{ calls: number; channels: number }> {
  const { board, phone, log, isTold } = recovery
  board.sleep()
  await board.settled()
  const believed = board.calls
  const seen = await phone.look(underWay(believed))
  learnBusyPhones(board, seen)
  for (const call of believed) {
    try {
      board.again(call.id, hushAgain(call))
      for (const happening of await missedBy(call, seen, recovery)) board.happen(call.id, happening)
      const now = board.call(call.id) ?? call
      const again = commandsAgain(now, seen)
      // Who was only now found to have picked up is being put on tape for that; once more, and they would leave the talk that has begun.
      const tapes = again.filter(command => command.do !== 'tape' || hadPickedUp(call, command.channel))
      board.again(call.id, [...tapes, ...tapesAgain(now)])
    } catch (thrown) {
      log.error({ call: call.id, error: sentenceOf(thrown) }, 'a call could not be recovered: a fault of ours')
    }
  }
  for (const channel of unknownCallers(seen, id => board.call(id))) welcome(channel, recovery)
  const needless = strays(seen, id => callOn(board, id)).filter(one => one.do !== 'hang-up' || !isTold(one.channel))
  await Promise.allSettled(needless.map(command => phone.perform(command)))
  matchAgentsToCalls(board)
  await openBooked(recovery)
  board.callbacks.catchUp()
  board.wake()
  return { calls: board.calls.length, channels: seen.channels.size }
}

/** Whoever supervises may have been signed out of that phone meanwhile. */
function learnBusyPhones({ calls, busyPhones }: Switchboard, { channels }: Seen): void {
  const supervise = new Set(calls.flatMap(openSupervisors).map(({ id }) => id))
  for (const { id, phone, isRungByLifeboat } of channels.values())
    if (phone && (isRungByLifeboat || supervise.has(id))) busyPhones.begin(id, phone)
}

/** Of whom we call, or ask into a talk. */
const hadPickedUp = (call: Call, channel: string): boolean =>
  (channel === call.channel ? reachedAt(call) : partyOf(call, channel)?.way.answeredAt) != null

async function missedBy(call: Call, seen: Seen, recovery: Recovery): Promise<Happening[]> {
  const at = recovery.clock.now()
  if (isCallerGone(call, seen)) return withoutCaller(call, seen, recovery)
  const unheard = isPromise(call) && call.phase === 'ringing' ? [{ kind: 'AgentUnheard', at } as const] : []
  return [...missed(call, seen, at), ...unheard]
}

/** Who is gone as well went with them, or nobody would be left: whoever stays may talk on. */
export async function withoutCaller(call: Call, seen: Seen, ending: Ending): Promise<Happening[]> {
  const gone = await callerGone(call, seen, ending)
  const parties = openParties(call).filter(({ way }) => !seen.channels.has(way.id))
  const stay = parties.length < openParties(call).length ? missed(call, seen, ending.clock.now()) : []
  return [
    ...parties.map(({ way }) => ({ kind: 'LegEnded', leg: way.id, cause: 0, at: gone.at }) as const),
    gone,
    ...stay,
  ]
}

type Ending = Pick<Recovery, 'clock' | 'endOf'>

async function callerGone(call: Call, seen: Seen, { clock, endOf }: Ending): Promise<Happening> {
  const died = seen.startedAt > inAsteriskSince(call)
  const end = await endOf(call)
  // What the tape alone tells is no measure for the tape: what was written of the call since counts.
  const at = Math.max(end ?? clock.now(), call.lastAt)
  return { kind: 'CallerGone', cause: 0, by: died ? 'asterisk' : 'caller', at }
}

/** Commands that a call has given, and that may never have arrived. */
export const commandsAgain = (call: Call, seen: Seen): Command[] => [
  ...phaseAgain(call, seen),
  ...supervisionAgain(call, new Set(seen.channels.keys()), seen.bridges),
]

function phaseAgain(call: Call, seen: Seen): Command[] {
  const { channel } = call
  if (call.phase === 'ended') return []
  if (call.inLifeboat) return seen.channels.get(channel)?.ours ? [{ do: 'lifeboat', channel, queue: call.queue! }] : []
  if (call.phase === 'arriving' && !call.dismissed) return [{ do: 'answer', channel }]
  const isWithSomebody = call.phase === 'talking' || openOutside(call)?.answeredAt != null
  const left = !isWithSomebody && seen.bridges.has(bridgeId(call.id)) ? separate(call) : []
  if (call.dismissed && !call.saying) return [...left, dismissal(call)]
  if (call.message?.to === null && !seen.messages.has(call.message.id)) return [...left, record(call)]
  if (call.phase === 'dialling') return [...pickUpAgain(call, seen), ...(isOnItsWay(call, seen) ? [tape(call)] : [])]
  if (isBeforeTheTalk(call)) return []
  if (call.phase === 'queued') return [...left, ...music(call)]
  if (call.duty?.stage === 'checking') return [...left, checkPin(call)]
  if (call.lookup) return [...left, ...music(call), lookUp(call)]
  if (call.phase === 'ringing') return [...left, ...music(call)]
  const outside = openOutside(call)
  if (outside?.answeredAt === null) return meanwhile(call)
  if (outside) return areTogether(call, outside.id, seen) ? [] : connectOutside(call)
  if (call.phase !== 'talking') return left
  if (call.parties || call.leg!.heldHere) return roomAgain(call, seen)
  return areTogether(call, call.leg!.id, seen) ? [] : connect(call)
}

/** Whoever is to be in the room is, and on tape; whoever is held is not. */
const roomAgain = (call: Call, seen: Seen): Command[] => [
  ...openParties(call).flatMap(({ way: { id, answeredAt }, joinedAt }) =>
    answeredAt !== null && joinedAt === null && seen.channels.get(id)?.role === 'other' ? [tapeParty(id)] : [],
  ),
  ...movesAgain(call, seen.bridges.get(bridgeId(call.id)) ?? []),
  { do: 'unmute', channel: call.leg!.id },
  ...openParties(call).flatMap(({ way: { id: channel }, joinedAt, isMuted }) =>
    joinedAt === null ? [] : [{ do: isMuted ? 'mute' : 'unmute', channel } as const],
  ),
]

function areTogether({ id, channel }: Call, other: string, seen: Seen): boolean {
  const inside = seen.bridges.get(bridgeId(id)) ?? []
  return [channel, other].every(one => inside.includes(one))
}

/** The agent whose own call it is hears nothing until their line is answered. */
function pickUpAgain({ outbound, leg }: Call, seen: Seen): Command[] {
  if (!outbound || outbound.clicked) return []
  const isUp = seen.channels.get(leg!.id)?.up ?? true
  return isUp ? [] : [{ do: 'answer', channel: leg!.id }]
}

/** They have picked up, and are still with us, not on tape. */
const isOnItsWay = (call: Call, seen: Seen): boolean => {
  const customer = seen.channels.get(call.channel)
  return reachedAt(call) !== null && customer?.role === 'other'
}

/** A caller who came in while nobody listened. */
export function welcome(
  { id, caller, dialled: to, up }: SeenChannel,
  { board, clock, dialled }: Pick<Recovery, 'board' | 'clock' | 'dialled'>,
): void {
  const { number: from, name } = caller
  const at = clock.now()
  board.happen(id, { kind: 'Arrived', channel: id, from, name, to, ...dialled(to), at })
  if (up) board.happen(id, { kind: 'Answered', at })
}

/** The promise was written, and we died before the callback was. */
async function openBooked({ board, onRecord }: Recovery): Promise<void> {
  const booked = board.calls.flatMap(call => (call.booked ?? []).map(booking => ({ call, booking })))
  const unknown = booked.filter(({ booking }) => board.call(booking.callback) === undefined)
  if (unknown.length === 0) return
  const known = await onRecord(unknown.map(({ booking }) => booking.callback))
  for (const { call, booking } of unknown) if (!known.has(booking.callback)) board.callbacks.open(call, booking)
}

const agentsLegs = (call: Call): Leg[] => [...openLegs(call), ...partyLegs(call)]

/**
 * An agent is with the call that has a leg to them, and with no other: neither in a state that only a call can end and no
 * call behind it, nor ready while a call has them. (Tables that a person has changed by hand may say so, and the database
 * would refuse every further offer to this agent.)
 */
export function matchAgentsToCalls(board: Switchboard): void {
  const isWithCall = (agent: Agent): boolean => {
    const call = isHeldByCall(agent) && agent.call !== null ? board.call(agent.call) : undefined
    return call !== undefined && agentsLegs(call).some(leg => leg.agent === agent.id)
  }
  for (const call of board.calls) {
    for (const leg of agentsLegs(call)) {
      const agent = board.agents.get(leg.agent)
      if (agent && !isWithCall(agent)) board.holdAgent(agent.id, call.id, leg)
    }
  }
  // Not sooner: whoever comes free is offered to a caller at once, and with them whoever else seems to be ready.
  for (const agent of board.agents.values()) {
    if (isHeldByCall(agent) && !isWithCall(agent)) board.freeAgent(agent.id)
  }
}
