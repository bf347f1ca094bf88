import { callOf, isOurs } from '../../src/ids.ts'
import type { Random } from '../random.ts'
import type { Asterisk } from './asterisk.ts'
import { NUMBERS } from './callers.ts'
import type { FakeClock } from './clock.ts'
import { CLICK } from './desk.ts'
import type { Handset, Person } from './people.ts'

const NORMAL = 16
const REJECTED = 21

/** The channel; undefined: the line is dead. `person`: who is at the phone. */
export type Dial = (agent: string, dialled: string, person?: Person) => string | undefined

/** What they do with a talk at their desk. */
export type Act = (call: string, agent: string) => void

/** An agent with a telephone of one line: answers, or does not, talks, hangs up, and dials codes and numbers when they like. */
export class Staff implements Handset {
  readonly id: string
  readonly #asterisk: Asterisk
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #dial: Dial
  readonly #act: Act
  /** The leg at this phone. */
  leg: string | null = null
  /** Times this phone was rung while it was ringing or in a talk. */
  rungTwice = 0
  #atWork = true
  #isTalking = false

  constructor(id: string, asterisk: Asterisk, clock: FakeClock, random: Random, dial: Dial, act: Act) {
    this.id = id
    this.#asterisk = asterisk
    this.#clock = clock
    this.#random = random
    this.#dial = dial
    this.#act = act
    asterisk.handsets.set(id, this)
    this.#later(random.upTo(3_000), '*1')
    this.#dialNowAndThen()
  }

  /** No more codes: the world comes to rest. */
  rest(): void {
    this.#atWork = false
  }

  get isFree(): boolean {
    return this.leg === null
  }

  ring(leg: string): Person | 'busy' | 'unregistered' {
    // They dial in the very moment.
    if (this.leg === null && this.#atWork && this.#random.chance(0.03)) this.#call()
    if (this.leg !== null) {
      // A phone that the lifeboat rings may be rung by us too: neither knows of the other in that moment.
      if (isOurs(this.leg)) this.rungTwice += 1
      return 'busy'
    }
    const { chance, upTo } = this.#random
    if (chance(0.02)) return 'unregistered'
    this.leg = leg
    if (chance(0.8)) this.#soon(leg, upTo(6_000), () => this.#pickUp(leg))
    else if (chance(0.4)) this.#soon(leg, upTo(8_000), () => this.#asterisk.hangUp(leg, REJECTED))
    return {
      hears: prompts => {
        if (prompts.includes('callback-accept')) this.#soon(leg, upTo(20_000), () => this.#answers(leg))
        if (chance(0.06)) this.#soon(leg, upTo(3_000), () => this.#asterisk.hangUp(leg, NORMAL))
      },
      isConnected: () => this.#talk(leg),
      isAlone: () => this.#soon(leg, 500 + upTo(3_000), () => this.#asterisk.hangUp(leg, NORMAL)),
      isGone: () => {
        this.leg = null
        this.#isTalking = false
        if (chance(0.3)) this.#later(upTo(20_000), this.#random.pick(CODES))
      },
    }
  }

  /** A callback is taken, heard again, or left to another; or nothing is said at all. */
  #answers(leg: string): void {
    const key = this.#random.pick(['1', '1', '1', '1', '1', '2', '3', '7', ''])
    if (key !== '') this.#asterisk.press(leg, key)
  }

  #pickUp(leg: string): void {
    this.#asterisk.pickUp(leg)
    // Nobody listens to silence for long.
    this.#soon(leg, 70_000, () => {
      if (!this.#isTalking) this.#asterisk.hangUp(leg, NORMAL)
    })
  }

  /** A customer, an emergency, or somebody whom nobody may call. */
  #call(): void {
    if (this.leg !== null) return
    const { pick, chance, upTo, about } = this.#random
    const hangUp = (ms: number): void => {
      const { leg } = this
      if (leg !== null) this.#soon(leg, ms, () => this.#asterisk.hangUp(leg, NORMAL))
    }
    const leg = this.#dial(this.id, pick([...NUMBERS, ...NUMBERS, '110', '12345']), {
      hears: () => chance(0.2) && hangUp(upTo(2_000)),
      isConnected: () => this.#talk(this.leg!),
      isAlone: () => hangUp(500 + upTo(3_000)),
      isGone: () => {
        this.leg = null
        this.#isTalking = false
      },
    })
    if (leg === undefined) return
    this.leg = leg
    if (chance(0.2)) hangUp(upTo(9_000))
    // Nobody listens to it ringing for ever.
    this.#soon(leg, 20_000 + about(30_000), () => {
      if (!this.#isTalking) this.#asterisk.hangUp(leg, NORMAL)
    })
  }

  #talk(leg: string): void {
    this.#isTalking = true
    const { about, chance, upTo } = this.#random
    this.#soon(leg, about(40_000), () => this.#asterisk.hangUp(leg, NORMAL))
    if (chance(0.1)) this.#soon(leg, upTo(30_000), () => this.#dial(this.id, '*6'))
    for (let acts = 0; acts < 4 && chance(0.3); acts += 1)
      this.#soon(leg, upTo(30_000), () => this.#act(callOf(leg), this.id))
    if (!chance(0.2)) return
    this.#soon(leg, upTo(20_000), () => this.#asterisk.hold(leg, true))
    this.#soon(leg, 20_000 + upTo(9_000), () => this.#asterisk.hold(leg, false))
  }

  /** Whoever paused or signed out comes back in a while: there is always somebody to serve. */
  #dialNowAndThen(): void {
    this.#clock.after(1_000 + this.#random.about(45_000), () => {
      if (!this.#atWork) return
      if (this.#random.chance(0.3)) this.#call()
      else if (this.#random.chance(0.15)) this.#dial(this.id, CLICK + this.#random.pick([...NUMBERS, '110']))
      else this.#dial(this.id, this.#random.pick(CODES))
      this.#dialNowAndThen()
    })
  }

  #later(ms: number, code: string): void {
    this.#clock.after(ms, () => {
      if (this.#atWork) this.#dial(this.id, code)
    })
  }

  #soon(leg: string, ms: number, act: () => void): void {
    this.#clock.after(ms, () => {
      if (this.leg === leg) act()
    })
  }
}

const CODES = ['*1', '*1', '*6', '*3', '*3', '*3', '*3', '*3', '*4', '*42', '*43', '*44', '*5', '*2']
