import { begin } from '../ivr/walk.ts'
import { percentDrawn } from '../queue/lot.ts'
import type { QueueSurvey } from '../queue/queue.ts'
import type { Call, Leg } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { endParties } from './control.ts'
import type { Draw, Withheld } from './facts.ts'
import { follow } from './inFlow.ts'
import { dismiss, type Story } from './story.ts'
import type { View } from './view.ts'

/** What the queue asks about a talk: a flow, for a share of its calls, and one number not too often. */

/** The agent has left, and the caller is still there. */
export function afterTalk(story: Story): void {
  const { call, view, at } = story
  const survey = surveyOf(call, view)
  const draw = survey ? drawFor(call, survey.share) : undefined
  const because = survey && (whyNot(call, survey, view, at) ?? (draw && draw.drawn >= draw.share ? 'draw' : undefined))
  if (survey && !because) {
    ask(story, survey.flow, draw)
    return
  }
  if (because) story.add({ kind: 'SurveyWithheld', survey: survey.flow, because, ...(draw && { draw }) })
  dismiss(story, 'answered', ['survey-none'])
}

/** The agent wants this caller to be asked, whatever the lot says; nothing happens where they may not be. */
export function push(story: Story, { id: leg, agent }: Leg): void {
  if (whyNotPushed(story.call, story.view, story.at)) return
  const { flow } = surveyOf(story.call, story.view)!
  endParties(story)
  story.add({ kind: 'SurveyPushed', leg, agent })
  story.add({ kind: 'AgentLeft', leg, agent, cause: NORMAL_CLEARING })
  ask(story, flow)
}

/** Why the caller of a talk may not be asked about it at `at`, ms, whatever the lot would say. */
export function whyNotPushed(call: Call, view: Surveys, at: number): NotPushed | undefined {
  if (call.inLifeboat) return 'in-lifeboat'
  if (call.left) return 'caller-gone'
  if (call.outbound) return 'own-call'
  const survey = surveyOf(call, view)
  return survey ? whyNot(call, survey, view, at) : 'no-survey'
}

export type NotPushed = Exclude<Withheld, 'draw'> | 'no-survey' | 'in-lifeboat' | 'caller-gone' | 'own-call'
type Surveys = Pick<View, 'queue' | 'releaseOf'>

function ask(story: Story, survey: string, draw?: Draw): void {
  const release = releaseOf(story.call, story.view, survey)!
  story.add({ kind: 'SurveyOffered', survey, release, ...(draw && { draw }) })
  follow(story, begin(story.around, survey, story.call.language))
}

const DAY_MS = 86_400_000

function whyNot(call: Call, { flow, everyDays }: QueueSurvey, view: Surveys, at: number) {
  if (releaseOf(call, view, flow) === undefined) return 'no-such-flow'
  const { surveyedAt } = call
  return surveyedAt !== undefined && at - surveyedAt < everyDays * DAY_MS ? 'asked-lately' : undefined
}

const surveyOf = ({ queue }: Call, view: Surveys): QueueSurvey | null | undefined => view.queue(queue ?? '')?.survey

const releaseOf = ({ release = 0 }: Call, view: Surveys, flow: string): number | undefined =>
  view.releaseOf(flow, release)

/** Where all are asked nothing is drawn. */
const drawFor = ({ id }: Call, share: number): Draw | undefined =>
  share < 100 ? { drawn: percentDrawn(id, 'survey'), share } : undefined
