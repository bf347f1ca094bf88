import { test } from 'vitest'
import { isHeldByCall } from '../../src/agent/agent.ts'
import { openLeg } from '../../src/call/call.ts'
import { openParties } from '../../src/call/party.ts'
import { roomOf } from '../../src/call/room.ts'
import { earOf, openSupervisors } from '../../src/call/supervision.ts'
import { HotlineError } from '../../src/errors.ts'
import { asideId, bridgeId } from '../../src/ids.ts'
import type { Control } from '../../src/switchboard/callControl.ts'
import type { Supervision } from '../../src/switchboard/supervising.ts'
import { CALL } from '../call/given.ts'
import { insist } from '../insist.ts'
import { type Random, random } from '../random.ts'
import { Room } from './aRoom.ts'

const TIMES = Number(process.env.HOTLINE_HANDS ?? 1_000)

test('two supervisors, the agent and the caller act on one call at the same moment, and a service that dies: there is always one end', async () => {
  for (let seed = 1; seed <= TIMES; seed += 1) {
    try {
      await manyHands(random(seed))
    } catch (thrown) {
      throw new Error(`seed ${seed}: ${(thrown as Error).message}`, { cause: thrown })
    }
  }
}, 240_000)

async function manyHands(chance: Random): Promise<void> {
  const room = new Room(chance)
  await room.starts()
  for (let i = chance.between(3, 12); i > 0 && room.call; i -= 1) {
    const acts = Array.from({ length: chance.between(1, 4) }, () => act(room, chance))
    if (chance.chance(0.15)) {
      if (chance.chance(0.5)) await Promise.resolve()
      room.dies()
      if (chance.chance(0.3)) room.hangsUp(chance.pick(room.phones) ?? '')
      await room.starts()
    } else await Promise.all(acts)
    if (chance.chance(0.6)) {
      await room.hears()
      insistOnAgreement(room)
    }
  }
  for (const id of room.phones.reverse()) if (chance.chance(0.5)) room.hangsUp(id)
  room.hangsUp(CALL)
  await room.passes()
  // Whom the caller leaves in a conference talk on.
  if (room.call?.left) for (const id of room.phones) room.hangsUp(id)
  await room.passes()
  insistOnOneEnd(room)
}

/** Whatever is refused, is so in a sentence. */
const quietly = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch(thrown => {
    if (!(thrown instanceof HotlineError)) throw thrown
  })

function act(room: Room, chance: Random): Promise<unknown> {
  const kind = chance.upTo(10)
  if (kind === 0) return quietly(room.dials(chance.pick(['8008', '8009']), 'listen', 'person:li'))
  if (kind < 4) return quietly(room.acts.supervise(CALL, supervision(chance), 'person:li'))
  if (kind < 7) return quietly(room.acts.control(CALL, control(room, chance), 'agent:8001'))
  const ids = room.phones.filter(id => id !== CALL)
  if (kind === 9 && chance.chance(0.3)) room.hangsUp(chance.chance(0.3) ? CALL : (chance.pick(ids) ?? CALL))
  else if (kind === 8) room.presses(chance.pick(ids) ?? CALL, chance.pick(['4', '5', '6', '9']))
  else for (const id of ids) if (chance.chance(0.7)) room.picksUp(id)
  return Promise.resolve()
}

function supervision(chance: Random): Supervision {
  const phone = chance.pick(['8008', '8009'])
  const mode = chance.pick(['listen', 'coach', 'barge'] as const)
  const what = chance.upTo(20)
  if (what < 8) return { do: 'supervise', phone, mode }
  if (what < 14) return { do: 'set-mode', phone, mode }
  if (what < 17) return { do: 'take-over', phone }
  return what < 19 ? { do: 'leave', phone } : { do: 'force-clear' }
}

const SIMPLE = [
  'hold-call',
  'retrieve-call',
  'alternate-call',
  'conference-call',
  'transfer-call',
  'clear-connection',
] as const

function control(room: Room, chance: Random): Control {
  const agent = chance.pick(['8001', '8002', '8003'])
  const party = room.call && openParties(room.call)[0]?.way.id
  const what = chance.upTo(12)
  if (what < 5) return { do: chance.pick(SIMPLE.slice(0, chance.chance(0.2) ? 6 : 5)) }
  if (what < 8) return { do: 'consultation-call', to: { agent } }
  if (what < 9) return { do: 'invite', to: { agent } }
  if (what < 10) return { do: 'single-step-transfer', to: chance.chance(0.5) ? { agent } : { queue: 'support' } }
  if (what < 11) return { do: 'clear-party', party: party ?? 'nobody' }
  return { do: 'mute', party: party ?? 'nobody', isMuted: chance.chance(0.5) }
}

/** What is believed is so: who is in the room, and who hears whom. */
function insistOnAgreement({ call, channels, bridges, board }: Room): void {
  if (!call || call.phase === 'ended') return
  const inRoom = [...(bridges.get(bridgeId(CALL)) ?? [])].sort().join(' ')
  if (call.phase === 'talking') {
    const wanted = [...roomOf(call)].sort().join(' ')
    insist(inRoom === wanted, () => `in the room are ${inRoom}, and should be ${wanted}`)
  }
  for (const one of openSupervisors(call)) {
    if (one.answeredAt === null) continue
    const ear = earOf(one, call)
    const aside = [...(bridges.get(asideId(one.id)) ?? [])].sort().join(' ')
    const wanted = [one.id, ear].filter(id => id !== null).join(' ')
    insist(aside === wanted, () => `aside are ${aside}, and should be ${wanted}`)
    insist(ear === null || channels.get(ear)!.on === openLeg(call)!.id, () => `${ear} hears somebody else`)
    insist(board.busyPhones.has(one.phone), () => `${one.phone} is taken for free`)
  }
}

function insistOnOneEnd({ board, disk, channels, bridges }: Room): void {
  insist(board.call(CALL) === undefined, () => `it goes on: ${board.call(CALL)!.phase}`)
  const ends = disk.facts.filter(({ kind }) => kind === 'CallEnded')
  insist(ends.length === 1, () => `${ends.length} ends`)
  const call = disk.calls.get(CALL)!
  insist(call.outcome === 'answered', () => `the outcome ${call.outcome}`)
  insist(openSupervisors(call).length === 0, () => 'somebody supervises on')
  const open = (call.supervisors ?? []).flatMap(({ uses }) => uses).filter(({ to }) => to === null)
  insist(open.length === 0, () => 'a use of it has no end')
  const left = [...channels.keys(), ...bridges.keys()]
  insist(left.length === 0, () => `left in Asterisk: ${left.join(' ')}`)
  for (const agent of board.agents.values()) {
    insist(!isHeldByCall(agent), () => `${agent.id} is ${agent.state}`)
    insist(!board.busyPhones.has(agent.id), () => `${agent.id} is taken for busy`)
    const isSupervisor = agent.id === '8008' || agent.id === '8009'
    insist(isSupervisor === (agent.state === 'signed-out'), () => `${agent.id} ends as ${agent.state}`)
  }
}
