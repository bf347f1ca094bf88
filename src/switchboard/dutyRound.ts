import { type Call, openOutside } from '../call/call.ts'
import type { Happening } from '../call/facts.ts'
import { numberToShow, type ToDial } from '../dialling/dialling.ts'
import { type Asking, askedToo, askNext } from '../duty/duty.ts'
import type { OnDuty } from '../flows/duty.ts'
import type { Log } from '../log.ts'

/** `called`: which number of ours its caller had dialled; `shows`: which one the line has others see. */
export type Due = Asking & {
  readonly id: string
  readonly called: string
  readonly shows: string | null
}

export type DutyRoundParts = {
  calls: () => readonly Call[]
  happen: (id: string, happening: Happening) => void
  /** Messages that have waited for long by then, the oldest first; and who is on duty, in their order. */
  due: (at: number) => Promise<readonly Due[]>
  onDuty: (at: number) => Promise<readonly OnDuty[]>
  /** Whoever is on duty is dialled at any hour. */
  toDial: (number: string, called: string) => ToDial
  now: () => number
  log: Log
}

/** Looks now and then whether somebody on duty is to be phoned: one after another, each about all that nobody has heard. */
export class DutyRound {
  readonly #parts: DutyRoundParts
  /** What a person was told to mend, until it is. */
  #told = new Set<string>()

  constructor(parts: DutyRoundParts) {
    this.#parts = parts
  }

  /** Rejects where the database is away. */
  async look(): Promise<void> {
    const { due, now, happen } = this.#parts
    const waiting = this.#isUnderWay() ? [] : await due(now())
    if (waiting.length === 0) return
    const people = await this.#reachable(waiting[0]!.called)
    const at = now()
    const next = (one: Due) => askNext(one, [...people.keys()])
    const messages = waiting.filter(one => (next(one)?.at ?? Number.POSITIVE_INFINITY) <= at)
    const [first] = messages
    // It may have begun while we looked.
    if (!first || this.#isUnderWay()) return
    const { called, shows } = first
    const { id: person, number: from, language, toDial } = people.get(next(first)!.person)!
    const id = `duty${at}-${person}`
    const about = messages.map(one => ({ id: one.id, asked: askedToo(one.asked, person) }))
    const dialled = { person, number: toDial, shows: numberToShow(shows, called) ?? '', messages: about }
    happen(id, { kind: 'DutyDue', id, from, to: called, language, ...dialled, at })
  }

  /** Somebody is phoned, or hears the messages already: two would call the same customers. Who talks with one for long keeps nobody waiting. */
  #isUnderWay(): boolean {
    return this.#parts.calls().some(call => {
      const { phase, duty } = call
      if (phase === 'ended' || !duty || openOutside(call)?.answeredAt != null) return false
      return duty.dialled !== null || duty.person !== null
    })
  }

  /** Those on duty who may be dialled, in their order. */
  async #reachable(called: string): Promise<Map<string, OnDuty & { toDial: string }>> {
    const { onDuty, toDial, now } = this.#parts
    const people = await onDuty(now())
    const wrong = new Map<string, string>()
    const reachable = new Map<string, OnDuty & { toDial: string }>()
    for (const person of people) {
      const { number, refusal } = toDial(person.number, called)
      if (refusal) wrong.set(person.id, `cannot be dialled: ${refusal.sentence}`)
      else reachable.set(person.id, { ...person, toDial: number })
    }
    if (people.length === 0) wrong.set('', 'messages wait, and nobody is on duty who has a PIN that is not locked')
    this.#tell(wrong)
    return reachable
  }

  #tell(wrong: ReadonlyMap<string, string>): void {
    for (const [person, sentence] of wrong)
      if (!this.#told.has(person)) this.#parts.log.error({ ...(person && { person }) }, `on duty: ${sentence}`)
    this.#told = new Set(wrong.keys())
  }
}
