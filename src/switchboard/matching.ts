import type { Agent } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { chooseAgent, type Staff, staffOf, type Why } from '../queue/choose.ts'
import { chooseCaller, expectedWait, WaitingLines } from '../queue/line.ts'
import { type Handling, Pace } from '../queue/pace.ts'
import { placeOf, type Queue, relaxedBy, type Waiting } from '../queue/queue.ts'

export type MatchingParts = {
  agents: ReadonlyMap<string, Agent>
  /** On a call of their own: ready, but not to be rung. */
  isBusy: (agent: string) => boolean
  /** Undefined: there is no such queue. */
  queue: (id: string) => Queue | undefined
  now: () => number
  /** Whether anybody may be offered to anybody now. */
  mayOffer: () => boolean
  /** The agent whom this caller waits for will not come. */
  giveUp: (call: string) => void
  /** This caller gets this agent. */
  offer: (call: string, agent: string, why: Why) => void
}

/** Who waits, and who gets whom. Where nobody may be offered, lines grow until `matchAll`. */
export class Matching {
  readonly #parts: MatchingParts
  readonly #lines = new WaitingLines()
  #pace = new Pace()
  #isHeld = false

  constructor(parts: MatchingParts) {
    this.#parts = parts
  }

  /** Seats the caller in or out of the line, where the call's phase says they belong. */
  seat(call: Call): Waiting | undefined {
    const waits = call.phase === 'queued' && call.dismissed === null && !call.inLifeboat
    const queue = waits ? this.#parts.queue(call.queue!) : undefined
    if (!queue) {
      this.#lines.leave(call.id)
      return undefined
    }
    const { id, relaxed = 0, headStartMs = 0, first: only, missedBy } = call
    const place = placeOf(call.queuedAt!, headStartMs)
    const waiting = { call: id, queue: relaxedBy(queue, relaxed), relaxed, place, missedBy, ...(only && { only }) }
    this.#lines.join(waiting)
    return waiting
  }

  /** A call and some agents have changed: brings together whom that has made possible. */
  match(before: Call | null, after: Call, agents: readonly string[]): void {
    const wasTalking = before?.leg?.connectedAt != null && before.phase !== 'ended' && !before.inLifeboat
    if (after.outcome === 'answered' && wasTalking && after.queue) {
      this.#pace.handled({ queue: after.queue, ms: this.#handlingMs(after) })
    }
    const waiting = this.seat(after)
    // First whoever has come free: a caller who comes back to the line may not be the one who has waited longest for them.
    for (const id of agents) this.offerTo(id)
    if (waiting && this.#isFirst(waiting)) this.#offer(waiting)
  }

  /** A free agent gets the longest waiting caller they can serve; who exactly serves that caller, the queue's rule says. */
  offerTo(id: string): void {
    const agent = this.#parts.agents.get(id)
    if (agent?.state === 'paused' || agent?.state === 'signed-out') this.#giveUp(id)
    if (agent?.state !== 'ready' || this.#parts.isBusy(id)) return
    const waiting = chooseCaller(agent, this.#lines)
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
    while (this.#lines.heads().some(head => this.#offer(head)));
  }

  placeInLine(queue: Queue, place: number): { ahead: number; waitMs: number | null } {
    const before = this.#lines.aheadInAll(place)
    const waitMs = expectedWait(queue, before, this.#parts.agents.values(), this.#pace.meanMs(queue.id)) ?? null
    return { ahead: this.#lines.ahead(queue.id, place), waitMs }
  }

  /** With what is enough in the end. */
  staff(queue: Queue): Staff {
    return staffOf(relaxedBy(queue, queue.relaxing.length), this.#parts.agents.values())
  }

  length(queue: string): number {
    return this.#lines.length(queue)
  }

  /** Begins anew, as after these talks, oldest first. */
  clear(talks: Iterable<Handling>): void {
    this.#lines.clear()
    this.#pace = new Pace()
    for (const talk of talks) this.#pace.handled(talk)
  }

  #isFirst({ call }: Waiting): boolean {
    return this.#lines.heads().some(head => head.call === call)
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

  #handlingMs({ leg, queue }: Call): number {
    return leg!.endedAt! - leg!.offeredAt + (this.#parts.queue(queue!)?.wrapUpMs ?? 0)
  }
}
