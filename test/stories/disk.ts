import { type Agent, isHeldByCall } from '../../src/agent/agent.ts'
import { type Call, isClosed, openLegs } from '../../src/call/call.ts'
import { evolve } from '../../src/call/evolve.ts'
import { type Fact, OUTCOMES, type Outcome } from '../../src/call/facts.ts'
import { partyLegs } from '../../src/call/party.ts'
import type { AgentChange, Change } from '../../src/switchboard/ports.ts'
import { insist } from '../insist.ts'

type Period = { state: Agent['state']; reason: Agent['reason']; call: string | null; from: number }

/** What survives: a database that refuses every change which does not fit, as the real one's indexes and checks would. */
export class Disk {
  readonly calls = new Map<string, Call>()
  readonly agents = new Map<string, Agent>()
  readonly outcomes = new Map<Outcome, number>()
  readonly #facts = new Map<string, Fact[]>()
  /** Calls whose story is complete and has been checked. */
  readonly filed = new Set<string>()
  /** The callbacks that callers were promised. */
  readonly promised = new Set<string>()
  readonly #periods = new Map<string, Period | null>()
  readonly #signedInAt = new Map<string, number>()
  readonly #counted = new Map<string, number>()

  constructor(agents: readonly Agent[]) {
    for (const agent of agents) {
      this.agents.set(agent.id, agent)
      this.#periods.set(agent.id, null)
    }
  }

  has(call: string): boolean {
    return this.filed.has(call) || this.calls.has(call)
  }

  write(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.call) this.#writeCall(change.call.after, change.call.facts)
      for (const agent of change.agents) this.#writeAgent(agent)
      this.#insistOnClaims(change)
    }
  }

  /** As a service that starts reads it: through JSON, and closed calls left out. */
  read(): { agents: Agent[]; calls: Call[] } {
    const open = [...this.calls.values()].filter(call => !isClosed(call))
    return JSON.parse(JSON.stringify({ agents: [...this.agents.values()], calls: open }))
  }

  #writeCall(call: Call, facts: readonly Fact[]): void {
    const known = this.#facts.get(call.id) ?? []
    insist(!this.filed.has(call.id), () => `${call.id}: its story goes on after it was filed (${facts[0]!.kind})`)
    insist(known.length + facts.length === call.seq, () => `${call.id}: facts are missing before ${call.seq}`)
    known.push(...facts)
    for (const fact of facts) if (fact.kind === 'CallbackBooked') this.promised.add(fact.callback)
    this.#facts.set(call.id, known)
    this.calls.set(call.id, call)
    if (isClosed(call)) this.#file(call, known)
  }

  /** The whole story, read once more from its beginning. */
  #file(call: Call, facts: readonly Fact[]): void {
    const folded = facts.reduce(evolve, null as Call | null)
    insist(JSON.stringify(folded) === JSON.stringify(call), () => `${call.id}: folded again it is another call`)
    const ends = facts.filter(fact => fact.kind === 'CallEnded')
    insist(ends.length === 1, () => `${call.id}: ${ends.length} ends`)
    insist(OUTCOMES.includes(call.outcome!), () => `${call.id}: the outcome ${call.outcome}`)
    const connected = facts.filter(fact => fact.kind === 'Connected' || fact.kind === 'LifeboatConnected')
    const sentOn = facts.filter(fact => fact.kind === 'TransferredOn').length
    insist(connected.length <= 1 + sentOn, () => `${call.id}: answered by ${connected.length} agents`)
    const isTakenOver = facts.some(fact => fact.kind === 'CallbackTakenOver')
    insist(
      (connected.length > 0 || isTakenOver) === (call.outcome === 'answered'),
      () => `${call.id}: ${call.outcome}, yet connected`,
    )
    const wasPutThrough = facts.some(fact => fact.kind === 'OutsideAnswered')
    insist(
      call.duty !== undefined || connected.length > 0 || wasPutThrough === (call.outcome === 'transferred-out'),
      () => `${call.id}: ${call.outcome}, ${wasPutThrough ? 'yet' : 'but never'} put through`,
    )
    for (const [i, fact] of facts.entries()) {
      insist(i === 0 || fact.at >= facts[i - 1]!.at, () => `${call.id}: ${fact.kind} is earlier than what was before`)
    }
    this.outcomes.set(call.outcome!, (this.outcomes.get(call.outcome!) ?? 0) + 1)
    this.filed.add(call.id)
    this.#facts.delete(call.id)
    this.calls.delete(call.id)
  }

  #writeAgent({ before, after }: AgentChange): void {
    const known = this.agents.get(after.id)!
    insist(before.version === known.version, () => `${after.id}: a change of ${before.version} on ${known.version}`)
    insist(after.version > before.version, () => `${after.id}: version ${after.version} on ${before.version}`)
    this.agents.set(after.id, after)
    const same = before.state === after.state && before.reason === after.reason && before.call === after.call
    if (!same) this.#turnPeriod(after)
  }

  /** A period ends where the next begins; together they are the time between sign-in and sign-out. */
  #turnPeriod(after: Agent): void {
    const last = this.#periods.get(after.id)
    insist(!last || last.from <= after.since, () => `${after.id}: ${after.state} began before ${last!.state} did`)
    if (last) this.#counted.set(after.id, (this.#counted.get(after.id) ?? 0) + after.since - last.from)
    else this.#signedInAt.set(after.id, after.since)
    if (after.state === 'signed-out') {
      const whole = after.since - this.#signedInAt.get(after.id)!
      insist(
        this.#counted.get(after.id) === whole,
        () => `${after.id}: the periods do not add up to the time signed in`,
      )
      this.#counted.delete(after.id)
      this.#periods.set(after.id, null)
    } else {
      const { state, reason, call, since: from } = after
      this.#periods.set(after.id, { state, reason, call, from })
    }
  }

  /** Agents who are held are held by the call that has an open leg to them, and the other way round. */
  #insistOnClaims(change: Change): void {
    const call = change.call?.after
    for (const { agent } of call ? legsIn(call) : [])
      insist(holds(this.agents.get(agent)!, call!.id), () => `${call!.id}: its leg to ${agent} holds nobody`)
    const answered = call ? openLegs(call).filter(leg => leg.answeredAt !== null) : []
    insist(answered.length <= 1, () => `${call!.id}: ${answered.length} agents have answered`)
    for (const { after } of change.agents) {
      const held = isHeldByCall(after) ? this.calls.get(after.call!) : undefined
      insist(
        !isHeldByCall(after) || (held !== undefined && legsIn(held).some(leg => leg.agent === after.id)),
        () => `${after.id} is ${after.state} without a leg`,
      )
    }
  }
}

/** Also of those who were asked into its talk. */
const legsIn = (call: Call) => [...openLegs(call), ...partyLegs(call)]

const holds = (agent: Agent, call: string): boolean => isHeldByCall(agent) && agent.call === call
