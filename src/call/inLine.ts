import { bridgeId, legId, sayId } from '../ids.ts'
import { agentServes, placeInLine, queueName } from '../ivr/speech.ts'
import type { Staff } from '../queue/choose.ts'
import { toTell } from '../queue/promise.ts'
import { type Overflow, placeOf, type Queue, relaxedBy } from '../queue/queue.ts'
import { keepPlace, mayKeepPlace } from './booking.ts'
import { type Call, type Leg, lineSince, openLegs, ringsOn } from './call.ts'
import { ANSWERED_ELSEWHERE, missed, NO_ANSWER, NORMAL_CLEARING } from './causes.ts'
import { comfort, comfortNext, comfortWaitedFor, toldNext } from './comfort.ts'
import type { Happening, OfferResult } from './facts.ts'
import { rungLongest } from './legs.ts'
import { dismiss, finishDismissal, leadNowhere, type Story, saidAll } from './story.ts'

/** The flow in which they go on, where it is not this line. */
type Onward = string | undefined

export function joinQueue(story: Story, id: string): Onward {
  const queue = story.view.queue(id)
  if (!queue) {
    leadNowhere(story)
    return undefined
  }
  const staff = story.view.staff(queue)
  const why = whyNot(story, queue, staff)
  if (why) return sendOn(story, queue, why)
  stand(story, queue, { headStartMs: headStartOf(story, queue), staff, ...firstWait(story, queue) })
  return undefined
}

type Standing = { headStartMs: number; staff: Staff; first?: string; forMs?: number }

/** They join the line, and are told where they stand in it; `first`: whom they wait for alone, `forMs` long. */
export function stand(story: Story, queue: Queue, { headStartMs, staff, first, forMs = 0 }: Standing): void {
  const place = placeOf(story.call.queuedAt ?? story.at, headStartMs)
  const relaxed = relaxedAlready(story.call, queue.id)
  const told = placeToTell(story, relaxedBy(queue, relaxed), place, story.at)
  const waits = { ...waitsIn(queue, story.at, relaxed), ...(first && { 'first-agent': story.at + forMs }) }
  const own = { ...(first && { first }), ...musicOf(queue) }
  story.add({ kind: 'Queued', queue: queue.id, ...told, staff, headStartMs, relaxed, ...own, waits })
  if (Object.keys(staff).length > 0)
    story.say(['queue-welcome', ...placeInLine(told.ahead, told.waitMs ?? undefined), ...keyToKeep(story)])
  else dismiss(story, 'closed', ['all-agents-away'])
}

function firstWait(story: Story, queue: Queue): Pick<Standing, 'first' | 'forMs'> {
  const first = firstToAsk(story, queue)
  return first === undefined ? {} : { first, forMs: queue.lastAgentMs }
}

/** At the place that they have had from the first, without a word, and for this agent alone while their phone rings. */
export function backInLine(story: Story, queue: Queue, first: string): void {
  const { view, at } = story
  const told = {
    ahead: 0,
    waitMs: null,
    staff: view.staff(queue),
    headStartMs: story.call.headStartMs ?? 0,
    relaxed: 0,
    first,
  }
  story.add({ kind: 'Queued', queue: queue.id, ...told, ...musicOf(queue), waits: waitsIn(queue, at, 0) })
}

const musicOf = ({ music }: Queue): { music?: string } => (music === null ? {} : { music })

/** Who comes back to the same line need not wait for that again. */
const relaxedAlready = ({ queue, relaxed = 0 }: Call, id: string): number => (queue === id ? relaxed : 0)

/** Who rings back before they are called has the place that was kept for them. */
export function headStartOf({ call, view, at }: Story, queue: Queue): number {
  const { standing, known, arrivedAt, from, queuedAt } = call
  const kept = view.callbackOf(from, queue.id)
  const isRepeat = known !== undefined && arrivedAt - known.lastAt < queue.repeatWithinMs
  const own = standing?.as === 'vip' ? standing.headStartMs : 0
  const headStartMs = queue.headStartMs + own + (isRepeat ? queue.repeatHeadStartMs : 0)
  return kept ? Math.max(headStartMs, (queuedAt ?? at) - kept.place) : headStartMs
}

/** Whom they talked with last, where that one may soon be free. */
function firstToAsk({ call, view }: Story, queue: Queue): string | undefined {
  const agent = call.known?.lastAgent
  return agent !== undefined && queue.lastAgentMs > 0 && view.mayServeSoon(agent, queue) ? agent : undefined
}

/** Whose phone rings already is not passed over for the agent whom they talked with last. */
export function recognised(story: Story): void {
  const { call, view, at } = story
  const queue = view.queue(call.queue!)
  if (!queue) return
  const headStartMs = headStartOf(story, queue)
  const first = call.phase === 'queued' ? firstToAsk(story, queue) : undefined
  if (headStartMs === (call.headStartMs ?? 0) && first === undefined) return
  const waits = first === undefined ? {} : { 'first-agent': at + queue.lastAgentMs }
  story.add({ kind: 'PlaceRaised', headStartMs, ...(first && { first }), waits })
}

function whyNot({ call, view }: Story, queue: Queue, staff: Staff): 'length' | 'nobody' | undefined {
  if (Object.keys(staff).length === 0 && leadsOn(call, queue, 'nobody')) return 'nobody'
  const isFull = queue.mostWaiting !== null && view.waitingFor(queue.id) >= queue.mostWaiting
  return isFull && leadsOn(call, queue, 'length') ? 'length' : undefined
}

/** Once is enough for each reason: two lines that lead to each other would send a caller round and round. */
const leadsOn = ({ sentOn = [] }: Call, { id, overflow }: Queue, because: Overflow): boolean =>
  overflow[because] !== undefined && !sentOn.some(before => before.queue === id && before.because === because)

function sendOn(story: Story, queue: Queue, because: Overflow): Onward {
  const flow = queue.overflow[because]!
  story.add({ kind: 'Overflowed', queue: queue.id, because, flow })
  return flow
}

/** What is waited for in a line that was joined then, by a caller for whom it was relaxed so often. */
function waitsIn(queue: Queue, joinedAt: number, relaxed: number): Call['waits'] {
  const next = queue.relaxing[relaxed]
  return {
    'longest-wait': joinedAt + queue.longestWaitMs,
    ...(next && { relax: joinedAt + next.afterMs }),
  }
}

export function queued(story: Story, happening: Happening): Onward {
  const { call, view, at } = story
  const queue = view.queue(call.queue!)
  const over = happening.kind === 'WaitOver' ? happening.wait : undefined
  if (call.dismissed) finishDismissal(story, happening)
  else if (!queue) leadNowhere(story)
  else if (happening.kind === 'AgentChosen') offer(story, queue, happening)
  else if (happening.kind === 'LineSet') goByNow(story, queue)
  else if (happening.kind === 'KeyPressed') pressed(story, happening.key)
  else if (over === 'longest-wait') return waitedTooLong(story, queue)
  else if (over === 'relax') relax(story, queue)
  else if (isFirstAway(call, happening)) story.add({ kind: 'AnyAgent' })
  else if (over === 'announce') return stillWaiting(story, queue)
  else if (over === 'comfort') return comforting(story, queue)
  else if (call.saying && saidAll(happening, call.saying))
    story.finish(call.saying, happening, toldNext(call, queue, at))
  return undefined
}

/** The agent whom they wait for has gone, or has kept them waiting for long enough. */
export const isFirstAway = ({ first }: Call, happening: Happening): boolean =>
  happening.kind === 'FirstAgentAway'
    ? first != null
    : happening.kind === 'WaitOver' && happening.wait === 'first-agent'

/** The key that keeps the place. */
const KEEP = '1'

function pressed(story: Story, key: string): void {
  if (key !== KEEP || !mayKeepPlace(story)) return
  story.add({ kind: 'KeyPressed', key })
  keepPlace(story, placeOf(story.call.queuedAt!, story.call.headStartMs ?? 0))
}

/** They would rather be called, and nobody has answered yet. */
function pressedWhileRinging(story: Story, key: string): void {
  if (key !== KEEP || !ringsOn(story.call) || !mayKeepPlace(story)) return
  for (const leg of openLegs(story.call)) offerEnded(story, leg, 'withdrawn', NORMAL_CLEARING)
  pressed(story, key)
}

/** What they wait for, and what they hear meanwhile, goes by the line as it is now. */
function goByNow(story: Story, queue: Queue): void {
  const { call, at } = story
  const waits = {
    ...waitsIn(queue, joinedAt(call), call.relaxed ?? 0),
    ...(call.saying ? {} : comfortNext(call, queue, at)),
  }
  const isSo = (['longest-wait', 'relax'] as const).every(wait => waits[wait] === call.waits[wait])
  const hearsSo = queue.music === (call.music ?? null) && waits.comfort === comfortWaitedFor(call, at)
  if (!isSo || !hearsSo) story.add({ kind: 'LineChanged', ...musicOf(queue), waits })
}

/** Where both are due, their place is told. */
function comforting(story: Story, queue: Queue): Onward {
  const { announce } = story.call.waits
  if (announce !== undefined && announce <= story.at) return stillWaiting(story, queue)
  if (!comfort(story, queue)) goByNow(story, queue)
  return undefined
}

/** Those who could have served them may all have left meanwhile. */
function stillWaiting(story: Story, queue: Queue): Onward {
  const { call, view } = story
  if (Object.keys(view.staff(queue)).length === 0 && leadsOn(call, queue, 'nobody'))
    return sendOn(story, queue, 'nobody')
  const place = placeOf(call.queuedAt!, call.headStartMs ?? 0)
  const told = placeToTell(story, relaxedBy(queue, call.relaxed ?? 0), place, joinedAt(call))
  story.add({ kind: 'PlaceTold', ...told })
  story.say(['still-busy', ...placeInLine(told.ahead, told.waitMs ?? undefined), ...keyToKeep(story)])
  return undefined
}

const keyToKeep = (story: Story) => (mayKeepPlace(story) ? ['keep-place'] : [])

/** What is told of the wait goes by what they were promised before. */
function placeToTell({ call, view, at }: Story, queue: Queue, place: number, joinedAt: number) {
  const { ahead, wait } = view.placeInLine(queue, place, joinedAt)
  const told = toTell(wait, call.promise?.until, at)
  return told ? { ahead, waitMs: told.mostMs, medianMs: told.medianMs } : { ahead, waitMs: null }
}

function waitedTooLong(story: Story, queue: Queue): Onward {
  if (leadsOn(story.call, queue, 'wait')) return sendOn(story, queue, 'wait')
  dismiss(story, 'abandoned-in-queue', ['too-long'])
  return undefined
}

function relax(story: Story, queue: Queue): void {
  const steps = (story.call.relaxed ?? 0) + 1
  const { relax: next } = waitsIn(queue, joinedAt(story.call), steps)
  story.add({ kind: 'SkillsRelaxed', steps, ...(next !== undefined && { waits: { relax: next } }) })
}

const joinedAt = (call: Call): number => lineSince(call)!

export function offer(story: Story, { ringMs }: Queue, chosen: Happening & { kind: 'AgentChosen' }): void {
  const { call, at } = story
  const leg = legId(call.id, chosen.agent, call.seq + 1)
  const until = at + ringMs
  const ring = Math.min(call.waits.ring ?? until, until)
  story.add({ kind: 'AgentOffered', agent: chosen.agent, leg, why: chosen.why, until, waits: { ring } })
}

export function ringing(story: Story, happening: Happening): void {
  const { call } = story
  if ('leg' in happening) {
    const leg = openLegs(call).find(({ id }) => id === happening.leg)
    if (leg) ofRingingLeg(story, leg, happening)
  } else if (happening.kind === 'KeyPressed') pressedWhileRinging(story, happening.key)
  else if (happening.kind === 'AgentChosen') offerToo(story, happening)
  else if (happening.kind === 'WaitOver' && happening.wait === 'ring')
    for (const leg of rungLongest(call)) offerEnded(story, leg, 'no-answer', NO_ANSWER)
  else promptEndedWhileRinging(story, happening)
}

function ofRingingLeg(story: Story, leg: Leg, happening: Happening): void {
  if (happening.kind === 'LegRang' && leg.rangAt === null) story.add({ kind: 'AgentRang', leg: leg.id })
  else if (happening.kind === 'LegAnswered' && leg.answeredAt === null) agentAnswered(story, leg)
  else if (happening.kind === 'LegEnded')
    offerEnded(story, leg, missed(happening.cause, leg.answeredAt), happening.cause)
}

/** Where all are rung, whoever comes free joins them, until one has answered. */
function offerToo(story: Story, chosen: Happening & { kind: 'AgentChosen' }): void {
  const queue = story.view.queue(story.call.queue!)
  if (queue?.strategy === 'ring-all' && ringsOn(story.call)) offer(story, queue, chosen)
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

/** The first who answers gets the caller: the other phones are let go. */
function agentAnswered(story: Story, { agent, id }: Leg): void {
  const others = openLegs(story.call).filter(leg => leg.id !== id)
  story.add({ kind: 'AgentAnswered', leg: id, agent })
  for (const leg of others) offerEnded(story, leg, 'withdrawn', ANSWERED_ELSEWHERE)
  const prompts = queueName(story.call.queue!, story.view.namedQueues)
  const language = story.view.languageOf(agent)
  story.add({ kind: 'AgentPrompted', say: sayId(story.call.id, story.call.seq + 1, 'agent'), prompts, language })
  story.say(agentServes(agent, story.call.language))
}

/** While no other phone rings, the caller goes back to the place in the line that they had, and waits on. */
export function offerEnded(story: Story, { agent, id }: Leg, result: OfferResult, cause: number, by?: string): void {
  const queue = story.view.queue(story.call.queue!)
  const ended = { kind: 'OfferEnded', leg: id, agent, result, cause, ...(by !== undefined && { by }) } as const
  if (openLegs(story.call).length > 1) {
    story.add(ended)
    return
  }
  if (!queue) {
    story.add(ended)
    leadNowhere(story)
    return
  }
  const waits = waitsIn(queue, joinedAt(story.call), story.call.relaxed ?? 0)
  // Or when what is being said has ended.
  const next = story.call.saying ? {} : toldNext(story.call, queue, story.at)
  // Lost unheard, as while we were dead, it is no answer: whom they wait for alone is rung anew.
  const again = cause === 0 && agent === story.call.first ? { 'first-agent': story.at + queue.ringMs } : {}
  story.add({ ...ended, waits: { ...waits, ...next, ...again } })
  // It may have been set otherwise while the phone rang.
  goByNow(story, queue)
}
