import { bridgeId, legId, sayId } from '../ids.ts'
import { agentServes, placeInLine, queueName } from '../ivr/speech.ts'
import type { Queue } from '../queue/queue.ts'
import { openLeg } from './call.ts'
import { missed, NO_ANSWER } from './causes.ts'
import type { Happening, OfferResult } from './facts.ts'
import { dismiss, finishDismissal, leadNowhere, type Story, saidAll } from './story.ts'

export function joinQueue(story: Story, id: string): void {
  const queue = story.view.queue(id)
  if (!queue) {
    leadNowhere(story)
    return
  }
  const { ahead, waitMs } = story.view.placeInLine(queue, story.at)
  const waits = { 'longest-wait': story.at + queue.longestWaitMs }
  const staff = story.view.staff(queue)
  story.add({ kind: 'Queued', queue: id, ahead, waitMs, staff, waits })
  if (Object.keys(staff).length > 0) story.say(['queue-welcome', ...placeInLine(ahead, waitMs ?? undefined)])
  else dismiss(story, 'closed', ['all-agents-away'])
}

export function queued(story: Story, happening: Happening): void {
  const { call, view, at } = story
  const queue = view.queue(call.queue!)
  const over = happening.kind === 'WaitOver' ? happening.wait : undefined
  if (call.dismissed) finishDismissal(story, happening)
  else if (!queue) leadNowhere(story)
  else if (happening.kind === 'AgentChosen') offer(story, queue, happening)
  else if (over === 'longest-wait') dismiss(story, 'abandoned-in-queue', ['too-long'])
  else if (over === 'announce') {
    const { ahead, waitMs } = view.placeInLine(queue, call.queuedAt!)
    story.add({ kind: 'PlaceTold', ahead, waitMs })
    story.say(['still-busy', ...placeInLine(ahead, waitMs ?? undefined)])
  } else if (call.saying && saidAll(happening, call.saying)) {
    const again = at + queue.announceEveryMs
    story.finish(call.saying, happening, { announce: again })
  }
}

function offer(story: Story, { ringMs }: Queue, chosen: Happening & { kind: 'AgentChosen' }): void {
  const leg = legId(story.call.id, chosen.agent, story.call.seq + 1)
  const ring = story.at + ringMs
  story.add({ kind: 'AgentOffered', agent: chosen.agent, leg, why: chosen.why, waits: { ring } })
}

export function ringing(story: Story, happening: Happening): void {
  const { call } = story
  const leg = openLeg(call)!
  if ('leg' in happening && happening.leg !== leg.id) return
  if (happening.kind === 'LegRang' && leg.rangAt === null) story.add({ kind: 'AgentRang', leg: leg.id })
  else if (happening.kind === 'LegAnswered' && leg.answeredAt === null) agentAnswered(story)
  else if (happening.kind === 'LegEnded') offerEnded(story, missed(happening.cause, leg.answeredAt), happening.cause)
  else if (happening.kind === 'WaitOver' && happening.wait === 'ring') offerEnded(story, 'no-answer', NO_ANSWER)
  else promptEndedWhileRinging(story, happening)
}

function promptEndedWhileRinging(story: Story, happening: Happening): void {
  const { saying, sayingToAgent, leg } = story.call
  const ended = [saying, sayingToAgent].filter(say => say !== null && saidAll(happening, say))
  for (const say of ended) story.finish(say!, happening)
  const { call } = story
  if (ended.length > 0 && leg!.answeredAt !== null && !call.saying && !call.sayingToAgent) {
    story.add({ kind: 'Connected', leg: leg!.id, agent: leg!.agent, bridge: bridgeId(call.id) })
  }
}

function agentAnswered(story: Story): void {
  const { agent, id } = story.call.leg!
  story.add({ kind: 'AgentAnswered', leg: id, agent })
  const prompts = queueName(story.call.queue!, story.view.namedQueues)
  const language = story.view.languageOf(agent)
  story.add({ kind: 'AgentPrompted', say: sayId(story.call.id, story.call.seq + 1, 'agent'), prompts, language })
  story.say(agentServes(agent, story.call.language))
}

/** The caller goes back to the place in the line that they had, and waits on. */
function offerEnded(story: Story, result: OfferResult, cause: number): void {
  const { agent, id } = story.call.leg!
  const queue = story.view.queue(story.call.queue!)
  const ended = { kind: 'OfferEnded', leg: id, agent, result, cause } as const
  if (!queue) {
    story.add(ended)
    leadNowhere(story)
    return
  }
  const { announceEveryMs, longestWaitMs } = queue
  const waits = { announce: story.at + announceEveryMs, 'longest-wait': story.call.queuedAt! + longestWaitMs }
  story.add({ ...ended, waits })
}
