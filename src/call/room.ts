import { bridgeId } from '../ids.ts'
import { type Call, openOutside } from './call.ts'
import type { Command } from './commands.ts'
import { openParties } from './party.ts'

/**
 * A talk has one room, a bridge of Asterisk's. Whoever talks is in it; whoever is held, the caller or a party, is out, and hears music.
 * So to hold, to consult, to confer and to transfer are all the same: somebody goes in, somebody comes out.
 */
export function roomOf(call: Call): string[] {
  const outside = openOutside(call)
  if (call.phase === 'transferring-out') return outside?.answeredAt != null ? [call.channel, outside.id] : []
  if (call.phase !== 'talking' || call.inLifeboat) return []
  const leg = call.leg!
  return [
    ...(leg.heldHere || call.left ? [] : [call.channel]),
    ...(leg.endedAt === null ? [leg.id] : []),
    ...openParties(call).flatMap(({ way, joinedAt, isHeld }) => (joinedAt !== null && !isHeld ? way.id : [])),
  ]
}

/** Who is out of the room, to come back: they hear music. */
export function heldIn(call: Call): string[] {
  if (call.phase !== 'talking' || call.inLifeboat) return []
  return [
    ...(call.leg!.heldHere && !call.left ? [call.channel] : []),
    ...openParties(call).flatMap(({ way, joinedAt, isHeld }) => (joinedAt !== null && isHeld ? way.id : [])),
  ]
}

/**
 * What is passed on between two bears the numbers of its packets, and where it comes from somebody else than before, Asterisk takes them half
 * of the time for packets that are late: then whoever listens, and the tape, hear no more of it, for minutes (main/translate.c,
 * `rx_seqno`; seen in 22.10, by ears and tapes alike). What it has mixed has no numbers, and it mixes for three. So there is one more,
 * who is silent, as soon as it is not the same two who talk. They also give an agent who is alone something that a coach can be added to.
 */
export const mix = ({ id }: Call): Command => ({ do: 'mix', bridge: bridgeId(id) })

const mixed = (call: Call, moves: Command[]): Command[] => (moves.length > 0 ? [mix(call), ...moves] : [])

/** What brings the room from how it was to how it is. First those who come in, so that nobody is left alone meanwhile. */
export function moves(before: Call, after: Call): Command[] {
  const [was, is] = [roomOf(before), roomOf(after)]
  const held = heldIn(after)
  const wasHeld = heldIn(before)
  return mixed(after, [
    ...is
      .filter(channel => !was.includes(channel))
      .flatMap(channel => enter(after, channel, wasHeld.includes(channel))),
    ...held.filter(channel => was.includes(channel)).flatMap(channel => leave(after, channel)),
  ])
}

/** What is not as it is to be: `inside` are there. */
export function movesAgain(call: Call, inside: readonly string[]): Command[] {
  const held = heldIn(call)
  const moves = [
    ...roomOf(call)
      .filter(channel => !inside.includes(channel))
      .flatMap(channel => enter(call, channel, true)),
    ...held.filter(channel => inside.includes(channel)).flatMap(channel => leave(call, channel)),
  ]
  return [
    ...mixed(call, moves),
    ...held.filter(channel => !inside.includes(channel)).map(channel => ({ do: 'music', channel }) as const),
  ]
}

const enter = ({ id }: Call, channel: string, hasMusic: boolean): Command[] => [
  ...(hasMusic ? [{ do: 'end-meanwhile', channel, what: 'music' } as const] : []),
  { do: 'connect', bridge: bridgeId(id), channels: [channel] },
]

const leave = ({ id }: Call, channel: string): Command[] => [
  { do: 'take-out', bridge: bridgeId(id), channel },
  { do: 'music', channel },
]
