import { evaluate } from '../../../src/flows/expressions.ts'
import type { Flow, Variables } from '../../../src/ivr/flow.ts'
import { UNREACHED } from '../../../src/ivr/outside.ts'
import type { Around, Place, Step } from '../../../src/ivr/step.ts'
import {
  begin,
  goOn,
  keyMissed,
  keyPressed,
  lookedUp,
  messageEnded,
  patience,
  promptEnded,
  unreached,
} from '../../../src/ivr/walk.ts'
import type { Random } from '../../random.ts'
import { OTHERS, PROMPTS, SAMPLE } from './centre.ts'

/** So many things a caller does as they please; from then on they do nothing, and must come to an end soon. */
const BUSY = 40
const SOON = 1_500
const SAYABLE = new Set([...PROMPTS, 'beep'])

/** One call through a flow, by what a call does with it (src/call/inFlow.ts). Throws where it breaks a promise. */
export class Walk {
  /** The longest that one thing took, ms. */
  slowest = 0
  readonly #flow: Flow
  readonly #random: Random
  #words: Variables = {}
  #language: Place['language'] = 'zh'
  #place: Place | undefined
  #isSaying = false
  #isAsking = false
  #isDialling = false
  #ended: string | undefined

  constructor(flow: Flow, random: Random) {
    this.#flow = flow
    this.#random = random
  }

  /** Resolves with how the caller left it. */
  toTheEnd(): string {
    this.#timed(() => this.#follow(begin(this.#around, this.#flow.id, this.#language)))
    for (let done = 0; this.#ended === undefined; done += 1) {
      if (done > BUSY + SOON) throw new Error(`a caller who does nothing is still at ${JSON.stringify(this.#place)}`)
      this.#timed(() => this.#next(done > BUSY))
    }
    return this.#ended
  }

  #timed(act: () => void): void {
    const from = performance.now()
    act()
    this.slowest = Math.max(this.slowest, performance.now() - from)
  }

  get #around(): Around {
    const { chance } = this.#random
    return {
      // What was spoiled may have another name: that of the sample still leads to the sample.
      flow: id => (id === this.#flow.id ? this.#flow : (OTHERS.get(id) ?? SAMPLE)),
      variables: { ...this.#words, caller: '13800138000', called: '4008001000', language: this.#language },
      evaluate,
      mayCallBack: () => chance(0.5),
      isOpen: () => (chance(0.1) ? undefined : chance(0.5)),
      toDial: number => (chance(0.5) ? { number } : { refusal: { reason: 'no-number', sentence: 'none' } }),
    }
  }

  #next(isIdle: boolean): void {
    const place = this.#place!
    const around = this.#around
    if (!isIdle && this.#random.chance(0.6))
      this.#follow(keyPressed(around, place, this.#random.pick([...'0123456789*#'])))
    else if (this.#isAsking && (!this.#isSaying || this.#random.chance(0.5))) this.#answered(isIdle)
    else if (this.#isDialling && (!this.#isSaying || this.#random.chance(0.5))) this.#dialled(isIdle)
    else if (this.#isSaying) {
      this.#isSaying = false
      this.#follow(promptEnded(around, place))
    } else if (place.stage === 'recording')
      this.#follow(messageEnded(around, place, isIdle ? 0 : this.#random.pick([0, 30_000])))
    else if (patience(around, place) === undefined)
      throw new Error(`nothing wakes a caller at ${JSON.stringify(place)}`)
    else this.#follow(keyMissed(around, place))
  }

  #dialled(isIdle: boolean): void {
    if (!isIdle && this.#random.chance(0.3)) this.#ended = 'dial'
    else this.#follow(unreached(this.#around, this.#place!, this.#random.pick(UNREACHED)))
  }

  #answered(isIdle: boolean): void {
    const answered = isIdle || this.#random.chance(0.3) ? { failure: 'away' } : { answer: anAnswer(this.#random) }
    const { steps, onward } = lookedUp(this.#around, this.#place!, answered)
    this.#isAsking = false
    this.#place = onward
    this.#follow(steps)
    if (!this.#isSaying) this.#follow(goOn(this.#around, onward))
  }

  #follow(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === 'set' || step.kind === 'answer') this.#words = { ...this.#words, [step.name]: step.value }
      else if (step.kind === 'language') this.#language = step.language
      else if (step.kind === 'astray') throw new Error('a caller goes round and round')
      else if (step.kind === 'queue' || step.kind === 'hangup') this.#ended = step.kind
      else if ('place' in step) this.#stay(step)
    }
    const kept = JSON.stringify({ words: this.#words, place: this.#place })
    if (kept.length > 10_000 || kept.includes('\\u0000')) throw new Error(`what is kept of a call is ${kept}`)
  }

  #stay(step: Extract<Step, { place: Place }>): void {
    this.#place = step.place
    this.#isAsking = step.kind === 'lookup'
    this.#isDialling = step.kind === 'dial'
    this.#isSaying = step.kind === 'say' || step.kind === 'replay' || ('isSilent' in step && !step.isSilent)
    const unknown = step.kind === 'say' ? step.prompts.filter(prompt => !SAYABLE.has(prompt)) : []
    if (unknown.length > 0) throw new Error(`no prompt is named ${unknown.join(', ')}`)
  }
}

const ANSWERS = [
  '{"balance": 12.5, "bills": [{"due": 2}, {"due": "x"}], "order": 12345678901234567890, "name": "a\\u0000"}',
  '{"balance": "-3.005", "bills": [], "constructor": {"name": 1}, "__proto__": {"balance": 1}, "name": "💥"}',
  `{"balance": 1e308, "bills": ${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
  `{"balance": -0, "bills": [${'{"due": 1},'.repeat(900)}0], "name": "${'x'.repeat(60_000)}"}`,
  `[${'0,'.repeat(30_000)}0]`,
  ...['null', 'true', '"2026-02-30"', '7', '[]', '{}'],
].map(text => JSON.parse(text))
const anAnswer = (random: Random): unknown => random.pick(ANSWERS)
