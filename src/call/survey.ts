import { begin } from '../ivr/walk.ts'
import { percentDrawn } from '../queue/lot.ts'
import type { Call, Leg } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import type { Draw, Withheld } from './facts.ts'
import { follow } from './inFlow.ts'
import { dismiss, type Story } from './story.ts'

/** What the queue asks about a talk: a flow, for a share of its calls, and one number not too often. */

/** The agent has left, and the caller is still there. */
export function afterTalk(story: Story): void {
  const { call, view } = story
  const survey = view.queue(call.queue ?? '')?.survey
  const draw = survey ? drawFor(call, survey.share) : undefined
  const because = survey && (whyNot(story, survey) ?? (draw && draw.drawn >= draw.share ? 'draw' : undefined))
  if (survey && !because) {
    ask(story, survey.flow, draw)
    return
  }
  if (because) story.add({ kind: 'SurveyWithheld', survey: survey.flow, because, ...(draw && { draw }) })
  dismiss(story, 'answered', ['survey-none'])
}

/** The agent wants this caller to be asked, whatever the lot says; nothing happens where they may not be. */
export function push(story: Story, { id: leg, agent }: Leg): void {
  const survey = story.view.queue(story.call.queue!)?.survey
  if (!survey || story.call.inLifeboat || whyNot(story, survey)) return
  story.add({ kind: 'SurveyPushed', leg, agent })
  story.add({ kind: 'AgentLeft', leg, agent, cause: NORMAL_CLEARING })
  ask(story, survey.flow)
}

function ask(story: Story, survey: string, draw?: Draw): void {
  const release = releaseOf(story, survey)!
  story.add({ kind: 'SurveyOffered', survey, release, ...(draw && { draw }) })
  follow(story, begin(story.around, survey, story.call.language))
}

const DAY_MS = 86_400_000

function whyNot(story: Story, { flow, everyDays }: { flow: string; everyDays: number }): Withheld | undefined {
  if (releaseOf(story, flow) === undefined) return 'no-such-flow'
  const { surveyedAt } = story.call
  return surveyedAt !== undefined && story.at - surveyedAt < everyDays * DAY_MS ? 'asked-lately' : undefined
}

const releaseOf = ({ call, view }: Story, flow: string): number | undefined => view.releaseOf(flow, call.release ?? 0)

/** Where all are asked nothing is drawn. */
const drawFor = ({ id }: Call, share: number): Draw | undefined =>
  share < 100 ? { drawn: percentDrawn(id, 'survey'), share } : undefined
