import { type Agent, isHeldByCall } from '../../src/agent/agent.ts'
import { type Call, type Leg, openLegs, openOutside, ringsOn } from '../../src/call/call.ts'
import type { Fact } from '../../src/call/facts.ts'
import { isAwaited, isBeforeTheTalk, isPromise } from '../../src/call/made.ts'
import { partyLegs } from '../../src/call/party.ts'
import { isEmergency } from '../../src/dialling/dialling.ts'
import { bareNumber } from '../../src/numbers.ts'
import { levelFor } from '../../src/queue/choose.ts'
import { placeOf, type Queue, relaxedBy } from '../../src/queue/queue.ts'
import { standingOf } from '../../src/switchboard/lifeboat.ts'
import type { AgentChange } from '../../src/switchboard/ports.ts'
import type { Switchboard } from '../../src/switchboard/switchboard.ts'
import { insist } from '../insist.ts'
import type { Diary } from './diary.ts'

/** Looks over the switchboard's shoulder, and insists on what must always be so. */
export class Watch {
  readonly #board: Switchboard
  readonly #diary: Diary
  /** Of the lifeboat: told of every change, as AMI would. */
  readonly #crew: Set<string>
  readonly #queues: ReadonlyMap<string, Queue>
  /** When each was told something last, in which line. */
  readonly #comforted = new Map<string, { at: number; lineAt: number }>()
  /** Sent on to one agent: nobody else need be rung for them meanwhile. */
  readonly #askedFor = new Set<string>()
  /** While an agent dials: what changes then they wanted themselves. */
  isDialling = false
  #hasChanged = false

  constructor(board: Switchboard, queues: readonly Queue[], crew: Set<string>, diary: Diary) {
    this.#crew = crew
    this.#diary = diary
    this.#board = board
    this.#queues = new Map(queues.map(queue => [queue.id, queue]))
    board.watch((call, facts, agents) => this.#look(call, facts, agents))
  }

  /** To be called when a step is over and nobody is away: whoever can be brought together has been. */
  insistOnMatches(): void {
    if (!this.#hasChanged) return
    this.#hasChanged = false
    const ready = [...this.#board.agents.values()].filter(agent => agent.state === 'ready')
    if (ready.length === 0) return
    for (const call of [...this.#waiting(), ...this.#ringingAll()]) {
      if (this.#mayHaveToWait(call)) continue
      const able = ready.find(agent => this.#canServe(agent, call))
      insist(!able, () => `${call.id} is ${call.phase} in ${call.queue} although ${able!.id} is ready`)
    }
  }

  #look(call: Call | null, facts: readonly Fact[], agents: readonly AgentChange[]): void {
    this.#hasChanged = true
    for (const { at: _, ...fact } of facts) this.#diary.note(() => `${call!.id} ${JSON.stringify(fact)}`)
    for (const { after } of agents) {
      if (standingOf(after) === 'ready') this.#crew.add(after.id)
      else this.#crew.delete(after.id)
      this.#diary.note(
        () =>
          `${after.id} is ${after.state} ${after.reason ?? ''} ${after.call ?? ''} next ${JSON.stringify(after.next)}`,
      )
    }
    for (const fact of facts) {
      if (fact.kind === 'AgentOffered' && fact.why.rule !== 'asked') this.#insistOnOrder(call!, fact.agent)
      if (fact.kind === 'AgentOffered' && fact.why.rule === 'asked') this.#askedFor.add(call!.id)
      if (fact.kind === 'OfferEnded') this.#askedFor.delete(call!.id)
      if (fact.kind === 'CustomerDialled')
        (call!.callback ? this.#insistOnNeed : this.#insistOnFreePhone).call(this, call!)
      if (fact.kind === 'OutsideDialled' && call!.duty) this.#insistOnTakeOver(call!)
    }
    for (const fact of facts) if (fact.kind === 'Prompted' && fact.isComfort) this.#insistOnComfort(call!, fact.at)
    if (call) this.#insistOnLeg(call)
    for (const change of agents) {
      this.#insistOnHolder(change.after)
      this.#insistOnWrapUp(change)
    }
  }

  /** Nobody is overtaken: neither in the caller's own line, nor in another that this agent can serve. */
  #insistOnOrder(served: Call, agent: string): void {
    for (const call of this.#waiting()) {
      if (this.#mayHaveToWait(call, served)) continue
      const isBefore = placeOfCall(call) < placeOfCall(served) && this.#canServe(this.#board.agents.get(agent)!, call)
      insist(!isBefore, () => `${served.id} is offered to ${agent} although ${call.id} comes first in ${call.queue}`)
    }
  }

  /** Nobody is called who is on the line with us, or is being called for the same. */
  #insistOnNeed({ id, from, queue }: Call): void {
    const onDuty = this.#board.calls.find(call => isSoughtBy(call, from))
    insist(!onDuty, () => `${id} dials a customer whom ${onDuty!.id} has on the line`)
    for (const other of this.#board.calls) {
      if (other.id === id || other.phase === 'ended' || bareNumber(other.from) !== bareNumber(from)) continue
      insist(
        other.callback !== undefined || other.duty !== undefined,
        () => `${id} dials a customer who is on the line: ${other.id}`,
      )
      const isSame = other.queue === queue && (other.phase === 'dialling' || other.phase === 'talking')
      insist(!isSame, () => `${id} dials a customer whom ${other.id} has reached`)
    }
  }

  /** Nobody of us rings a phone that another of us rings. Any number of people may call 110. */
  #insistOnFreePhone({ id, from }: Call): void {
    if (isEmergency(from)) return
    for (const other of this.#board.calls) {
      if (other.id === id || other.phase === 'ended' || !other.direction) continue
      const isRinging = other.phase === 'dialling' && !other.outbound?.result
      const rings = other.duty
        ? isSoughtBy(other, from) && openOutside(other)?.answeredAt === null
        : isRinging && bareNumber(other.from) === bareNumber(from)
      insist(!rings, () => `${id} dials a customer whose phone ${other.id} rings`)
    }
  }

  /** Nor does somebody on duty call whom we have on the line, or have called back. */
  #insistOnTakeOver({ id, duty }: Call): void {
    const { from, callback: sought } = duty!.sought.at(-1)!
    const callback = this.#board.call(sought!)
    insist(
      callback !== undefined && isAwaited(callback),
      () => `${id} takes over ${sought}, which is no longer to be made`,
    )
    const isTheirs = (other: Call): boolean => {
      if (other.id === id || other.phase === 'ended') return false
      if (other.duty) return isSoughtBy(other, from)
      const isCalled = !isPromise(other) || other.phase === 'dialling'
      return isCalled && bareNumber(other.from) === bareNumber(from)
    }
    const other = this.#board.calls.find(isTheirs)
    insist(!other, () => `${id} dials a customer whom ${other!.id} has on the line`)
  }

  /** Only who waits is told something now and then, not sooner than they are to be, and not while they are told something else. */
  #insistOnComfort(call: Call, at: number): void {
    const { id, phase, comfort, lineAt, queue } = call
    const { firstMs, everyMs } = this.#queues.get(queue!)!.comfort
    const before = this.#comforted.get(id)
    const due = before?.lineAt === lineAt ? before!.at + everyMs : lineAt! + firstMs
    this.#comforted.set(id, { at, lineAt: lineAt! })
    insist(
      phase === 'queued' && at >= due,
      () => `${id} is ${phase} and told ${comfort!.say}, due ${due - at} ms later`,
    )
  }

  #insistOnLeg(call: Call): void {
    for (const leg of [...openLegs(call), ...partyLegs(call)]) this.#insistOnHeld(call, leg)
  }

  #insistOnHeld(call: Call, leg: Leg): void {
    const agent = this.#board.agents.get(leg.agent)!
    const isReached = !isBeforeTheTalk(call) || leg.role !== undefined || leg.connectedAt !== null
    const state = leg.answeredAt === null ? 'ringing' : isReached ? 'talking' : 'dialling'
    const so = agent.state === state && agent.call === call.id
    insist(so, () => `${call.id} has an open leg to ${agent.id}, who is ${agent.state} for ${agent.call}`)
  }

  #insistOnHolder(agent: Agent): void {
    if (!isHeldByCall(agent)) return
    const call = this.#board.call(agent.call!)
    const so = call !== undefined && [...openLegs(call), ...partyLegs(call)].some(leg => leg.agent === agent.id)
    insist(so, () => `${agent.id} is ${agent.state} for ${agent.call}, which has no open leg to them`)
  }

  #insistOnWrapUp({ before, after }: AgentChange): void {
    // The lifeboat rings whoever is signed in and not paused.
    const isTaken = after.state === 'wrapping-up' || after.state === 'talking'
    if (before.state !== 'wrapping-up' || isTaken || this.isDialling) return
    insist(after.since >= before.wakeAt!, () => `${after.id}: wrap-up cut short by ${before.wakeAt! - after.since} ms`)
  }

  /** A callback for which nobody waits, while callers do. */
  #mayHaveToWait(call: Call, ...others: Call[]): boolean {
    const waiting = [...this.#waiting(), ...others]
    return isPromised(call) && waiting.some(other => !isPromise(other))
  }

  #waiting(): Call[] {
    return this.#board.calls.filter(
      call =>
        call.phase === 'queued' &&
        !call.dismissed &&
        !call.inLifeboat &&
        !(isPromise(call) && call.callback!.callingIn.length > 0),
    )
  }

  /** Whoever is ready is rung for them, too. */
  #ringingAll(): Call[] {
    return this.#board.calls.filter(
      call =>
        ringsOn(call) &&
        !isPromise(call) &&
        !this.#askedFor.has(call.id) &&
        this.#queues.get(call.queue!)?.strategy === 'ring-all',
    )
  }

  #canServe(agent: Agent, call: Call): boolean {
    const { queue: id, relaxed = 0, first } = call
    const queue = this.#queues.get(id!)!
    const steps = isPromise(call) ? queue.relaxing.length : relaxed
    const able = (one: Agent): boolean => levelFor(one, relaxedBy(queue, steps)) !== undefined
    return (first ?? agent.id) === agent.id && able(agent) && !this.#isForAnother(agent, call, able)
  }

  /** Who has sent them on leaves them to the phones that ring, or to who is at work. */
  #isForAnother(agent: Agent, call: Call, able: (one: Agent) => boolean): boolean {
    const { deflectedBy = [] } = call
    if (!deflectedBy.includes(agent.id)) return false
    const others = [...this.#board.agents.values()].filter(one => able(one) && !deflectedBy.includes(one.id))
    return ringsOn(call) || others.some(({ state }) => state !== 'paused' && state !== 'signed-out')
  }
}

/** They have dialled this number from duty. */
const isSoughtBy = (call: Call, number: string): boolean =>
  openOutside(call) !== null && bareNumber(call.duty?.sought.at(-1)?.from ?? '') === bareNumber(number)

const isPromised = (call: Call): boolean => isPromise(call) && isWithoutWaiting(call.callback!)

const isWithoutWaiting = ({ because, tries, triedBefore }: NonNullable<Call['callback']>): boolean =>
  because !== 'place-kept' || tries.length > triedBefore

const placeOfCall = ({ queuedAt, headStartMs = 0 }: Call): number => placeOf(queuedAt!, headStartMs)
