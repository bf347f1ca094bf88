import { bridgeId, legId, sayId } from '../ids.ts'
import type { Prompt } from '../ivr/flow.ts'
import { SURVEY } from '../ivr/flow.ts'
import { agentServes, placeInLine, queueName } from '../ivr/speech.ts'
import { begin, keyMissed, keyPressed, patience, promptEnded, type Step } from '../ivr/walk.ts'
import type { Queue } from '../queue/queue.ts'
import { type Call, isClosed, isRefused, type Leg, openLeg } from './call.ts'
import { missed, NO_ANSWER, NORMAL_CLEARING } from './causes.ts'
import { evolve } from './evolve.ts'
import type { Fact, Happening, OfferResult, Outcome } from './facts.ts'
import type { View } from './view.ts'

/** A prompt whose end we never heard of is taken for ended after this long. */
const PROMPT_AT_MOST_MS = 60_000
/** Asterisk needs a moment after the hang-up to write the last of the tape. */
export const FILING_AFTER_MS = 1_000

/**
 * What a happening means for a call: the new facts, in order; none where it changes nothing (late, repeated, or of no
 * interest in this phase).
 */
export function decide(call: Call | null, happening: Happening, view: View): Fact[] {
  if (!call) return happening.kind === 'Arrived' ? [{ ...happening, kind: 'CallArrived' }] : []
  // The clock of a happening seen late (after a restart) must not run behind what is already written.
  const story = new Story(call, Math.max(happening.at, call.lastAt), view)
  if (call.phase === 'ended') ended(story, happening)
  else if (happening.kind === 'CallerGone') callerGone(story, happening)
  else if (happening.kind === 'CallerLeftUs') callerLeftUs(story, happening.at)
  else if (happening.kind === 'DatabaseAway') databaseAway(story)
  else if (happening.kind === 'LifeboatAnswered') lifeboatAnswered(story, happening)
  else if (!call.inLifeboat) PHASES[call.phase](story, happening)
  return story.facts
}

/** Facts being written, each folded in at once, so that the next line sees the call as it now is. */
class Story {
  readonly facts: Fact[] = []
  call: Call
  readonly at: number
  readonly view: View

  constructor(call: Call, at: number, view: View) {
    this.call = call
    this.at = at
    this.view = view
  }

  add(fact: Unstamped<Fact>): void {
    const stamped = { ...fact, at: this.at } as Fact
    this.facts.push(stamped)
    this.call = evolve(this.call, stamped)
  }

  /** Speaks to the caller. */
  say(prompts: Prompt[], place: Call['place'] = null): void {
    const say = sayId(this.call.id, this.call.seq + 1)
    this.add({ kind: 'Prompted', say, prompts, place, waits: { prompt: this.at + PROMPT_AT_MOST_MS } })
  }

  /** What was being spoken is over. */
  finish(say: string, happening: Happening, waits: Call['waits'] = {}): void {
    const heard = happening.kind === 'PromptEnded' && happening.heard === true
    this.add({ kind: 'PromptFinished', say, ...(heard && { heard }), waits })
  }
}

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

const PHASES: Record<Exclude<Call['phase'], 'ended'>, (story: Story, happening: Happening) => void> = {
  arriving,
  'in-flow': inFlow,
  queued,
  ringing,
  talking,
  surveying: inFlow,
}

function arriving(story: Story, happening: Happening): void {
  if (happening.kind !== 'Answered') return
  story.add({ kind: 'CallAnswered' })
  follow(story, begin(story.view.flow(story.call.flow), story.call.language))
}

function inFlow(story: Story, happening: Happening): void {
  const { place, saying } = story.call
  if (!place || story.call.dismissed) {
    finishDismissal(story, happening)
    return
  }
  const flow = story.view.flow(place.flow)
  if (happening.kind === 'KeyPressed') {
    story.add({ kind: 'KeyPressed', key: happening.key })
    follow(story, keyPressed(flow, place, happening.key))
  } else if (happening.kind === 'WaitOver' && happening.wait === 'key') {
    story.add({ kind: 'KeyMissed' })
    follow(story, keyMissed(flow, place))
  } else if (saying && saidAll(happening, saying)) {
    const patienceMs = patience(flow, place)
    const waits = patienceMs === undefined ? {} : { key: story.at + patienceMs }
    story.finish(saying, happening, waits)
    follow(story, promptEnded(flow, place))
  }
}

/** The last prompt of a call that the hotline ends: once it is spoken, nothing more is said. */
function finishDismissal(story: Story, happening: Happening): void {
  const { saying } = story.call
  if (saying && saidAll(happening, saying)) story.finish(saying, happening)
}

const saidAll = (happening: Happening, say: string): boolean =>
  (happening.kind === 'PromptEnded' && happening.say === say) ||
  (happening.kind === 'WaitOver' && happening.wait === 'prompt')

function follow(story: Story, steps: Step[]): void {
  for (const step of steps) {
    switch (step.kind) {
      case 'say':
        story.say(step.prompts, step.place)
        break
      case 'language':
        story.add({ kind: 'LanguageChosen', language: step.language })
        break
      case 'answer':
        story.add({ kind: 'SurveyAnswered', rating: step.value })
        break
      case 'queue':
        joinQueue(story, step.queue)
        break
      case 'hangup':
        story.add({ kind: 'Dismissed', outcome: story.call.surveyOffered ? 'answered' : 'self-served' })
    }
  }
}

function joinQueue(story: Story, id: string): void {
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

/** Their queue does not exist: ours is the fault, and we say so. Whom an agent still serves notices nothing. */
const leadNowhere = (story: Story): void => dismiss(story, 'failed', ['system-error'])

/** Says a last sentence. The hang-up follows when it has been spoken. */
function dismiss(story: Story, outcome: Outcome, prompts: Prompt[]): void {
  story.add({ kind: 'Dismissed', outcome })
  story.say(prompts)
}

function queued(story: Story, happening: Happening): void {
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

function ringing(story: Story, happening: Happening): void {
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

function talking(story: Story, happening: Happening): void {
  const leg = openLeg(story.call)!
  if (!('leg' in happening) || happening.leg !== leg.id) return
  if (happening.kind === 'LegHeld' && leg.heldSince === null) story.add({ kind: 'Held', leg: leg.id })
  if (happening.kind === 'LegRetrieved' && leg.heldSince !== null) story.add({ kind: 'Retrieved', leg: leg.id })
  if (happening.kind !== 'LegEnded') return
  story.add({ kind: 'AgentLeft', leg: leg.id, agent: leg.agent, cause: happening.cause })
  story.add({ kind: 'SurveyOffered' })
  follow(story, begin(SURVEY, story.call.language))
}

function callerGone(story: Story, gone: Happening & { kind: 'CallerGone' }): void {
  const { call, at } = story
  const leg = openLeg(call)
  const outcome = gone.by === 'asterisk' && !wasAnswered(call) ? 'failed' : outcomeOnLeaving(call)
  if (call.phase === 'ringing' && leg) withdraw(story, leg, gone.cause)
  const since = call.queuedAt ?? call.arrivedAt
  const short = outcome.startsWith('abandoned') && at - since < story.view.shortAbandonMs
  const by = call.phase === 'surveying' ? 'agent' : call.dismissed ? 'hotline' : gone.by
  const waits = { filing: at + FILING_AFTER_MS }
  const late = gone.at < at && { goneAt: gone.at }
  story.add({ kind: 'CallEnded', outcome, short, by, cause: gone.cause, ...late, waits })
}

/** The caller does not go back to the line. */
function withdraw(story: Story, { id, agent }: Leg, cause: number): void {
  story.add({ kind: 'OfferEnded', leg: id, agent, result: 'withdrawn', cause })
}

function callerLeftUs(story: Story, at: number): void {
  if (!story.call.inLifeboat) callerGone(story, { kind: 'CallerGone', cause: NORMAL_CLEARING, by: 'caller', at })
}

const wasAnswered = (call: Call): boolean => call.leg?.connectedAt != null

function outcomeOnLeaving(call: Call): Outcome {
  if (wasAnswered(call)) return 'answered'
  if (call.dismissed) return call.dismissed
  if (call.phase === 'ringing') return 'abandoned-ringing'
  return call.phase === 'queued' ? 'abandoned-in-queue' : 'abandoned-in-flow'
}

/** Whoever is not yet talking is better off in the dialplan's own queue than with us. A talk needs no database. */
function databaseAway(story: Story): void {
  const { call } = story
  const leg = openLeg(call)
  if (call.inLifeboat || call.dismissed || call.phase === 'talking' || call.phase === 'surveying') return
  if (call.phase === 'ringing' && leg) {
    if (leg.answeredAt !== null) return
    withdraw(story, leg, 0)
  }
  // Whom we have not yet heard to be answered is answered on the way: the tape begins there.
  if (call.answeredAt === null) story.add({ kind: 'CallAnswered' })
  story.add({ kind: 'HandedToLifeboat', queue: call.queue ?? 'lifeboat' })
}

function lifeboatAnswered(story: Story, { agent }: Happening & { kind: 'LifeboatAnswered' }): void {
  if (!story.call.inLifeboat || story.call.phase === 'talking') return
  const leg = legId(story.call.id, agent, story.call.seq + 1)
  story.add({ kind: 'LifeboatConnected', agent, leg })
}

function ended(story: Story, happening: Happening): void {
  if (happening.kind !== 'Filed' || isClosed(story.call)) return
  const { recording } = happening
  const isNews = !isRefused(story.call) || !recording.refused
  if (isNews) story.add({ kind: 'RecordingFiled', recording })
}
