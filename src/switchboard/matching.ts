import type { Agent } from '../agent/agent.ts'
import { type Call, lineSince } from '../call/call.ts'
import { mayGoOn } from '../queue/callbacks.ts'
import { chooseAgent, type Staff, staffOf, type Why } from '../queue/choose.ts'
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
const isOnTheLine = ({ callback }: Call): boolean => callback !== undefined && callback.callingIn.length > 0

/** A callback for which nobody has waited in the line, or that was tried before. */
const isWithoutWaiting = ({ callback }: Call): boolean =>
  callback !== undefined && (callback.because !== 'place-kept' || callback.tries.length > callback.triedBefore)

/** By queue: such callbacks that have an agent. */
class Promised {
  readonly #queueOf = new Map<string, string>()

  set(call: Call): void {
    const hasAgent = call.phase === 'ringing' || call.phase === 'dialling' || call.phase === 'talking'
    if (hasAgent && isWithoutWaiting(call)) this.#queueOf.set(call.id, call.queue!)
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
  #pace: Pace
  #isHeld = false

  constructor(parts: MatchingParts) {
    this.#parts = parts
    this.#pace = new Pace(parts.halfHour)
  }

  /** Seats the caller in or out of the line, where the call's phase says they belong. */
  seat(call: Call): Waiting | undefined {
    this.#promised.set(call)
    const waits = call.phase === 'queued' && call.dismissed === null && !call.inLifeboat && !isOnTheLine(call)
    const queue = waits ? this.#parts.queue(call.queue!) : undefined
    if (!queue) {
      this.#lines.leave(call.id)
      return undefined
    }
    const { id, relaxed = 0, headStartMs = 0, first: only, missedBy } = call
    const place = placeOf(call.queuedAt!, headStartMs)
    const waiting = {
      ...{ call: id, queue: relaxedBy(queue, relaxed), relaxed, place, missedBy },
      ...(only && { only }),
      ...(isWithoutWaiting(call) && { isPromised: true as const }),
    }
    this.#lines.join(waiting)
    return waiting
  }

  /** Lines are set otherwise. */
  reseat(calls: readonly Call[]): void {
    for (const call of calls) if (call.phase === 'queued') this.seat(call)
  }

  /** A call and some agents have changed: brings together whom that has made possible. */
  match(before: Call | null, after: Call, agents: readonly string[]): void {
    this.#learn(before, after)
    const waiting = this.seat(after)
    // First whoever has come free: a caller who comes back to the line may not be the one who has waited longest for them.
    for (const id of agents) this.offerTo(id)
    // Of whom nobody is left who waits, the callbacks may go on.
    if (!waiting && before?.phase === 'queued' && !after.callback && after.phase !== 'ringing') this.matchAll()
    if (waiting && this.#isFirst(waiting)) this.#offer(waiting)
  }

  /** A free agent gets the longest waiting caller they can serve; who exactly serves that caller, the queue's rule says. */
  offerTo(id: string): void {
    const agent = this.#parts.agents.get(id)
    if (agent?.state === 'paused' || agent?.state === 'signed-out') this.#giveUp(id)
    if (agent?.state !== 'ready' || this.#parts.isBusy(id)) return
    const waiting = chooseCaller(agent, this.#heads())
    if (waiting) this.#offer(waiting)
  }

  /** Nobody waits for an agent who has gone. All of them first, so that none is offered before one who comes first. */
  #giveUp(agent: string): void {
    const waiting = this.#lines.waitingFor(agent)
    if (waiting.length === 0) return
    this.#isHeld = true
    for (const { call } of waiting) this.#parts.giveUp(call)
    this.#isHeld = false
    this.matchAll()
  }

  /** Brings together all who can be, the longest waiting first: after a time in which nobody could. */
  matchAll(): void {
    while (this.#heads().some(head => this.#offer(head)));
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
    this.#pace = new Pace(this.#parts.halfHour, past)
  }

  #isFirst({ call }: Waiting): boolean {
    return this.#heads().some(head => head.call === call)
  }

  /** Those whose turn it may be. */
  #heads(): Waiting[] {
    const heads = this.#lines.heads()
    if (!heads.some(({ isPromised }) => isPromised)) return heads
    return heads.filter(head => {
      const { paused: _, ...atWork } = this.staff(this.#parts.queue(head.queue.id)!)
      const count = Object.values(atWork).reduce((sum, agents) => sum + agents, 0)
      return mayGoOn(head, heads, count, this.#promised.count(head.queue.id))
    })
  }

  /** Whether there was an agent for this caller. */
  #offer(waiting: Waiting): boolean {
    const { mayOffer, agents, isBusy, now, offer } = this.#parts
    if (this.#isHeld || !mayOffer()) return false
    const chosen = chooseAgent(waiting, agents.values(), now(), isBusy)
    if (chosen) offer(waiting.call, chosen.agent.id, chosen.why)
    // Where that went wrong, the others need not wait behind them for ever.
    if (chosen) this.#lines.leave(waiting.call)
    return chosen !== undefined
  }

  /** How long a talk has taken, and how long a caller has waited. */
  #learn(before: Call | null, after: Call): void {
    if (!before || after.inLifeboat || after.queue === null || after.queuedAt === null) return
    const { queue, leg } = after
    if (after.phase === 'ended' && before.phase !== 'ended' && leg?.connectedAt != null) {
      const { offeredAt: at, connectedAt, endedAt } = leg
      this.#pace.handled({ queue, at, ringMs: connectedAt - at, ms: endedAt! - at })
    }
    if (after.callback) return
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
