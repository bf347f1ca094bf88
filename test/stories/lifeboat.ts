import { callOf, isCustomer } from '../../src/ids.ts'
import type { Told } from '../../src/switchboard/lifeboatStory.ts'
import type { Random } from '../random.ts'
import type { Asterisk } from './asterisk.ts'
import type { FakeClock } from './clock.ts'
import type { Handset } from './people.ts'

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never
type Passenger = { leg: string | null; giveUpAt: number }

const SENTENCE_MS = 3_000
const RETRY_MS = 1_000
const RING_MS = 15_000
const QUEUE_MS = 120_000
const NORMAL = 16

/** The dialplan's own queue: carries callers to agents without us, and tells of it in queue_log. */
export class Lifeboat {
  /** Rings when there is something to read. */
  bell: () => void = () => {}
  /** Agents aboard who are not paused, as we last said. */
  readonly crew = new Set<string>()
  readonly #asterisk: Asterisk
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #handsets: ReadonlyMap<string, Handset>
  readonly #passengers = new Map<string, Passenger>()
  readonly #log: Told[] = []
  #legs = 0
  /** How far queue_log was read, and that is on record. */
  #read = 0

  constructor(asterisk: Asterisk, clock: FakeClock, random: Random, handsets: ReadonlyMap<string, Handset>) {
    this.#asterisk = asterisk
    this.#clock = clock
    this.#random = random
    this.#handsets = handsets
  }

  /** Hands over what is new, and forgets it once `take` resolves. */
  async read(take: (told: readonly Told[]) => Promise<void>): Promise<void> {
    const to = this.#log.length
    if (to > this.#read) await take(this.#log.slice(this.#read, to))
    this.#read = Math.max(this.#read, to)
  }

  tell(told: Unstamped<Told>): void {
    const call = isCustomer(told.call) ? callOf(told.call) : told.call
    this.#log.push({ ...told, call, at: this.#clock.now() } as Told)
  }

  board(call: string, queue: string, caller: { from: string; to: string }): void {
    this.tell({ kind: 'boarded', call, queue, arrivedAt: this.#clock.now(), ...caller })
    this.#passengers.set(call, { leg: null, giveUpAt: this.#clock.now() + QUEUE_MS })
    this.bell()
    this.#clock.after(SENTENCE_MS, () => this.#serve(call))
  }

  has(call: string): boolean {
    return this.#passengers.has(call)
  }

  /** A caller's channel is gone, in the lifeboat or not. */
  ended(call: string, cause: number, caller: { from: string; to: string; arrivedAt: number }): void {
    const passenger = this.#passengers.get(call)
    this.tell({ kind: 'ended', call, cause, by: 'caller', caller: passenger ? null : caller })
    this.#passengers.delete(call)
    if (passenger?.leg) this.#asterisk.hangUp(passenger.leg, NORMAL)
    if (passenger) this.bell()
  }

  /** With Asterisk itself. */
  sinks(): void {
    this.#passengers.clear()
  }

  #serve(call: string): void {
    const passenger = this.#passengers.get(call)
    if (!passenger || passenger.leg) return
    if (this.crew.size === 0) this.#giveUp(call, 'closed')
    else if (this.#clock.now() > passenger.giveUpAt) this.#giveUp(call, 'abandoned-in-queue')
    else {
      const free = [...this.crew].filter(agent => this.#handsets.get(agent)!.isFree)
      if (free.length > 0) this.#ring(call, passenger, this.#random.pick(free))
      this.#clock.after(RETRY_MS, () => this.#serve(call))
    }
  }

  #ring(call: string, passenger: Passenger, agent: string): void {
    this.#legs += 1
    const leg = `hotline-1767600002.${this.#legs}`
    const person = this.#handsets.get(agent)!.ring(leg)
    if (typeof person === 'string') return
    passenger.leg = leg
    let isTalking = false
    this.#asterisk.lifeboatRings(leg, agent, {
      ...person,
      picksUp: () => {
        this.tell({ kind: 'connected', call, agent })
        this.bell()
        isTalking = true
        person.isConnected()
      },
      isGone: () => {
        person.isGone()
        passenger.leg = null
        if (isTalking) this.#asterisk.hangUp(call, NORMAL)
        else this.#clock.after(RETRY_MS, () => this.#serve(call))
      },
    })
    this.#clock.after(RING_MS, () => this.#asterisk.ringsOut(leg))
  }

  #giveUp(call: string, outcome: 'closed' | 'abandoned-in-queue'): void {
    this.tell({ kind: 'dismissed', call, outcome })
    this.#clock.after(SENTENCE_MS, () => this.#asterisk.hangUp(call, NORMAL))
  }
}
