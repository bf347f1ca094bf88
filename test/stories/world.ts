import type { Outcome } from '../../src/call/facts.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { insist } from '../insist.ts'
import { type Random, random } from '../random.ts'
import { Asterisk } from './asterisk.ts'
import { Caller, NUMBERS } from './callers.ts'
import { someAgents, someQueues } from './centres.ts'
import { FakeClock } from './clock.ts'
import { controlled } from './controls.ts'
import { CLICK } from './desk.ts'
import { Diary } from './diary.ts'
import { Disk } from './disk.ts'
import { DUTY_NUMBER } from './duty.ts'
import { type Faults, faultsOf } from './faults.ts'
import { Link } from './link.ts'
import { Listener } from './listener.ts'
import { mismatches } from './mismatches.ts'
import { NOBODY, type Person } from './people.ts'
import { Service } from './service.ts'
import { Staff } from './staff.ts'
import { MOVES_EVERY_MS, movesSomebody } from './supervisor.ts'
import { Watch } from './watch.ts'

/** What is found wrong twice in a row, this far apart, is not about to be mended. */
const LOOK_EVERY_MS = 10_000
/** The dialplan sends callers to the lifeboat when we have not vouched for so long. */
const VOUCHED_FOR_MS = 15_000
/** So many turns of the microtask queue let every promise that was kept do what hangs on it. */
const TURNS = 10
const CALLBACKS_WITHIN_MS = 3_600_000
/** A world comes to rest within this time of its last caller. */
const REST_WITHIN_MS = 3 * 3_600_000

export type Chronicle = { outcomes: ReadonlyMap<Outcome, number>; kills: number }

/** A centre for an hour or so: its callers, its agents, and what goes wrong. The same seed tells the same story. */
export class World {
  readonly clock = new FakeClock()
  readonly link: Link
  readonly asterisk: Asterisk
  readonly disk: Disk
  service!: Service
  readonly #random: Random
  readonly #diary: Diary
  readonly #faults: Faults
  readonly #listener: Listener
  readonly #queues: Queue[]
  readonly #staff: Staff[]
  #watch!: Watch
  #callersToCome: number
  /** Who has rung. */
  readonly #callers = new Set<string>()
  #lastCallerAt = 0
  #isAtRest = false
  #desks = 0
  #kills = 0
  #suspects = new Set<string>()
  /** What keeps service and Asterisk apart now. */
  readonly #obstacles = new Set<'service' | 'link' | 'asterisk'>()
  /** Until when Asterisk takes a link that is cut for one that is up. */
  #believedUntil = 0

  constructor(seed: number, calls: number, isTold = false) {
    this.#random = random(seed)
    this.#diary = new Diary(this.clock, isTold)
    this.#faults = faultsOf(this.#random)
    this.#queues = someQueues(this.#random)
    this.#callersToCome = calls
    this.#listener = new Listener(this.#faults, this.#diary)
    this.link = new Link(this.clock, this.#random, this.#faults)
    this.asterisk = new Asterisk(this.clock, this.#random, event => this.link.send(event))
    const agents = someAgents(this.#random, this.clock.now())
    this.disk = new Disk(agents)
    this.asterisk.lifeboat.bell = () => this.clock.after(5, () => this.service.hearsBell())
    this.#staff = agents.map(
      ({ id }) =>
        new Staff(
          id,
          this.asterisk,
          this.clock,
          this.#random,
          (agent, dialled, person) => this.#dial(agent, dialled, person),
          (call, agent) => this.#control(call, agent),
        ),
    )
  }

  /** Rejects with the first thing that must not be. */
  async run(): Promise<Chronicle> {
    this.#startService()
    this.clock.after(5_000, () => this.#callerComes(this.#random.between(3_000, 12_000)))
    this.#lookAgain()
    this.#letGoWrong(this.#faults.killEveryMs, 'service', [100, 3_000, 30_000, 120_000])
    this.#letGoWrong(this.#faults.linkBreaksEveryMs, 'link', [30, 1_000, 10_000, 70_000])
    this.#letGoWrong(this.#faults.asteriskDiesEveryMs, 'asterisk', [2_000, 20_000])
    this.#databaseLeavesAgain()
    this.#auditAgain()
    this.#moveAgain()
    await this.#untilQuiet()
    if (this.#faults.refusedCommands) await this.#tidyUp()
    else this.#insistOnSinglePhones()
    this.#insistOnRest()
    for (const id of [...this.#callers, ...this.disk.promised])
      insist(this.disk.filed.has(id), () => `${id} is in no record`)
    return { outcomes: this.disk.outcomes, kills: this.#kills }
  }

  async #untilQuiet(): Promise<void> {
    while (this.clock.step()) {
      for (let turn = 0; turn < TURNS; turn += 1) await undefined
      insist(!this.#listener.heard, () => this.#listener.heard!)
      if (this.service.isListening && this.service.hasDatabase) this.#watch.insistOnMatches()
    }
  }

  // ── Callers and agents ──

  #callerComes(everyMs: number): void {
    if (this.#callersToCome === 0) {
      for (const staff of this.#staff) staff.rest()
      return
    }
    if (!this.#obstacles.has('asterisk')) {
      const id = `hotline-1767600000.${this.#callersToCome}`
      this.#callersToCome -= 1
      this.#callers.add(id)
      const caller = new Caller(this.asterisk, this.clock, this.#random, id)
      this.asterisk.callArrives(
        id,
        this.#random.pick(NUMBERS),
        this.#random.chance(0.04) ? DUTY_NUMBER : '4008001000',
        caller,
        this.link.up || this.#isBelievedUp,
      )
    }
    this.clock.after(this.#random.about(everyMs), () => this.#callerComes(everyMs))
  }

  get #isBelievedUp(): boolean {
    return this.clock.now() < this.#believedUntil
  }

  #dial(agent: string, dialled: string, person: Person = NOBODY): string | undefined {
    if (!this.service.isListening) return undefined
    this.#desks += 1
    const channel = `hotline-1767600001.${this.#desks}`
    const isClicked = dialled.startsWith(CLICK)
    if (!isClicked) this.asterisk.agentDials(channel, agent, person)
    this.#watch.isDialling = true
    void this.service.dial(channel, agent, dialled)
    this.#watch.isDialling = false
    return isClicked ? undefined : channel
  }

  /** By the API. */
  #control(call: string, agent: string): void {
    const { service } = this
    const parts = { board: service.board, centre: service.centre, clock: service, isAwake: () => service.isListening }
    if (service.isListening) void controlled(parts, call, agent, this.#random)
  }

  // ── What goes wrong ──

  #letGoWrong(everyMs: number, what: 'service' | 'link' | 'asterisk', lengths: number[]): void {
    if (everyMs === 0) return
    this.clock.after(this.#random.about(everyMs), () => {
      if (this.#callersToCome === 0) return
      if (!this.#obstacles.has(what)) this.#breaks(what, this.#random.pick(lengths))
      this.#letGoWrong(everyMs, what, lengths)
    })
  }

  #breaks(what: 'service' | 'link' | 'asterisk', forMs: number): void {
    this.#obstacles.add(what)
    this.#diary.note(() => `${what.toUpperCase()} breaks`)
    this.link.lose()
    this.#believedUntil = this.#faults.silentBreaks && what !== 'asterisk' ? this.clock.now() + VOUCHED_FOR_MS : 0
    if (what === 'service') this.service.kill()
    else this.service.loseLink()
    if (what === 'asterisk') {
      // Of a caller who was never heard of, an Asterisk that dies leaves no word.
      for (const id of this.asterisk.channels.keys()) if (!this.disk.has(id)) this.#callers.delete(id)
      this.asterisk.die()
    }
    this.clock.after(this.#random.between(1, forMs), () => this.#mended(what))
  }

  #mended(what: 'service' | 'link' | 'asterisk'): void {
    this.#obstacles.delete(what)
    this.#diary.note(() => `${what.toUpperCase()} is back`)
    if (what === 'asterisk') this.asterisk.start()
    if (what === 'service') {
      this.#kills += 1
      this.#startService()
    } else this.#connect()
  }

  #databaseLeavesAgain(): void {
    const everyMs = this.#faults.databaseLeavesEveryMs
    if (everyMs === 0 || this.#callersToCome === 0) return
    this.clock.after(this.#random.about(everyMs), () => {
      if (this.service.isListening) {
        this.#diary.note(() => 'DATABASE leaves')
        this.service.losesDatabase()
        this.clock.after(10_000 + this.#random.upTo(60_000), () => this.service.findsDatabase())
      }
      this.#databaseLeavesAgain()
    })
  }

  #auditAgain(): void {
    this.clock.after(10_000, () => {
      if (this.service.isListening) void this.service.audit()
      if (this.service.isListening && this.#callersToCome > 0 && this.#random.chance(0.05)) this.service.phonesDuty()
      if (!this.#isAtRest) this.#auditAgain()
    })
  }

  /** Somebody looks at the board, and moves whom they please. */
  #moveAgain(): void {
    this.clock.after(this.#random.about(MOVES_EVERY_MS), () => {
      if (this.#callersToCome === 0) return
      if (this.service.isListening) void movesSomebody(this.service, this.#random)
      this.#moveAgain()
    })
  }

  #startService(): void {
    this.service = new Service({
      asterisk: this.asterisk,
      link: this.link,
      disk: this.disk,
      clock: this.clock,
      random: this.#random,
      faults: this.#faults,
      queues: this.#queues,
      diary: this.#diary,
      log: this.#listener.log,
      giveUpLink: () => this.#breaks('link', 300),
    })
    this.#watch = new Watch(this.service.board, this.#queues, this.asterisk.lifeboat.crew, this.#diary)
    this.#connect()
  }

  #connect(): void {
    if (this.#obstacles.size > 0) return
    this.link.connect()
    void this.service.comeBack()
  }

  /** What Asterisk refused to end is ended at the next recovery. */
  async #tidyUp(): Promise<void> {
    this.#faults.refusedCommands = false
    this.#breaks('link', 100)
    await this.#untilQuiet()
  }

  // ── What must be so ──

  #lookAgain(): void {
    const found = this.service.isListening ? mismatches(this.service.board, this.asterisk, this.#faults) : []
    for (const sentence of found) insist(!this.#suspects.has(sentence), () => `${sentence}, and it stays so`)
    this.#suspects = new Set(found)
    if (this.#callersToCome === 0) this.#withdrawCallbacks()
    const isQuiet = this.asterisk.channels.size === 0 && this.service.board.calls.length === 0
    this.#isAtRest = this.#callersToCome === 0 && isQuiet
    if (this.#isAtRest) return
    if (this.#callersToCome > 0) this.#lastCallerAt = this.clock.now()
    else if (this.clock.now() > this.#lastCallerAt + REST_WITHIN_MS) return
    this.clock.after(this.#faults.lostEvents ? 3 * LOOK_EVERY_MS : LOOK_EVERY_MS, () => this.#lookAgain())
  }

  /** What nobody is left to do. */
  #withdrawCallbacks(): void {
    if (this.clock.now() < this.#lastCallerAt + CALLBACKS_WITHIN_MS || !this.service.isListening) return
    const left = this.service.board.calls.filter(call => call.callback && call.phase !== 'ended')
    for (const { id } of left)
      this.service.board.happen(id, { kind: 'Withdrawn', because: 'cancelled', at: this.clock.now() })
  }

  #insistOnSinglePhones(): void {
    for (const { id, rungTwice } of this.#staff) {
      insist(rungTwice === 0, () => `${id} was rung ${rungTwice} times while in a call`)
    }
  }

  #insistOnRest(): void {
    const { board } = this.service
    const left = {
      calls: board.calls.map(call => `${call.id} ${call.phase}`),
      stories: [...this.disk.calls.keys()],
      channels: [...this.asterisk.channels.keys()],
      bridges: [...this.asterisk.bridges.keys()],
      held: [...board.agents.values()].filter(agent => agent.call !== null).map(agent => `${agent.id} ${agent.state}`),
    }
    for (const [what, list] of Object.entries(left))
      insist(list.length === 0, () => `at rest, ${what}: ${list.join(', ')}`)
    insist(this.service.timers === 0, () => `at rest, ${this.service.timers} timers are left`)
  }
}
