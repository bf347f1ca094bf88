import { type Call, openLegs } from '../call/call.ts'
import { partyLegs } from '../call/party.ts'
import { openSupervisors } from '../call/supervision.ts'
import { Conflict, HotlineError } from '../errors.ts'
import { AsteriskAway, PhoneRefused } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

/** answer-call: an agent's phone picks up what rings there, and nobody has to touch it. */

export class NothingRings extends Conflict {
  constructor(agent: string) {
    super('nothing-rings', `Nothing rings at the phone of agent ${agent} now.`)
  }
}

export class NotPickedUp extends Conflict {
  constructor(agent: string) {
    super(
      'not-picked-up',
      `The phone of agent ${agent} has not begun to ring, or rings no more. Look, and decide anew.`,
    )
  }
}

export class PhoneNotTold extends HotlineError {
  constructor(agent: string) {
    super(
      'phone-not-told',
      `Asterisk does not let us tell the phone of agent ${agent} anything: hotline doctor says why.`,
    )
  }
}

/** `answeredAt`: ms since 1970. */
type AtPhone = { readonly id: string; readonly answeredAt: number | null }

/** All that rings, or is open, at this phone: offers, consultations and conferences, what they have clicked on, and supervising. */
const atPhone = (call: Call, agent: string): AtPhone[] => [
  ...[...openLegs(call), ...partyLegs(call)].filter(leg => leg.agent === agent),
  ...openSupervisors(call).filter(({ phone }) => phone === agent),
]

/**
 * Resolves when the phone is told; who has answered already has. `isThere`: which calls are for who asks. Rejects with NothingRings,
 * NotPickedUp, PhoneNotTold or AsteriskAway.
 */
export async function answerCall(
  board: Pick<Switchboard, 'calls'>,
  agent: string,
  pickUp: (leg: string) => Promise<void>,
  isThere: (call: Call) => boolean = () => true,
): Promise<void> {
  const there = board.calls.flatMap(call => (call.inLifeboat || !isThere(call) ? [] : atPhone(call, agent)))
  const rings = there.find(({ answeredAt }) => answeredAt === null)
  if (!rings && there.length === 0) throw new NothingRings(agent)
  if (!rings) return
  try {
    await pickUp(rings.id)
  } catch (thrown) {
    if (!(thrown instanceof PhoneRefused)) throw thrown
    if (thrown.id === 'gone') throw new NotPickedUp(agent)
    throw thrown.id === 'away' ? new AsteriskAway() : new PhoneNotTold(agent)
  }
}
