import { begin } from '../ivr/walk.ts'
import { openLeg } from './call.ts'
import type { Happening } from './facts.ts'
import { follow } from './inFlow.ts'
import type { Story } from './story.ts'

/** What is asked when the agent has hung up first. */
const SURVEY = 'survey'

export function talking(story: Story, happening: Happening): void {
  const leg = openLeg(story.call)!
  if (!('leg' in happening) || happening.leg !== leg.id) return
  if (happening.kind === 'LegHeld' && leg.heldSince === null) story.add({ kind: 'Held', leg: leg.id })
  if (happening.kind === 'LegRetrieved' && leg.heldSince !== null) story.add({ kind: 'Retrieved', leg: leg.id })
  if (happening.kind !== 'LegEnded') return
  story.add({ kind: 'AgentLeft', leg: leg.id, agent: leg.agent, cause: happening.cause })
  story.add({ kind: 'SurveyOffered' })
  follow(story, begin(story.around, SURVEY, story.call.language))
}
