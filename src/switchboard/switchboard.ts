import { type Agent, isHeldByCall, phoneOf, takenBy, talkEnded, woken } from '../agent/agent.ts'
import { dial, type OwnCode } from '../agent/codes.ts'
import { takesAgent } from '../call/agents.ts'
import { type Call, isClosed, type Leg, openLegs } from '../call/call.ts'
import { type Command, phoneRung } from '../call/commands.ts'
import { decide } from '../call/decide.ts'
import type { Fact, Happening } from '../call/facts.ts'
import { partyLegs } from '../call/party.ts'
import type { View } from '../call/view.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { NO_PAST, type Past } from '../queue/pace.ts'
import { BusyPhones } from './busyPhones.ts'
import { Callbacks } from './callbacks.ts'
import type { Centre } from './centre.ts'
import { fold } from './fold.ts'
import { Keyed } from './keyed.ts'
import { Mailbox, type MailboxParts } from './mailbox.ts'
import { Matching } from './matching.ts'
import type { AgentChange, Change, Clock, Memory, Phone, Watcher } from './ports.ts'
import { withWhoeverSatThere } from './seating.ts'
import { viewOf } from './view.ts'
import { WakeUps } from './wakeUps.ts'

export type Parts = { centre: Centre; namedQueues: string[]; phone: Phone; memory: Memory; clock: Clock; log: Log }

/**
 * Where everything meets: a happening is decided at once on what memory holds, the facts are remembered, and only then is
 * anything done. Memory is ahead of the database by the changes not yet written, never by an act.
 */
export class Switchboard {
  readonly #parts: Parts
  readonly #mailboxes = new Map<string, Mailbox>()
  readonly #agents = new Map<string, Agent>()
  readonly busyPhones: BusyPhones
  readonly callbacks: Callbacks
  readonly keyed = new Keyed()
  readonly #matching: Matching
  /** By phone: resolves when the call that it had before has let go of it. */
  readonly #letGo = new Map<string, Promise<void>>()
  readonly #wakeUps: WakeUps
  readonly #watchers = new Set<Watcher>()
  readonly #view: View
  /** False: the database cannot vouch for a claim. */
  #offering = true
  /** False: we do not hear what happens, so nobody is offered to anybody, and no wait runs out. */
  #awake = false
  /** How often we have lost sight of Asterisk. */
  nights = 0

  constructor(parts: Parts) {
    this.#parts = parts
    const { centre, clock } = parts
    this.#wakeUps = new WakeUps(clock, agent => this.#wakeAgent(agent))
    this.busyPhones = new BusyPhones(clock, this.#agents, id => this.#matching.offerTo(id))
    this.#matching = new Matching({
      agents: this.#agents,
      isBusy: id => this.busyPhones.has(id),
      queue: centre.queue,
      queueOf: call => this.call(call)?.queue ?? undefined,
      halfHour: at => centre.hours.halfHour(at),
      now: () => clock.now(),
      mayOffer: () => this.#offering && this.#awake,
      giveUp: call => this.happen(call, { kind: 'FirstAgentAway', at: clock.now() }),
      offer: (call, agent, why) => this.happen(call, { kind: 'AgentChosen', agent, why, at: clock.now() }),
    })
    this.callbacks = new Callbacks(this, clock, centre.dialling.bare)
    this.#view = viewOf(centre, this.#matching, this.#agents, this.callbacks, parts.namedQueues, parts.memory)
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
  happen(id: string, happened: Happening): void {
    this.#spareTheOthers(id, () => {
      const happening = this.keyed.hidden(this.call(id), happened)
      if (takesAgent(happening) && !this.#letGoOf(happening.agent, id, happening.at)) return
      const facts = decide(this.call(id) ?? null, happening, this.#view)
      if (facts.length > 0) this.#write(id, facts, true)
    })
  }

  /** Facts that came about without us, as the lifeboat's do: remembered, and nothing is done about them. */
  learn(id: string, facts: readonly Fact[]): void {
    this.#write(id, facts, false)
  }

  /** An agent dialled a code. Resolves, once it is remembered, with the prompts they are to hear; undefined: no such agent. */
  async dial(id: string, code: OwnCode): Promise<string[] | undefined> {
    const before = this.#agents.get(id)
    if (!before) return undefined
    const at = this.#parts.clock.now()
    const { agent, says } = dial(before, code, at)
    if (agent !== before) await this.#change(withWhoeverSatThere(this.#agents, { before, after: agent }, code, at))
    return says
  }

  /** Asterisk has lost this agent's call, or never had it: what holds them cannot last. */
  freeAgent(id: string): void {
    const agent = this.#agents.get(id)
    if (agent && isHeldByCall(agent)) this.#turn(agent, talkEnded(agent, 0, this.#parts.clock.now()))
  }

  /** This call has an agent who was not known to be with it, and whom no other call has: since then, as far as we know. */
  holdAgent(id: string, call: string, { offeredAt, answeredAt }: Leg): void {
    const agent = this.#agents.get(id)
    if (!agent) return
    const at = answeredAt ?? offeredAt
    const free = isHeldByCall(agent) ? talkEnded(agent, 0, at) : agent
    this.#turn(agent, takenBy(free, call, answeredAt === null ? 'ringing' : 'talking', at))
  }

  /** They are no agent any more, and signed out. */
  forgetAgent = (id: string): boolean => this.#agents.delete(id)

  /** Stops or starts offering callers to agents. */
  offer(on: boolean): void {
    this.#offering = on
    if (on) this.#matching.matchAll()
  }

  /** We no longer hear what happens in Asterisk: what we cannot see we do not judge. */
  sleep(): void {
    this.#awake = false
    this.nights += 1
    this.stop()
  }

  /** We know how things stand, and go on from there: waits that ran out meanwhile are over now. */
  wake(): void {
    const now = this.#parts.clock.now()
    // Before anybody is offered: whoever's wrap-up ended meanwhile is one of those to choose from.
    for (const agent of this.#agents.values()) if (agent.wakeAt !== null && agent.wakeAt <= now) this.#wakeAgent(agent)
    this.#awake = true
    for (const call of this.calls) this.busyPhones.wrote(null, call)
    this.linesChanged()
    for (const mailbox of this.#mailboxes.values()) mailbox.arm()
    for (const agent of this.#agents.values()) this.#wakeUps.set(agent)
  }

  /** The centre's lines may be others, or set otherwise: who waits keeps their place, and is served as the line is now. */
  linesChanged(): void {
    this.#matching.reseat(this.calls)
    if (!this.#awake) return
    for (const { id } of this.calls) this.happen(id, { kind: 'LineSet', at: this.#parts.clock.now() })
    this.#matching.matchAll()
  }

  // ── Coming back ──

  /** Takes over what the database knows and forgets all else: the beginning of every start. Sleeps until `wake`. */
  restore(agents: Iterable<Agent>, calls: Iterable<Call>, past: Past = NO_PAST): void {
    this.sleep()
    this.#mailboxes.clear()
    this.#agents.clear()
    this.#matching.clear(past)
    for (const agent of agents) this.setAgent(agent)
    for (const call of calls)
      this.#spareTheOthers(call.id, () => {
        this.#mailboxes.set(call.id, this.#newMailbox(call))
        this.#matching.seat(call)
      })
    this.callbacks.restore(this.calls)
  }

  /** Gives commands again; all are harmless twice. */
  again(call: string, commands: Command[]): void {
    this.#mailboxes.get(call)?.perform(commands)
  }

  /** Resolves when all that was decided so far is remembered and done, but for recordings that are being filed. Of one call, or of all. */
  settledFor = async (call: string): Promise<void> => this.#mailboxes.get(call)?.idle
  settled = (): Promise<unknown> => Promise.all([...this.#mailboxes.values()].map(({ idle }) => idle))
  filed = (): Promise<unknown> => Promise.all([...this.#mailboxes.values()].map(({ filed }) => filed))

  /** Lets go of all timers. Calls and agents stay as they are. */
  stop(): void {
    for (const mailbox of this.#mailboxes.values()) mailbox.disarm()
    this.#wakeUps.clear()
    this.busyPhones.clear()
  }

  // ── Inside ──

  /** What goes wrong with one call is a fault of ours, and must not become a fault of all. */
  #spareTheOthers(call: string, act: () => void): void {
    try {
      act()
    } catch (thrown) {
      this.#parts.log.error({ call, error: sentenceOf(thrown) }, 'a call cannot go on: a fault of ours')
    }
  }

  #write(id: string, facts: readonly Fact[], act: boolean): void {
    const mailbox = this.#mailboxes.get(id)
    const before = mailbox?.call ?? null
    const { after, legs, outside, commands, agents } = fold(before, facts, this.#agents, this.#view)
    this.#keep(mailbox, { call: { after, facts, legs, outside }, agents }, act ? commands : [])
    this.keyed.wrote(after, facts)
    this.#tell(after, facts, agents)
    const touched = agents.map(agent => agent.after.id)
    this.#matching.match(before, after, touched)
    this.busyPhones.wrote(before, after)
    this.callbacks.wrote(after, facts)
    if (facts[0]?.kind === 'LifeboatConnected' || facts[0]?.kind === 'AgentDialled') this.#matching.matchAll()
  }

  /**
   * A phone has one talk at a time: whatever call had this agent when they answered another is over for them, though
   * nobody told us. False: they talk since then, so the other is over.
   */
  #letGoOf(agent: string, next: string, at: number): boolean {
    const held = this.call(this.#agents.get(agent)?.call ?? '')
    const leg = held && [...openLegs(held), ...partyLegs(held)].find(one => one.agent === agent)
    if (!leg || held.id === next) return true
    if (leg.answeredAt !== null && leg.answeredAt > at) return false
    const offering = this.#offering
    this.#offering = false
    if (held.inLifeboat) this.happen(held.id, { kind: 'CallerGone', cause: 0, by: 'agent', at })
    else this.happen(held.id, { kind: 'LegEnded', leg: leg.id, cause: 0, at })
    this.#offering = offering
    return true
  }

  #keep(known: Mailbox | undefined, change: Change, commands: Command[]): void {
    const call = change.call!.after
    const mailbox = known ?? this.#newMailbox(call)
    const letGo = this.busyPhones.letGo(known?.call, call)
    this.#mailboxes.set(call.id, mailbox)
    mailbox.call = call
    for (const { after } of change.agents) this.setAgent(after)
    mailbox[this.#awake ? 'arm' : 'disarm']()
    const remembered = this.#parts.memory.remember(change, commands.length === 0)
    mailbox.after(remembered, commands, this.#whenLetGo(commands))
    for (const { before, after } of change.agents)
      if (isHeldByCall(before) && !isHeldByCall(after)) letGo.push(phoneOf(before))
    for (const phone of letGo) this.#letGo.set(phone, mailbox.idle)
    if (isClosed(call)) this.#mailboxes.delete(call.id)
  }

  /** A phone is not rung before its former call has let go of it: it would be busy. */
  #whenLetGo(commands: readonly Command[]): Promise<unknown> | undefined {
    const held = commands.flatMap(command => (command.do === 'ring' ? (this.#letGo.get(phoneRung(command)) ?? []) : []))
    return held.length === 0 ? undefined : Promise.all(held)
  }

  #newMailbox(call: Call): Mailbox {
    const { phone, clock, log } = this.#parts
    const happened: MailboxParts['happened'] = happening => this.happen(call.id, { ...happening, at: clock.now() })
    return new Mailbox(call, { phone, clock, log, nights: () => this.nights, happened })
  }

  async #change(agents: readonly AgentChange[]): Promise<void> {
    for (const { after } of agents) this.setAgent(after)
    const remembered = this.#parts.memory.remember({ agents })
    this.#tell(null, [], agents)
    for (const { after } of agents) this.#matching.offerTo(after.id)
    await remembered
  }

  /** Nobody waits for this to be remembered; whoever keeps the memory answers for it where it cannot be. */
  #turn(before: Agent, after: Agent): void {
    if (after === before) return
    this.#change([{ before, after }]).catch(thrown =>
      this.#parts.log.warn({ agent: after.id, error: sentenceOf(thrown) }, 'not remembered'),
    )
  }

  /** Of what they do only `dial` and calls may change anything: it is not remembered. */
  setAgent(agent: Agent): void {
    this.#agents.set(agent.id, agent)
    if (this.#awake) this.#wakeUps.set(agent)
  }

  /** It ended at its time, also where nobody was there to see it. */
  #wakeAgent = (agent: Agent): void => this.#turn(agent, woken(agent, agent.wakeAt!))

  #tell(call: Call | null, facts: readonly Fact[], agents: readonly AgentChange[]): void {
    for (const watcher of this.#watchers) watcher(call, facts, agents)
  }
}
