import { expect } from 'vitest'
import { openParties } from '../../src/call/party.ts'
import type { Asked } from '../../src/call/partyFacts.ts'
import { heldIn, roomOf } from '../../src/call/room.ts'
import { aTalk, CALL, type Check, type Step } from './given.ts'

/** Sentences about a talk with more than two. */

type Unnamed<T> = T extends unknown ? Omit<T, 'by'> : never

export const theAgentAsks =
  (asked: Unnamed<Asked>): Step =>
  () =>
    ({ ...asked, by: 'agent:8001' }) as ReturnType<Step>

export const toHold = theAgentAsks({ kind: 'HoldCall' })
export const toRetrieve = theAgentAsks({ kind: 'RetrieveCall' })
export const toAlternate = theAgentAsks({ kind: 'AlternateCall' })
export const toConfer = theAgentAsks({ kind: 'ConferenceCall' })
export const toTransfer = theAgentAsks({ kind: 'TransferCall' })
export const toLeave = theAgentAsks({ kind: 'ClearConnection' })
export const toConsult = (agent = '8002'): Step => theAgentAsks({ kind: 'ConsultationCall', invited: { agent } })
export const toConsultOutside = theAgentAsks({
  kind: 'ConsultationCall',
  invited: { number: '013900139000', shows: '4008001000' },
})
export const toInvite = (agent = '8002'): Step => theAgentAsks({ kind: 'InviteParty', invited: { agent } })
export const toSendTo = (to: Extract<Asked, { to: unknown }>['to']): Step =>
  theAgentAsks({ kind: 'SingleStepTransfer', to })

/** Of whoever was asked last. */
const party =
  (kind: 'LegRang' | 'LegAnswered' | 'OnTape'): Step =>
  ({ call }) => ({ kind, leg: openParties(call!).at(-1)!.way.id })
export const theirPhoneRings = party('LegRang')
export const theyAnswer = party('LegAnswered')
export const theyAreOnTape = party('OnTape')
export const theyLeave =
  (cause = 16): Step =>
  ({ call }) => ({ kind: 'LegEnded', leg: openParties(call!).at(-1)!.way.id, cause })

const all =
  (...steps: Step[]): Step =>
  tale => {
    for (const each of steps) tale.when(each)
    return undefined
  }

export const aConsultation = all(aTalk, toConsult(), theirPhoneRings, theyAnswer, theyAreOnTape)
export const aConsultationOutside = all(aTalk, toConsultOutside, theyAnswer, theyAreOnTape)
export const aConference = all(aConsultation, toConfer)

/** Who talks with whom, and who hears music meanwhile, by what follows the call's own id: the caller is `caller`. */
export const inTheRoom =
  (...who: string[]): Check =>
  ({ call }) =>
    expect(roomOf(call!).map(nameOf)).toEqual(who)
export const onHold =
  (...who: string[]): Check =>
  ({ call }) =>
    expect(heldIn(call!).map(nameOf)).toEqual(who)

const nameOf = (channel: string): string =>
  channel === CALL ? 'caller' : channel.slice(CALL.length + 1).replace(/~.*|(?<=^out)\d+$/, '')
