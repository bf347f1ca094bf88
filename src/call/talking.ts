import { openLeg } from './call.ts'
import type { Happening } from './facts.ts'
import type { Story } from './story.ts'
import { afterTalk, push } from './survey.ts'

export function talking(story: Story, happening: Happening): void {
  const leg = openLeg(story.call)!
  if (happening.kind === 'SurveyPushed' && happening.agent === leg.agent) push(story, leg)
  if (!('leg' in happening) || happening.leg !== leg.id) return
  if (happening.kind === 'LegHeld' && leg.heldSince === null) story.add({ kind: 'Held', leg: leg.id })
  if (happening.kind === 'LegRetrieved' && leg.heldSince !== null) story.add({ kind: 'Retrieved', leg: leg.id })
  if (happening.kind !== 'LegEnded') return
  story.add({ kind: 'AgentLeft', leg: leg.id, agent: leg.agent, cause: happening.cause })
  afterTalk(story)
}
