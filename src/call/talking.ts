import { type Leg, openLeg } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { control, endParties, heirIn, isControl, ofParty, passOn, rungInVain } from './control.ts'
import type { Happening } from './facts.ts'
import { enter } from './inFlow.ts'
import { joinQueue } from './inLine.ts'
import { isPhoneHeld } from './legs.ts'
import { isAgents, partyOf } from './party.ts'
import type { Destination } from './partyFacts.ts'
import { endPause, isPaused } from './pause.ts'
import type { Story } from './story.ts'
import { afterTalk, push } from './survey.ts'
import { dialOn, ringOn } from './transferring.ts'

/** `over`: what comes when the agent has left, and nobody else talks with the caller. */
export function talking(story: Story, happening: Happening, over: (story: Story) => void = afterTalk): void {
  talk(story, happening, over)
  endPause(story)
}

function talk(story: Story, happening: Happening, over: (story: Story) => void): void {
  const leg = openLeg(story.call)!
  const ofLeg = 'leg' in happening ? happening.leg : undefined
  const party = ofLeg === undefined ? undefined : partyOf(story.call, ofLeg)
  if (happening.kind === 'SingleStepTransfer') sendOn(story, leg, happening.to, happening.by)
  else if (happening.kind === 'ClearConnection') agentLeaves(story, leg, { by: happening.by }, over)
  else if (isControl(happening)) control(story, happening)
  else if (party) ofParty(story, party, happening)
  else if (happening.kind === 'WaitOver' && happening.wait === 'party') rungInVain(story)
  else if (happening.kind === 'WaitOver' && happening.wait === 'pause') story.add({ kind: 'RecordingResumed' })
  else if (happening.kind === 'TapeNotMuted' && isPaused(story.call))
    story.add({ kind: 'RecordingResumed', isRefused: true })
  else if (happening.kind === 'SurveyPushed' && happening.agent === leg.agent) push(story, leg)
  else if (ofLeg !== leg.id) return
  else if (happening.kind === 'LegHeld' && !isPhoneHeld(leg)) phoneHolds(story, leg, true)
  else if (happening.kind === 'LegRetrieved' && isPhoneHeld(leg)) phoneHolds(story, leg, false)
  else if (happening.kind === 'LegEnded') agentLeaves(story, leg, { cause: happening.cause }, over)
}

/** A caller who is out of the talk stays out of it, whatever the agent's phone does. */
function phoneHolds(story: Story, { id: leg, heldHere }: Leg, isPhones: boolean): void {
  if (heldHere) story.add({ kind: 'Held', leg, isHere: true, ...(isPhones && { isPhones }) })
  else story.add({ kind: isPhones ? 'Held' : 'Retrieved', leg })
}

/** `by`: who has asked for it; absent: they have hung up. */
type Leaving = { cause?: number; by?: string }

function agentLeaves(
  story: Story,
  leg: Leg,
  { cause = NORMAL_CLEARING, by }: Leaving,
  over: (story: Story) => void,
): void {
  const heir = heirIn(story.call)
  // Those outside do not stay with each other.
  if (heir && (isAgents(heir.way) || !story.call.left)) {
    passOn(story, heir, cause, by ?? `phone:${leg.agent}`)
    return
  }
  endParties(story)
  story.add({ kind: 'AgentLeft', leg: leg.id, agent: leg.agent, cause, ...(by !== undefined && { by }) })
  if (!story.call.left) over(story)
}

/** The caller goes on to there, and the agent is out of it. */
function sendOn(story: Story, { id: leg, agent }: Leg, to: Destination, by: string): void {
  endParties(story)
  story.add({ kind: 'TransferredOn', leg, agent, to, by })
  if ('queue' in to) enter(story, joinQueue(story, to.queue))
  else if ('flow' in to) enter(story, to.flow)
  else if ('agent' in to) ringOn(story, to.agent)
  else dialOn(story, to)
}
