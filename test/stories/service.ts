import type { Command } from '../../src/call/commands.ts'
import type { Known } from '../../src/call/facts.ts'
import { Library } from '../../src/ivr/library.ts'
import type { Log } from '../../src/log.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { Audit } from '../../src/switchboard/audit.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { LifeboatStory } from '../../src/switchboard/lifeboatStory.ts'
import { type Clock, type Phone, PhoneRefused, type Seen, type UnderWay } from '../../src/switchboard/ports.ts'
import { recognition } from '../../src/switchboard/recognition.ts'
import { type Recovery, recover } from '../../src/switchboard/recover.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import type { Random } from '../random.ts'
import type { Asterisk } from './asterisk.ts'
import { knownOf } from './callers.ts'
import type { FakeClock } from './clock.ts'
import { deskDials } from './desk.ts'
import type { Diary } from './diary.ts'
import type { Disk } from './disk.ts'
import { dialled, isDue, resultOf } from './duty.ts'
import { type Faults, MAY_BE_REFUSED } from './faults.ts'
import { STORY_FLOWS } from './flows.ts'
import type { Event, Link } from './link.ts'
import { SlowMemory } from './memory.ts'

export type Surroundings = {
  asterisk: Asterisk
  link: Link
  disk: Disk
  clock: FakeClock
  random: Random
  faults: Faults
  queues: readonly Queue[]
  diary: Diary
  log: Log
  /** Of the link that does not answer: it is given up, and built anew. */
  giveUpLink: () => void
}

const NEVER = new Promise<never>(() => {})
const RECOVER_AGAIN_MS = 1_000
const AWAY_AFTER_MS = 3_000
const ANSWER_WITHIN_MS = 5_000

/** One life of the hotline, from its start to the moment it is killed. */
export class Service implements Phone, Clock {
  readonly board: Switchboard
  readonly #around: Surroundings
  readonly centre: Centre
  readonly #memory: SlowMemory
  readonly #story: LifeboatStory
  readonly #recovery: Recovery
  readonly #audit: Audit
  hasDatabase = true
  /** Prompts that Asterisk would not stop when it was asked first. */
  readonly #unstopped = new Set<string>()
  readonly #timers = new Set<() => void>()
  /** Events wait here while recovery compares. */
  #kept: Event[] | null = []
  #isDead = false

  constructor(around: Surroundings) {
    this.#around = around
    const { clock, disk, random, faults, queues, link, asterisk, log } = around
    this.#memory = new SlowMemory(disk, clock, random, faults.slowestWriteMs)
    this.centre = new Centre(queues, new Map(), new Library(STORY_FLOWS.map(flow => ({ number: 1, flow }))))
    this.board = new Switchboard({
      ...{ centre: this.centre, namedQueues: [], phone: this },
      ...{ memory: this.#memory, clock: this, log },
    })
    this.board.watch(recognition({ board: this.board, clock: this, log, history: call => this.#history(call.from) }))
    this.#story = new LifeboatStory({
      board: this.board,
      read: take => asterisk.lifeboat.read(take),
      onRecord: async calls => new Set(calls.filter(call => disk.has(call))),
      remembered: () => this.#memory.settled(),
      dialled,
      endOf: async call => asterisk.tapes.get(call.id),
      log,
    })
    const onRecord = async (calls: readonly string[]) => new Set(calls.filter(call => disk.has(call)))
    const endOf = async (call: { id: string }) => asterisk.tapes.get(call.id)
    const isTold = () => false
    this.#recovery = { board: this.board, phone: this, clock: this, log, dialled, endOf, onRecord, isTold }
    this.#audit = new Audit(this.#recovery)
    link.deliver = event => this.#take(event)
    const { agents, calls } = disk.read()
    this.board.restore(agents, calls)
  }

  /** Timers that are still to wake this service. */
  get timers(): number {
    return this.#timers.size
  }

  /** It hears of everything, and nothing is kept back. */
  get isListening(): boolean {
    return !this.#isDead && this.#kept === null && this.#around.link.up
  }

  kill(): void {
    this.#isDead = true
    this.#memory.die()
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  loseLink(): void {
    this.#kept = []
    this.board.sleep()
    this.#story.away()
  }

  /** The lifeboat has written something. */
  hearsBell(): void {
    if (!this.#isDead) this.#story.hear()
  }

  /** Postgres is gone: callers who wait go to the lifeboat. */
  losesDatabase(): void {
    this.#memory.leaves()
    this.#around.clock.after(AWAY_AFTER_MS, () => {
      if (this.#isDead) return
      this.#memory.goesOn()
      this.hasDatabase = false
      this.board.offer(false)
      for (const call of this.board.calls) this.board.happen(call.id, { kind: 'DatabaseAway', at: this.now() })
    })
  }

  findsDatabase(): void {
    if (this.#isDead) return
    this.hasDatabase = true
    this.#memory.isPresent = true
    this.board.offer(true)
  }

  /** For the event that never came. */
  async audit(): Promise<void> {
    try {
      // The bell may not be heard, as of a caller who came and went unheard: Exchange does the same.
      if (this.hasDatabase || this.board.calls.some(call => call.inLifeboat)) await this.#story.hear()
      await this.#audit.look()
    } catch (thrown) {
      if (!(thrown instanceof PhoneRefused)) throw thrown
    }
  }

  /** The link is up: compare, and go on. */
  async comeBack(): Promise<void> {
    const { link, clock } = this.#around
    const { epoch } = link
    this.#around.diary.note(() => 'RECOVERS')
    try {
      await this.#story.catchUp()
      await recover(this.#recovery)
      if (this.#isDead || link.epoch !== epoch || !link.up) return
      const kept = this.#kept ?? []
      this.#kept = null
      for (const event of kept) this.#take(event)
    } catch (thrown) {
      if (!(thrown instanceof PhoneRefused)) throw thrown
      clock.after(RECOVER_AGAIN_MS, () => {
        if (!this.#isDead && link.up && link.epoch === epoch) void this.comeBack()
      })
    }
  }

  dial(channel: string, phone: string, number: string): Promise<void> {
    const desk = { board: this.board, centre: this.centre, phone: this }
    return deskDials(desk, { channel, phone, number, at: this.now() })
  }

  // ── The ports, as long as it lives ──

  now(): number {
    return this.#around.clock.now()
  }

  at(time: number, wake: () => void): () => void {
    if (this.#isDead) return () => {}
    const cancel = this.#around.clock.at(time, () => {
      this.#timers.delete(stop)
      wake()
    })
    const stop = () => {
      this.#timers.delete(stop)
      cancel()
    }
    this.#timers.add(stop)
    return stop
  }

  async perform(command: Command): Promise<void> {
    if (command.do === 'file-recording') return this.#file(command)
    if (command.do === 'look-up') return void this.#lookUp(command)
    if (command.do === 'check-pin') return void this.#checkPin(command)
    const { link, asterisk, random, faults, diary } = this.#around
    const { epoch } = link
    const isCut = () => !link.up || link.epoch !== epoch
    if (isCut()) throw new PhoneRefused('away', 'there is no link')
    const isQuick = random.chance(0.6)
    await this.#passes(isQuick ? 0 : random.upTo(4))
    // A request that the break of the link overtook may have arrived all the same.
    if (isCut() && random.chance(0.5)) throw new PhoneRefused('away', 'the link broke')
    if (faults.refusedCommands && this.#isRefused(command)) throw new PhoneRefused('refused', 'no')
    const isSwallowed = faults.swallowedCommands && random.chance(0.003)
    if (!isSwallowed || random.chance(0.5)) {
      diary.note(() => `  → ${JSON.stringify(command)}`)
      asterisk.perform(command)
    }
    if (isSwallowed) await this.#isSwallowed(command, isCut)
    await this.#passes(isQuick ? 0 : random.upTo(3))
    if (isCut()) throw new PhoneRefused('away', 'the link broke')
  }

  #isRefused(command: Command): boolean {
    if (!MAY_BE_REFUSED.has(command.do) || !this.#around.random.chance(0.02)) return false
    if (command.do !== 'stop-saying') return true
    const isFirst = !this.#unstopped.has(command.say)
    this.#unstopped.add(command.say)
    return isFirst
  }

  async #isSwallowed(command: Command, isCut: () => boolean): Promise<never> {
    this.#around.diary.note(() => `  … ${JSON.stringify(command)} is not answered`)
    await this.#passes(ANSWER_WITHIN_MS)
    if (!isCut()) this.#around.giveUpLink()
    throw new PhoneRefused('away', 'no answer in time')
  }

  async look(asked: UnderWay): Promise<Seen> {
    const { link, asterisk, random } = this.#around
    const { epoch } = link
    await this.#passes(random.upTo(10))
    const seen = asterisk.look(asked)
    await this.#passes(random.upTo(30))
    if (!link.up || link.epoch !== epoch) throw new PhoneRefused('away', 'the link broke')
    return seen
  }

  async #file({ call }: Command & { do: 'file-recording' }): Promise<void> {
    await this.#passes(this.#around.random.upTo(2_000))
    for (const { id } of [...(call.messages ?? []), ...(call.comments ?? [])]) this.#around.asterisk.messages.take(id)
    const recording = { file: `${call.id}.wav`, ms: 0, sha256: '', faults: [] }
    this.board.happen(call.id, { kind: 'Filed', recording, at: this.now() })
  }

  /** Now and then nobody can tell in time. */
  async #history(number: string): Promise<Known | undefined> {
    await this.#passes(this.#around.random.upTo(1_500))
    return knownOf(number, this.#around.random, this.now())
  }

  /** A customer system that is slow, and now and then not there. */
  async #lookUp({ call, lookup }: Command & { do: 'look-up' }): Promise<void> {
    const { random } = this.#around
    await this.#passes(random.upTo(4_000))
    const answered = random.chance(0.3) ? { failure: 'away' } : { answer: { balance: random.upTo(100) } }
    this.board.happen(call, { kind: 'LookedUp', lookup, ...answered, at: this.now() })
  }

  /** Now and then the database is away. */
  async #checkPin({ call }: Command & { do: 'check-pin' }): Promise<void> {
    const { random, disk } = this.#around
    const keyed = this.board.keyed.take(call)
    await this.#passes(random.upTo(300))
    const result = random.chance(0.05) ? 'failed' : resultOf(keyed, disk.calls.values(), this.now() + 600_000)
    this.board.happen(call, { kind: 'PinChecked', result, at: this.now() })
  }

  /** Messages have waited for long. */
  phonesDuty(): void {
    const due = isDue(this.board.calls, this.now())
    if (due) this.board.happen(due.id, due)
  }

  /** Time passes for this service, if it lives. */
  #passes(ms: number): Promise<void> {
    if (this.#isDead) return NEVER
    if (ms === 0) return Promise.resolve()
    return new Promise(done => {
      this.#around.clock.after(ms, () => {
        if (!this.#isDead) done()
      })
    })
  }

  #take(event: Event): void {
    if (this.#isDead) return
    this.#around.diary.note(() => `  ← ${JSON.stringify(event)}${this.#kept ? ' (kept back)' : ''}`)
    if (this.#kept) this.#kept.push(event)
    else {
      this.board.happen(event.call, { ...event.happening, at: event.at })
      if (!this.hasDatabase && event.happening.kind === 'Arrived') {
        this.board.happen(event.call, { kind: 'DatabaseAway', at: this.now() })
      }
    }
  }
}
