import type { Call } from './call.ts'
import type { Happening } from './facts.ts'
import { arriving, enter, follow, inFlow } from './inFlow.ts'
import { queued, ringing } from './inLine.ts'
import type { Story } from './story.ts'
import { afterTalk } from './survey.ts'
import { talking } from './talking.ts'
import { transferringOut } from './transferring.ts'

type Over = (story: Story) => void

/** What happens to a caller, or to a customer whom we have called from the talk on, in each phase. */
const PHASES: Record<
  Exclude<Call['phase'], 'ended' | 'scheduled' | 'dialling'>,
  (story: Story, happening: Happening, over: Over) => void
> = {
  arriving,
  'in-flow': inFlow,
  'leaving-voicemail': inFlow,
  'transferring-out': (story, happening) => follow(story, transferringOut(story, happening)),
  queued: (story, happening) => enter(story, queued(story, happening)),
  ringing,
  talking,
  surveying: inFlow,
}

/** `over`: what comes when the agent has left, and nobody else talks with them. */
export const inPhase = (story: Story, happening: Happening, over: Over = afterTalk): void =>
  PHASES[story.call.phase as keyof typeof PHASES](story, happening, over)
