import type { Agent } from '../agent/agent.ts'
import { type Call, lineSince, ringsOn } from '../call/call.ts'
import { isPromise } from '../call/made.ts'
import { mayGoOn } from '../queue/callbacks.ts'
import { chooseAgents, isForAnother, levelFor, mayServeSoon, type Staff, staffOf, type Why } from '../queue/choose.ts'
import { chooseCaller, WaitingLines } from '../queue/line.ts'
import { Pace, type Past } from '../queue/pace.ts'
import { type Forecast, forecast } from '../queue/promise.ts'
import { placeOf, type Queue, relaxedBy, type Waiting } from '../queue/queue.ts'

export type MatchingParts = {
  agents: ReadonlyMap<string, Agent>
  /** On a call of their own: ready, but not to be rung. */
  isBusy: (agent: string) => boolean
  /** Undefined: there is no such queue. */
  queue: (id: string) => Queue | undefined
  /** Of which queue a call is. */
  queueOf: (call: string) => string | undefined
  /** Which half hour of the centre's day that is, 0 to 47. */
  halfHour: (at: number) => number
  now: () => number
  /** Whether anybody may be offered to anybody now. */
  mayOffer: () => boolean
  /** The agent whom this caller waits for will not come. */
  giveUp: (call: string) => void
  /** This caller gets this agent. */
  offer: (call: string, agent: string, why: Why) => void
}

/** Whoever is to be called is calling us. */
const isOnTheLine = (call: Call): boolean => isPromise(call) && call.callback!.callingIn.length > 0

/** A callback for which nobody has waited in the line, or that was tried before. */
const isWithoutWaiting = ({ callback }: Call): boolean =>
  callback !== undefined && (callback.because !== 'place-kept' || callback.tries.length > callback.triedBefore)

/** Whoever takes a callback hears what it is about: it is work for one. */
function asFor(call: Call, queue: Queue): Queue {
  return isPromise(call) && queue.strategy === 'ring-all' ? { ...queue, strategy: 'longest-idle' } : queue
}

/** A callback may wait for long: the least that is enough will do. */
const stepsFor = (call: Call, { relaxing }: Queue): number => (isPromise(call) ? relaxing.length : (call.relaxed ?? 0))

const isWithAgent = (call: Call | null): boolean =>
  call?.callback !== undefined && (call.phase === 'ringing' || call.phase === 'dialling' || call.phase === 'talking')

/** By queue: such callbacks that have an agent. */
class Promised {
  readonly #queueOf = new Map<string, string>()

  set(call: Call): void {
    if (isWithAgent(call) && isWithoutWaiting(call)) this.#queueOf.set(call.id, call.queue!)
    else this.#queueOf.delete(call.id)
  }

  count(queue: string): number {
    return [...this.#queueOf.values()].filter(one => one === queue).length
  }

  clear(): void {
    this.#queueOf.clear()
  }
}

/** Who waits, and who gets whom. Where nobody may be offered, lines grow until `matchAll`. */
export class Matching {
  readonly #parts: MatchingParts
  readonly #lines = new WaitingLines()
  readonly #promised = new Promised()
  /** For whom all phones ring: whoever comes free is rung as well. */
  readonly #rings = new WaitingLines()
  #pace: Pace
  #isHeld = false
  #isGoingOn = false
  /** Queues of which such a callback was offered last. */
  readonly #lastWasPromised = new Set<string>()

  constructor(parts: MatchingParts) {
    this.#parts = parts
    this.#pace = new Pace(parts.halfHour)
  }

  /** Seats the caller in or out of the line, where the call's phase says they belong. Undefined: they do not wait in one. */
  seat(call: Call): Waiting | undefined {
    this.#promised.set(call)
    this.#leave(call.id)
    const waits = call.phase === 'queued' && call.dismissed === null && !call.inLifeboat && !isOnTheLine(call)
    const queue = waits || (ringsOn(call) && !isPromise(call)) ? this.#parts.queue(call.queue!) : undefined
    if (!queue || (!waits && queue.strategy !== 'ring-all')) return undefined
    const { id, headStartMs = 0, first: only, missedBy, deflectedBy } = call
    const relaxed = stepsFor(call, queue)
    const place = placeOf(call.queuedAt!, headStartMs)
    const waiting = {
      ...{ call: id, queue: asFor(call, relaxedBy(queue, relaxed)), relaxed, place, missedBy },
      ...(isPromise(call) && { isCallback: true as const }),
      ...(deflectedBy && { deflectedBy }),
      ...(!waits && { isRung: true as const }),
      ...(only && { only }),
      // What somebody has given to one agent is theirs, whoever else waits.
      ...(isPromise(call) && isWithoutWaiting(call) && !only && { isPromised: true as const }),
    }
    const line = waits ? this.#lines : this.#rings
    line.join(waiting)
    return waits ? waiting : undefined
  }

  /** Lines are set otherwise. */
  reseat(calls: readonly Call[]): void {
    for (const call of calls) if (call.phase === 'queued' || call.phase === 'ringing') this.seat(call)
  }

  /** A call and some agents have changed: brings together whom that has made possible. */
  match(before: Call | null, after: Call, agents: readonly string[]): void {
    this.#learn(before, after)
    const waiting = this.seat(after)
    // First whoever has come free: a caller who comes back to the line may not be the one who has waited longest for them.
    if (agents.length === 1) this.offerTo(agents[0]!)
    else if (agents.length > 1) this.#offerToAll(agents)
    // Of whom nobody is left who waits, or of which fewer have an agent, the callbacks may go on.
    const isFewer = isWithAgent(before) && !isWithAgent(after)
    if (isFewer || (!waiting && before?.phase === 'queued' && !isPromise(before) && after.phase !== 'ringing'))
      this.#goOn()
    if (waiting && this.#isFirst(waiting)) this.#offer(waiting)
  }

  /** A free agent gets the longest waiting caller they can serve; who exactly serves that caller, the queue's rule says. */
  offerTo(id: string): void {
    this.#giveUp(id)
    const agent = this.#parts.agents.get(id)
    if (agent?.state !== 'ready' || this.#parts.isBusy(id)) return
    const theirs = (head: Waiting): boolean => !isForAnother(head, id, this.#parts.agents.values())
    const heads = [this.#rings.heads(), this.#heads()].map(all => chooseCaller(agent, all.filter(theirs)))
    const [waiting] = inOrder(...heads)
    // It may not be made now, or the line's rule says somebody else, as for whom this agent has just sent there: then they are for the next.
    if (waiting && this.#offer(waiting)) this.offerTo(id)
  }

  /** Who come free together, as those whose phones rang for one caller do, go to the first in line, not each to their own first. */
  #offerToAll(agents: readonly string[]): void {
    for (const id of agents) this.#giveUp(id)
    this.matchAll()
  }

  /** Nobody waits for an agent who has gone. All of them first, so that none is offered before one who comes first. */
  #giveUp(agent: string): void {
    const state = this.#parts.agents.get(agent)?.state
    if (state !== 'paused' && state !== 'signed-out') return
    const waiting = this.#lines.waitingFor(agent)
    // For whom this one was the last other, whoever has sent them on may serve them after all.
    if (waiting.length === 0 && !this.#lines.heads().some(({ deflectedBy }) => deflectedBy)) return
    this.#isHeld = true
    for (const { call } of waiting) this.#parts.giveUp(call)
    this.#isHeld = false
    this.matchAll()
  }

  /** Brings together all who can be, the longest waiting first: after a time in which nobody could. */
  matchAll(): void {
    while (inOrder(...this.#rings.heads(), ...this.#heads()).some(head => this.#offer(head)));
  }

  /** `joinedAt`: when they joined this line. */
  placeInLine(queue: Queue, place: number, joinedAt: number): { ahead: number; wait: Forecast | null } {
    const { agents, now } = this.#parts
    const queueOf = (call: string) => this.#parts.queue(this.#parts.queueOf(call) ?? '')
    const scene = { queue, place, joinedAt, queueOf, pace: this.#pace, now: now(), agents: [...agents.values()] }
    return { ahead: this.#lines.ahead(queue.id, place), wait: forecast({ ...scene, ahead: this.#lines.before(place) }) }
  }

  /** With what is enough in the end. */
  staff(queue: Queue): Staff {
    return staffOf(relaxedBy(queue, queue.relaxing.length), this.#parts.agents.values())
  }

  length(queue: string): number {
    return this.#lines.length(queue)
  }

  /** Begins anew, as after these calls. */
  clear(past: Past): void {
    this.#lines.clear()
    this.#promised.clear()
    this.#rings.clear()
    this.#pace = new Pace(this.#parts.halfHour, past)
  }

  #isFirst({ call }: Waiting): boolean {
    return this.#heads().some(head => head.call === call)
  }

  /** Those whose turn it may be. */
  #heads(): Waiting[] {
    const heads = this.#lines.heads()
    if (!heads.some(({ isPromised }) => isPromised)) return heads
    return heads.filter(head => !head.isPromised || !this.#keepsWaiting(head, heads) || this.#mayGoOn(head.queue.id))
  }

  /** Whether somebody waits on the line whom an agent could serve who could take this. */
  #keepsWaiting({ queue }: Waiting, heads: readonly Waiting[]): boolean {
    const able = [...this.#parts.agents.values()].filter(agent => mayServeSoon(agent, queue))
    return heads.some(head => !head.isCallback && able.some(agent => levelFor(agent, head.queue) !== undefined))
  }

  #mayGoOn(queue: string): boolean {
    const { paused: _, ...atWork } = this.staff(this.#parts.queue(queue)!)
    const count = Object.values(atWork).reduce((sum, agents) => sum + agents, 0)
    return mayGoOn(count, this.#promised.count(queue), this.#lastWasPromised.has(queue))
  }

  /** Whom the callbacks had to wait for may be served by now. */
  #goOn(): void {
    if (this.#isGoingOn || !this.#lines.heads().some(({ isCallback }) => isCallback)) return
    this.#isGoingOn = true
    this.matchAll()
    this.#isGoingOn = false
  }

  #leave(call: string): void {
    this.#lines.leave(call)
    this.#rings.leave(call)
  }

  /** Whether there was an agent for this caller. */
  #offer(waiting: Waiting): boolean {
    const { mayOffer, agents, isBusy, now, offer } = this.#parts
    if (this.#isHeld || !mayOffer()) return false
    const chosen = chooseAgents(waiting, agents.values(), now(), isBusy)
    // Whom it goes well with is seated anew; where it goes wrong, the others need not wait behind them for ever.
    if (chosen.length > 0) this.#leave(waiting.call)
    for (const { agent, why } of chosen) offer(waiting.call, agent.id, why)
    if (chosen.length > 0) this.#lastWasPromised[waiting.isPromised ? 'add' : 'delete'](waiting.queue.id)
    if (chosen.length > 0 && !waiting.isCallback) this.#goOn()
    return chosen.length > 0
  }

  /** How long a talk has taken, and how long a caller has waited. */
  #learn(before: Call | null, after: Call): void {
    if (!before || after.inLifeboat || after.callback || after.queue === null || after.queuedAt === null) return
    const { queue, leg } = after
    if (after.phase === 'ended' && before.phase !== 'ended' && leg?.connectedAt != null) {
      const { offeredAt: at, connectedAt, endedAt } = leg
      this.#pace.handled({ queue, at, ringMs: connectedAt - at, ms: endedAt! - at })
    }
    const wasInLine = before.phase === 'queued' || before.phase === 'ringing'
    const left = after.phase === 'ended' && after.endedBy === 'caller'
    if (wasInLine && (left || after.phase === 'talking')) {
      const since = lineSince(before) ?? after.queuedAt
      this.#pace.waited({ queue, waitedMs: after.lastAt - since, left: Number(left) })
    }
    const isServed = before.phase === 'ringing' && after.phase === 'talking'
    const isGone = before.phase !== 'ended' && after.phase === 'ended' && leg?.connectedAt == null
    if (!after.promise || !(isServed || isGone)) return
    const { queue: whose, at, ms } = after.promise
    const isInTime = after.lastAt <= at + ms
    // Who left sooner leaves it unknown.
    if (isServed || !isInTime) this.#pace.promised({ queue: whose, isKept: isServed && isInTime })
  }
}

/** Of the same place, who is named first. */
const inOrder = (...waiting: (Waiting | undefined)[]): Waiting[] =>
  waiting.filter(one => one !== undefined).sort((a, b) => a.place - b.place)
