import { type Leg, openLeg } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { control, endParties, heirIn, isControl, ofParty, passOn, rungInVain } from './control.ts'
import type { Happening } from './facts.ts'
import { enter } from './inFlow.ts'
import { joinQueue } from './inLine.ts'
import { partyOf } from './party.ts'
import type { Destination } from './partyFacts.ts'
import type { Story } from './story.ts'
import { afterTalk, push } from './survey.ts'
import { dialOn, ringOn } from './transferring.ts'

/** `over`: what comes when the agent has left, and nobody else talks with the caller. */
export function talking(story: Story, happening: Happening, over: (story: Story) => void = afterTalk): void {
  const leg = openLeg(story.call)!
  const ofLeg = 'leg' in happening ? happening.leg : undefined
  const party = ofLeg === undefined ? undefined : partyOf(story.call, ofLeg)
  if (happening.kind === 'SingleStepTransfer') sendOn(story, leg, happening.to, happening.by)
  else if (happening.kind === 'ClearConnection') agentLeaves(story, leg, { by: happening.by }, over)
  else if (isControl(happening)) control(story, happening)
  else if (party) ofParty(story, party, happening)
  else if (happening.kind === 'WaitOver' && happening.wait === 'party') rungInVain(story)
  else if (happening.kind === 'SurveyPushed' && happening.agent === leg.agent) push(story, leg)
  else if (ofLeg !== leg.id) return
  else if (happening.kind === 'LegHeld' && leg.heldSince === null) story.add({ kind: 'Held', leg: leg.id })
  else if (happening.kind === 'LegRetrieved' && leg.heldSince !== null && !leg.heldHere)
    story.add({ kind: 'Retrieved', leg: leg.id })
  else if (happening.kind === 'LegEnded') agentLeaves(story, leg, { cause: happening.cause }, over)
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
  if (heir) {
    passOn(story, heir, cause, by ?? `phone:${leg.agent}`)
    return
  }
  endParties(story)
  story.add({ kind: 'AgentLeft', leg: leg.id, agent: leg.agent, cause, ...(by !== undefined && { by }) })
  over(story)
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
