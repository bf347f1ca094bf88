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
    ...(leg.heldHere ? [] : [call.channel]),
    ...(leg.endedAt === null ? [leg.id] : []),
    ...openParties(call).flatMap(({ way, joinedAt, isHeld }) => (joinedAt !== null && !isHeld ? way.id : [])),
  ]
}

/** Who is out of the room, to come back: they hear music. */
export function heldIn(call: Call): string[] {
  if (call.phase !== 'talking' || call.inLifeboat) return []
  return [
    ...(call.leg!.heldHere ? [call.channel] : []),
    ...openParties(call).flatMap(({ way, joinedAt, isHeld }) => (joinedAt !== null && isHeld ? way.id : [])),
  ]
}

/** What brings the room from how it was to how it is. First those who come in, so that nobody is left alone meanwhile. */
export function moves(before: Call, after: Call): Command[] {
  const [was, is] = [roomOf(before), roomOf(after)]
  const held = heldIn(after)
  const wasHeld = heldIn(before)
  return [
    ...is
      .filter(channel => !was.includes(channel))
      .flatMap(channel => enter(after, channel, wasHeld.includes(channel))),
    ...held.filter(channel => was.includes(channel)).flatMap(channel => leave(after, channel)),
  ]
}

/** What is not as it is to be: `inside` are there. */
export function movesAgain(call: Call, inside: readonly string[]): Command[] {
  const held = heldIn(call)
  return [
    ...roomOf(call)
      .filter(channel => !inside.includes(channel))
      .flatMap(channel => enter(call, channel, true)),
    ...held.filter(channel => inside.includes(channel)).flatMap(channel => leave(call, channel)),
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
