import { type Agent, isHeldByCall, isSignedIn, talkEnded, woken } from '../agent/agent.ts'
import { type Code, dial } from '../agent/codes.ts'
import { agentAfter, agentOf } from '../call/agents.ts'
import { type Call, isClosed, type Leg, nextWait } from '../call/call.ts'
import { type Command, commandsFor } from '../call/commands.ts'
import { decide } from '../call/decide.ts'
import { evolve } from '../call/evolve.ts'
import type { Fact, Happening } from '../call/facts.ts'
import type { View } from '../call/view.ts'
import type { Log } from '../log.ts'
import { chooseAgent, levelFor } from '../queue/choose.ts'
import { chooseCaller, expectedWait, WaitingLines } from '../queue/line.ts'
import { Pace } from '../queue/pace.ts'
import type { Waiting } from '../queue/queue.ts'
import type { Centre } from './centre.ts'
import { Mailbox } from './mailbox.ts'
import type { AgentChange, Change, Clock, Memory, Phone } from './ports.ts'

const SHORT_ABANDON_MS = 5_000

/** Told of everything that was decided, as it is decided: the live picture, the metrics. */
export type Watcher = (call: Call | null, facts: readonly Fact[], agents: readonly AgentChange[]) => void

export type Parts = { centre: Centre; phone: Phone; memory: Memory; clock: Clock; log: Log }

/**
 * Where everything meets: a happening is decided at once on what memory holds, the facts are remembered, and only then is
 * anything done. Memory is ahead of the database by the changes not yet written, never by an act.
 */
export class Switchboard {
  readonly #parts: Parts
  readonly #mailboxes = new Map<string, Mailbox>()
  readonly #agents = new Map<string, Agent>()
  readonly #lines = new WaitingLines()
  readonly #pace = new Pace()
  readonly #agentTimers = new Map<string, () => void>()
  readonly #watchers = new Set<Watcher>()
  readonly #view: View
  /** False: nobody is offered to anybody (the database cannot vouch for a claim). */
  #offering = true

  constructor(parts: Parts) {
    this.#parts = parts
    this.#view = {
      flow: parts.centre.flow,
      queue: parts.centre.queue,
      placeInLine: (queue, since) => this.#placeInLine(queue, since),
      staffed: queue => this.#staffed(queue),
      shortAbandonMs: SHORT_ABANDON_MS,
      namedQueues: ['sales', 'support', 'operator'],
    }
  }

  // ── What is known ──

  get agents(): ReadonlyMap<string, Agent> {
    return this.#agents
  }

  get calls(): Call[] {
    return [...this.#mailboxes.values()].map(mailbox => mailbox.call)
  }

  call(id: string): Call | undefined {
    return this.#mailboxes.get(id)?.call
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  // ── What happens ──

  /** Something happened to a call. Decided before this returns; remembered and done soon after. */
  happen(id: string, happening: Happening): void {
    const before = this.#mailboxes.get(id)?.call ?? null
    const facts = decide(before, happening, this.#view)
    if (facts.length > 0) this.#write(id, facts, true)
  }

  /** Facts that came about without us, as the lifeboat's do: remembered, and nothing is done about them. */
  learn(id: string, facts: readonly Fact[]): void {
    this.#write(id, facts, false)
  }

  /** An agent dialled a code. Resolves, once it is remembered, with the prompts they are to hear; undefined: no such agent. */
  async dial(id: string, code: Code): Promise<string[] | undefined> {
    const before = this.#agents.get(id)
    if (!before) return undefined
    const { agent, says } = dial(before, code, this.#parts.clock.now())
    await this.#changeAgent(before, agent)
    return says
  }

  /** Asterisk has lost this agent's call, or never had it: what holds them cannot last. */
  freeAgent(id: string): void {
    const agent = this.#agents.get(id)
    if (!agent || !isHeldByCall(agent)) return
    void this.#changeAgent(agent, talkEnded(agent, 0, this.#parts.clock.now()))
  }

  /** Stops or starts offering callers to agents. */
  offer(on: boolean): void {
    this.#offering = on
    if (on) for (const agent of this.#agents.values()) this.#offerTo(agent)
  }

  // ── Coming back ──

  /** Takes over what the database knows and forgets all else: the beginning of every start. */
  restore(agents: Iterable<Agent>, calls: Iterable<Call>): void {
    this.stop()
    this.#mailboxes.clear()
    this.#agents.clear()
    this.#lines.clear()
    for (const agent of agents) this.#setAgent(agent)
    for (const call of calls) {
      this.#mailboxes.set(call.id, this.#newMailbox(call))
      this.#arm(this.#mailboxes.get(call.id)!)
      this.#seat(call)
    }
  }

  /** Gives commands again; all are harmless twice. */
  again(call: string, commands: Command[]): void {
    this.#mailboxes.get(call)?.perform(commands)
  }

  /** Resolves when all that was decided so far is remembered and done. */
  async settled(): Promise<void> {
    await Promise.all([...this.#mailboxes.values()].map(mailbox => mailbox.idle))
  }

  /** Lets go of all timers. Calls and agents stay as they are. */
  stop(): void {
    for (const mailbox of this.#mailboxes.values()) mailbox.disarm()
    for (const cancel of this.#agentTimers.values()) cancel()
    this.#agentTimers.clear()
  }

  // ── Inside ──

  #write(id: string, facts: readonly Fact[], act: boolean): void {
    const mailbox = this.#mailboxes.get(id)
    const before = mailbox?.call ?? null
    const { after, legs, commands, agents } = this.#fold(before, facts)
    this.#keep(mailbox, { call: { after, facts, legs }, agents }, act ? commands : [])
    this.#tell(after, facts, agents)
    this.#match(before, after, agents)
  }

  #fold(start: Call | null, facts: readonly Fact[]) {
    let call = start
    const legs = new Map<string, Leg>()
    const commands: Command[] = []
    const agents = new Map<string, AgentChange>()
    for (const fact of facts) {
      const before = call
      call = evolve(before, fact)
      if (call.leg && call.leg !== before?.leg) legs.set(call.leg.id, call.leg)
      commands.push(...commandsFor(before, fact, call))
      const id = agentOf(before, fact)
      const known = id === undefined ? undefined : (agents.get(id)?.after ?? this.#agents.get(id))
      if (!known) continue
      const after = agentAfter(known, before!, fact, this.#view)
      if (after !== known) agents.set(known.id, { before: agents.get(known.id)?.before ?? known, after })
    }
    return { after: call!, legs: [...legs.values()], commands, agents: [...agents.values()] }
  }

  #keep(known: Mailbox | undefined, change: Change, commands: Command[]): void {
    const call = change.call!.after
    const mailbox = known ?? this.#newMailbox(call)
    this.#mailboxes.set(call.id, mailbox)
    mailbox.call = call
    for (const { after } of change.agents) this.#setAgent(after)
    this.#arm(mailbox)
    const remembered = this.#parts.memory.remember(change)
    mailbox.after(remembered, commands)
    if (isClosed(call)) this.#mailboxes.delete(call.id)
  }

  #newMailbox(call: Call): Mailbox {
    const { phone, log } = this.#parts
    return new Mailbox(call, phone, log, happening =>
      this.happen(call.id, { ...happening, at: this.#parts.clock.now() }),
    )
  }

  #arm(mailbox: Mailbox): void {
    mailbox.disarm()
    const due = nextWait(mailbox.call)
    if (due) mailbox.timer = this.#parts.clock.at(due.at, () => this.#due(mailbox, due.wait))
  }

  #due(mailbox: Mailbox, wait: NonNullable<ReturnType<typeof nextWait>>['wait']): void {
    if (wait === 'filing') mailbox.perform([{ do: 'file-recording', call: mailbox.call }])
    else this.happen(mailbox.call.id, { kind: 'WaitOver', wait, at: this.#parts.clock.now() })
  }

  async #changeAgent(before: Agent, after: Agent): Promise<void> {
    if (after === before) return
    this.#setAgent(after)
    const change = [{ before, after }]
    const remembered = this.#parts.memory.remember({ agents: change })
    this.#tell(null, [], change)
    this.#offerTo(after)
    await remembered
  }

  #setAgent(agent: Agent): void {
    this.#agents.set(agent.id, agent)
    this.#agentTimers.get(agent.id)?.()
    this.#agentTimers.delete(agent.id)
    if (agent.wakeAt === null) return
    const { clock } = this.#parts
    this.#agentTimers.set(
      agent.id,
      clock.at(agent.wakeAt, () => {
        const now = this.#agents.get(agent.id)!
        // It ended at its time, also where nobody was there to see it.
        void this.#changeAgent(now, woken(now, agent.wakeAt!))
      }),
    )
  }

  #tell(call: Call | null, facts: readonly Fact[], agents: readonly AgentChange[]): void {
    for (const watcher of this.#watchers) watcher(call, facts, agents)
  }

  /** Seats the caller in or out of the line, and looks whom the change has brought together. */
  #match(before: Call | null, after: Call, agents: readonly AgentChange[]): void {
    if (after.outcome === 'answered' && before?.leg?.connectedAt != null && after.queue && before.phase !== 'ended') {
      this.#pace.handled(after.queue, this.#handlingMs(after))
    }
    const waiting = this.#seat(after)
    if (waiting && this.#isFirst(waiting)) this.#offerAgent(waiting)
    for (const { after: agent } of agents) this.#offerTo(this.#agents.get(agent.id)!)
  }

  #handlingMs(call: Call): number {
    const { leg, queue } = call
    return leg!.endedAt! - leg!.offeredAt + this.#view.queue(queue!).wrapUpMs
  }

  #seat(call: Call): Waiting | undefined {
    const waits = call.phase === 'queued' && call.dismissed === null && !call.inLifeboat
    if (!waits) {
      this.#lines.leave(call.id)
      return undefined
    }
    const queue = this.#view.queue(call.queue!)
    const waiting: Waiting = { call: call.id, queue, since: call.queuedAt!, missedBy: call.missedBy }
    this.#lines.join(waiting)
    return waiting
  }

  #isFirst(waiting: Waiting): boolean {
    return this.#lines.first(waiting.queue.id)?.call === waiting.call
  }

  #offerAgent(waiting: Waiting): void {
    if (!this.#offering) return
    const at = this.#parts.clock.now()
    const chosen = chooseAgent(waiting, this.#agents.values(), at)
    if (chosen) this.happen(waiting.call, { kind: 'AgentChosen', agent: chosen.agent.id, why: chosen.why, at })
  }

  /** A free agent gets the longest waiting caller they can serve; who exactly serves that caller, the queue's rule says. */
  #offerTo(agent: Agent): void {
    if (agent.state !== 'ready') return
    const waiting = chooseCaller(agent, this.#lines)
    if (waiting) this.#offerAgent(waiting)
  }

  #placeInLine(queue: string, since: number): { ahead: number; waitMs: number | null } {
    const ahead = this.#lines.ahead(queue, since)
    const mean = this.#pace.meanMs(queue)
    return { ahead, waitMs: expectedWait(this.#view.queue(queue), ahead, this.#agents.values(), mean) ?? null }
  }

  #staffed(queue: string): boolean {
    const asked = this.#view.queue(queue)
    for (const agent of this.#agents.values())
      if (isSignedIn(agent) && levelFor(agent, asked) !== undefined) return true
    return false
  }
}
