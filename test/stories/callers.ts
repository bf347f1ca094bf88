import type { Known } from '../../src/call/facts.ts'
import type { Prompt } from '../../src/ivr/flow.ts'
import type { Random } from '../random.ts'
import type { Asterisk } from './asterisk.ts'
import type { FakeClock } from './clock.ts'
import { PIN, WHO } from './duty.ts'
import type { Person } from './people.ts'

const NORMAL = 16

/** Who calls, and is called; few, so that they are called back while they call themselves. */
export const NUMBERS = ['13800138000', '13800138001', '13800138002', '+8613800138002', '02162345678', 'anonymous']

/** A caller who does as chance has it: presses keys, wrong ones too, loses patience, hangs up at any moment. */
export class Caller implements Person {
  readonly #asterisk: Asterisk
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #id: string
  #isThere = true

  constructor(asterisk: Asterisk, clock: FakeClock, random: Random, id: string) {
    this.#asterisk = asterisk
    this.#clock = clock
    this.#random = random
    this.#id = id
    this.#soon(random.about(random.pick([15_000, 120_000, 400_000, 400_000])), () => this.#hangUp())
  }

  hears(prompts: readonly Prompt[]): void {
    const { chance, upTo } = this.#random
    if (chance(0.02)) this.#soon(upTo(4_000), () => this.#hangUp())
    if (prompts.includes('menu')) this.#press(this.#random.pick(MENU_KEYS))
    if (prompts.includes('duty-who')) this.#press(this.#random.pick([WHO, WHO, '#', '']))
    if (prompts.includes('duty-pin')) this.#press(this.#random.pick([PIN, PIN, PIN, '1#', '']))
    if (prompts.includes('duty-keys')) this.#press(this.#random.pick(['1', '2', '3', '3', '4', '5', '5', '9', '']))
    if (prompts.includes('survey') || prompts.includes('survey-again')) this.#press(this.#random.pick(SURVEY_KEYS))
    if (prompts.includes('message-review')) this.#press(this.#random.pick(REVIEW_KEYS))
    if (prompts.includes('survey-nps')) this.#press(this.#random.pick(NPS_KEYS))
    if (prompts.includes('keep-place') && chance(0.3)) this.#press('1')
    if (prompts.includes('survey-comment')) this.#press(this.#random.pick(COMMENT_KEYS))
    if (chance(0.02)) this.#press(this.#random.pick(['1', '7', '#']))
  }

  isConnected(): void {
    this.#soon(this.#random.about(90_000), () => this.#hangUp())
  }

  /** The agent has left: some wait for what comes, some hang up. */
  isAlone(): void {
    if (this.#random.chance(0.4)) this.#soon(this.#random.upTo(1_000), () => this.#hangUp())
  }

  isGone(): void {
    this.#isThere = false
  }

  #press(keys: string): void {
    if (keys === '') return
    const first = this.#random.upTo(9_000)
    for (const [i, key] of [...keys].entries()) this.#soon(first + i * 700, () => this.#asterisk.press(this.#id, key))
  }

  #hangUp(): void {
    this.#asterisk.hangUp(this.#id, NORMAL)
  }

  #soon(ms: number, act: () => void): void {
    this.#clock.after(ms, () => {
      if (this.#isThere) act()
    })
  }
}

/** '': no key. */
const MENU_KEYS = ['1', '1', '1', '1', '2', '2', '2', '2', '0', '9', '5', '6', '6', '7', '7', '4', '4', '#', '']
const REVIEW_KEYS = ['1', '2', '3', '*', '#', '7', '']
const NPS_KEYS = ['10', '1#', '1', '9#', '0', '17', '']
const COMMENT_KEYS = ['#', '*', '7', '', '']
const SURVEY_KEYS = ['5', '5', '4', '3', '1', '9', '*', '', '']

/** Some have called before. */
export function knownOf(number: string, random: Random, now: number): Known | undefined {
  if (number === '' || random.chance(0.5)) return undefined
  const lastAt = now - 60_000
  return {
    ...{ lastAt, language: 'zh' },
    ...(random.chance(0.7) && { lastAgent: '8001' }),
    ...(random.chance(0.2) && { surveyedAt: lastAt }),
  }
}
