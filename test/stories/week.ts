import {
  type Agent,
  answered,
  offerEnded,
  offered,
  signIn,
  talkEnded,
  type Wish,
  wish,
  woken,
} from '../../src/agent/agent.ts'
import { chooseAgents } from '../../src/queue/choose.ts'
import { chooseCaller, WaitingLines } from '../../src/queue/line.ts'
import { Pace } from '../../src/queue/pace.ts'
import { type Forecast, forecast, toTell } from '../../src/queue/promise.ts'
import { placeOf, relaxedBy, type Waiting } from '../../src/queue/queue.ts'
import { anAgent } from '../call/given.ts'
import { random } from '../random.ts'
import { AppQueue } from './appQueue.ts'
import { FakeClock } from './clock.ts'
import * as sample from './sampleWeek.ts'

const TELLS_EVERY_MS = 60_000

/** What a caller was told on joining, what app_queue would have told them, and what came of it. ms. */
export type Told = Forecast & {
  readonly at: number
  readonly appQueueMs: number
  /** Until they talked. */
  servedMs?: number
  /** Until they hung up. */
  leftMs?: number
  /** What they were told later: until when, and whether that was later than what they had been told before. */
  readonly later: { until: number; isLater: boolean }[]
}

type Caller = { waiting: Waiting; kind: sample.Kind; joinedAt: number; told?: Told; until?: number; isOver: boolean }

/**
 * The callers and agents of some weeks, one after another, and what each caller was promised. `isPlain`: nothing happens but
 * what a forecast foresees (nobody rests, goes home or hangs up, no line has a head start or is content with less), and
 * nothing is learnt from promises that were kept or broken.
 */
export class Weeks {
  readonly told: Told[] = []
  readonly #isPlain: boolean
  readonly #random
  readonly #clock = new FakeClock()
  readonly #lines = new WaitingLines()
  readonly #agents = new Map<string, Agent>()
  readonly #callers = new Map<string, Caller>()
  readonly #pace = new Pace(sample.halfHourOf)
  readonly #appQueue = new AppQueue()

  constructor(seed: number, weeks: number, isPlain = false) {
    this.#isPlain = isPlain
    this.#random = random(seed)
    const monday = Math.floor(this.#clock.now() / sample.DAY) * sample.DAY
    for (let day = 0; day < 7 * weeks; day += 1) {
      const midnight = monday + day * sample.DAY
      for (const at of sample.arrivals(midnight, day % 7, this.#random)) this.#clock.at(at, () => this.#arrive())
      for (const shift of sample.shifts(midnight, day % 7, this.#random)) this.#roster(shift)
    }
    while (this.#clock.step());
  }

  #roster({ agent, skills, from, to, rests }: sample.Shift): void {
    this.#agents.set(agent, anAgent(agent, { state: 'signed-out', skills, since: 0 }))
    const wishes = (at: number, wanted: Wish) =>
      this.#clock.at(at, () => this.#change(agent, is => wish(is, wanted, at)))
    this.#clock.at(from, () => this.#change(agent, is => signIn(is, from)))
    if (this.#isPlain) return
    for (const rest of rests) {
      wishes(rest.from, { kind: 'pause', reason: 'rest' })
      wishes(rest.to, { kind: 'ready' })
    }
    wishes(to, { kind: 'sign-out' })
  }

  #arrive(): void {
    const at = this.#clock.now()
    const kind = sample.kindOf(this.#random)
    const queue = { ...sample.QUEUES[kind], ...(this.#isPlain && { headStartMs: 0, relaxing: [] }) }
    const call = `c${this.#callers.size}`
    const waiting = { call, queue, relaxed: 0, place: placeOf(at, queue.headStartMs), missedBy: [] }
    const caller: Caller = { waiting, kind, joinedAt: at, isOver: false }
    this.#callers.set(call, caller)
    this.#promise(caller)
    this.#lines.join(waiting)
    if (!this.#isPlain) this.#clock.after(sample.patienceMs(this.#random), () => this.#hangUp(caller))
    this.#clock.after(TELLS_EVERY_MS, () => this.#tellAgain(caller))
    for (const { afterMs } of queue.relaxing) this.#clock.after(afterMs, () => this.#relax(caller))
    this.#offer(waiting)
  }

  #promise(caller: Caller): void {
    const wait = this.#forecast(caller)
    if (!wait) return
    const appQueueMs = this.#appQueue.announcedMs(caller.kind, 0)
    caller.told = { ...wait, at: caller.joinedAt, appQueueMs, later: [] }
    caller.until = caller.joinedAt + wait.mostMs
    this.told.push(caller.told)
  }

  #forecast({ waiting: { queue, place }, joinedAt }: Caller): Forecast | null {
    const ahead = this.#lines.before(place)
    const queueOf = (call: string) => this.#callers.get(call)?.waiting.queue
    const now = this.#clock.now()
    return forecast({
      now,
      queue,
      place,
      joinedAt,
      ahead,
      agents: [...this.#agents.values()],
      queueOf,
      pace: this.#pace,
    })
  }

  #tellAgain(caller: Caller): void {
    if (caller.isOver) return
    const now = this.#clock.now()
    const tells = toTell(this.#forecast(caller), caller.until, now)
    if (tells && caller.told && caller.until !== undefined) {
      const until = now + tells.mostMs
      caller.told.later.push({ until, isLater: until > caller.until })
      caller.until = until
    }
    this.#clock.after(TELLS_EVERY_MS, () => this.#tellAgain(caller))
  }

  #relax(caller: Caller): void {
    if (caller.isOver) return
    const relaxed = caller.waiting.relaxed + 1
    caller.waiting = { ...caller.waiting, relaxed, queue: relaxedBy(sample.QUEUES[caller.kind], relaxed) }
    this.#lines.join(caller.waiting)
    if (this.#lines.heads().some(head => head.call === caller.waiting.call)) this.#offer(caller.waiting)
  }

  #hangUp(caller: Caller): void {
    if (caller.isOver) return
    const waitedMs = this.#over(caller, 1)
    if (!caller.told) return
    caller.told.leftMs = waitedMs
    if (waitedMs > caller.told.mostMs) this.#learn(caller, false)
  }

  #offer(waiting: Waiting): void {
    const now = this.#clock.now()
    const [chosen] = chooseAgents(waiting, this.#agents.values(), now, () => false)
    if (!chosen) return
    const { id } = chosen.agent
    const caller = this.#callers.get(waiting.call)!
    this.#lines.leave(waiting.call)
    this.#change(id, agent => offered(agent, waiting.call, now))
    this.#clock.after(this.#random.between(2_000, 8_000), () => this.#answer(caller, id, now))
  }

  /** Where the caller is still there. Four seconds later the two are connected. */
  #answer(caller: Caller, id: string, offeredAt: number): void {
    if (caller.isOver) {
      this.#change(id, agent => offerEnded(agent, null, this.#clock.now()))
      return
    }
    caller.isOver = true
    this.#change(id, agent => answered(agent, this.#clock.now()))
    this.#clock.after(4_000, () => this.#talk(caller, id, offeredAt))
  }

  #talk(caller: Caller, id: string, offeredAt: number): void {
    const connectedAt = this.#clock.now()
    const waitedMs = this.#over(caller, 0)
    this.#appQueue.connected(caller.kind, waitedMs)
    if (caller.told) {
      caller.told.servedMs = waitedMs
      this.#learn(caller, waitedMs <= caller.told.mostMs)
    }
    const talkMs = sample.talkMs(caller.kind, connectedAt, this.#random)
    this.#clock.after(talkMs, () => {
      const endedAt = connectedAt + talkMs
      const [ringMs, ms] = [connectedAt - offeredAt, endedAt - offeredAt]
      this.#pace.handled({ queue: caller.kind, at: offeredAt, ringMs, ms })
      this.#change(id, agent => talkEnded(agent, sample.WRAP_UP_MS, endedAt))
      this.#clock.after(sample.WRAP_UP_MS, () => this.#change(id, agent => woken(agent, endedAt + sample.WRAP_UP_MS)))
    })
  }

  #learn({ kind: queue }: Caller, isKept: boolean): void {
    if (!this.#isPlain) this.#pace.promised({ queue, isKept })
  }

  /** How long they have waited. */
  #over(caller: Caller, left: number): number {
    const waitedMs = this.#clock.now() - caller.joinedAt
    caller.isOver = true
    this.#lines.leave(caller.waiting.call)
    this.#pace.waited({ queue: caller.kind, waitedMs, left })
    return waitedMs
  }

  #change(id: string, to: (agent: Agent) => Agent): void {
    const agent = to(this.#agents.get(id)!)
    this.#agents.set(id, agent)
    const waiting = agent.state === 'ready' ? chooseCaller(agent, this.#lines.heads()) : undefined
    if (waiting) this.#offer(waiting)
  }
}
