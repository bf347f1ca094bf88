import { openLegs, openOutside } from '../../src/call/call.ts'
import { isBeforeTheTalk } from '../../src/call/made.ts'
import { openParties } from '../../src/call/party.ts'
import { heldIn, roomOf } from '../../src/call/room.ts'
import { callOf } from '../../src/ids.ts'
import { channelsOf, wants } from '../../src/switchboard/compare.ts'
import type { Switchboard } from '../../src/switchboard/switchboard.ts'
import type { Asterisk } from './asterisk.ts'
import type { Faults } from './faults.ts'

/** Where the switchboard's picture and the truth differ now. Each may last a moment, none may stay. */
export function mismatches(board: Switchboard, asterisk: Asterisk, faults: Faults): string[] {
  const found: string[] = []
  for (const { id, role, ours } of asterisk.channels.values()) {
    const call = board.call(callOf(id))
    if (role === 'caller' && ours && !call) found.push(`the caller ${id} is known to nobody`)
    // A hang-up that Asterisk refuses is one that people must do themselves.
    if (faults.refusedCommands) continue
    const isOf = call && channelsOf(call).includes(id)
    if ((role === 'other' || role === 'customer') && ours && !isOf) found.push(`the phone ${id} is held for nobody`)
    if (role === 'agent' && ours && !isOf) found.push(`the desk's line ${id} was not closed`)
  }
  const { spoken, beingSpoken } = asterisk.messages
  for (const id of faults.refusedCommands ? [] : spoken) {
    if (!wants(board.call(callOf(id)), id)) found.push(`the message ${id} is kept for nobody`)
  }
  for (const id of asterisk.bridges.keys()) {
    const call = board.call(callOf(id))
    if (call?.phase !== 'talking' && !(call && openOutside(call)?.answeredAt))
      found.push(`the bridge ${id} is nobody's`)
  }
  for (const call of board.calls) {
    if (call.phase === 'ended' || call.inLifeboat) continue
    const isAwaited = isBeforeTheTalk(call)
    if (!isAwaited && !call.left && !asterisk.channels.has(call.channel))
      found.push(`${call.id} is ${call.phase}, and the caller has gone`)
    const { message } = call
    // Not yet begun and already over are two things: each may last a moment, one after the other.
    if (message?.to === null && !beingSpoken.includes(message.id))
      found.push(spoken.includes(message.id) ? `${message.id} is over, unheard` : `nobody speaks ${message.id}`)
    if (call.phase === 'dialling' && call.channel !== '' && !asterisk.channels.has(call.channel))
      found.push(`${call.id} dials nobody`)
    for (const { id } of [
      ...openLegs(call),
      ...[openOutside(call) ?? []].flat(),
      ...openParties(call).map(({ way }) => way),
    ]) {
      if (!asterisk.channels.has(id)) found.push(`${id} is ${call.phase}, and no phone is there`)
    }
    const bridged = (id: string): boolean => asterisk.channels.get(id)?.bridge != null
    for (const id of roomOf(call)) if (!bridged(id)) found.push(`${id} is ${call.phase}, and hears nothing`)
    for (const id of heldIn(call)) if (bridged(id)) found.push(`${id} is held, and hears the talk`)
  }
  return found
}
