import type { Call } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import { abandonment, serviceLevel } from '../report/figures.ts'
import type { Interval } from '../report/interval.ts'
import { type Pass, type Passed, passesOf } from '../report/passes.ts'

/** Of a line, since the midnight of the centre's clocks. Shares from 0 to 1; null: nothing to divide by. */
export type QueueToday = {
  offered: number
  /** Who talks is answered; the report counts them once their call is over. */
  answered: number
  /** `short` of them sooner than the short-abandon threshold. */
  abandoned: number
  short: number
  sentOn: number
  answeredWithin: number
  serviceLevel: number | null
  abandonment: number | null
}

/** What was counted of a line: calls that are over. */
type Line = Record<Pass['end'], number> & { waits: number[] }

const newLine = (): Line => ({
  ...{ answered: 0, abandoned: 0, short: 0, 'sent-on': 0, 'turned-away': 0, closed: 0, other: 0, open: 0 },
  waits: [],
})

function count(line: Line, { end, waitedMs }: Pass): void {
  line[end] += 1
  if (end === 'answered') line.waits.push(waitedMs)
}

/**
 * Today's figures of each line, counted as calls end; those of calls that are still open come from the calls themselves. Calls count on the day
 * on which they arrived: so nothing need be read at midnight, from which all is heard.
 */
export class Today {
  readonly #dayOf: (at: number) => Interval
  #day: Interval
  #lines = new Map<string, Line>()
  /** Counted already: what the database tells of them is no news. */
  #counted = new Set<string>()
  /** False: calls that ended before we looked are not counted yet. */
  isWhole = false

  constructor(now: number, dayOf: (at: number) => Interval) {
    this.#dayOf = dayOf
    this.#day = dayOf(now)
  }

  /** What was decided may not have been remembered: all is to be read anew. */
  forget(): void {
    this.#lines = new Map()
    this.#counted = new Set()
    this.isWhole = false
  }

  /** To be read for `learn`. */
  dayAt(now: number): Interval {
    if (now >= this.#day.to) {
      this.forget()
      this.#day = this.#dayOf(now)
      this.isWhole = true
    }
    return this.#day
  }

  /** Calls of that day that are over. */
  learn({ from }: Interval, ended: Iterable<Passed>): void {
    if (from !== this.#day.from) return
    for (const one of ended) this.#count(one)
    this.isWhole = true
  }

  /** A `Watcher`. */
  watch = (call: Call | null, facts: readonly Fact[]): void => {
    const end = facts.find(({ kind }) => kind === 'CallEnded')
    if (!call || !end) return
    this.dayAt(end.at)
    this.#count({ ...call, passes: passesOf(call, end.at) })
  }

  #count({ id, arrivedAt, passes }: Passed): void {
    const { from, to } = this.#day
    if (arrivedAt < from || arrivedAt >= to || this.#counted.has(id)) return
    this.#counted.add(id)
    for (const pass of passes) {
      const line = this.#lines.get(pass.queue) ?? newLine()
      this.#lines.set(pass.queue, line)
      count(line, pass)
    }
  }

  /** With the calls that are open now. The returned function gives the figures of a line whose T is so long, ms. */
  at(now: number, calls: readonly Call[]): (queue: string, serviceLevelMs: number) => QueueToday {
    const { from, to } = this.dayAt(now)
    const open = new Map<string, Line>()
    for (const call of calls) {
      if (call.phase === 'ended' || call.arrivedAt < from || call.arrivedAt >= to) continue
      for (const pass of passesOf(call, now)) {
        const line = open.get(pass.queue) ?? newLine()
        open.set(pass.queue, line)
        count(line, pass)
      }
    }
    return (queue, within) =>
      figures(
        [this.#lines.get(queue), open.get(queue)].flatMap(line => line ?? []),
        within,
      )
  }
}

function figures(lines: readonly Line[], within: number): QueueToday {
  const sum = (...ends: Pass['end'][]): number =>
    lines.reduce((all, line) => all + ends.reduce((some, end) => some + line[end], 0), 0)
  const inTime = (waits: readonly number[]): number => waits.reduce((some, ms) => (ms <= within ? some + 1 : some), 0)
  const [answered, abandoned, short, sentOn] = [
    sum('answered'),
    sum('abandoned', 'short'),
    sum('short'),
    sum('sent-on', 'turned-away'),
  ]
  const answeredWithin = lines.reduce((all, { waits }) => all + inTime(waits), 0)
  const counted = { answered, abandoned, short, answeredWithin }
  const joined = sum('answered', 'abandoned', 'short', 'sent-on', 'other', 'open')
  const offered = joined + sum('turned-away', 'closed')
  return {
    ...{ offered, ...counted, sentOn, serviceLevel: serviceLevel(counted) },
    abandonment: abandonment({ ...counted, offeredToQueue: joined }),
  }
}
