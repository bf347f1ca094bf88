import { type Call, openOutside } from '../call/call.ts'
import type { Duty } from '../call/duty.ts'
import type { Fact, Happening } from '../call/facts.ts'
import { isAwaited, isPromise } from '../call/made.ts'
import type { Booking } from '../call/promises.ts'
import type { Clock } from './ports.ts'
import type { Switchboard } from './switchboard.ts'

/** Where calls are told what another means for them. */
type Board = Pick<Switchboard, 'call' | 'calls' | 'happen'>

/**
 * What calls mean for each other: a promise to call back becomes a call of its own, is not kept while its customer is on the
 * line, and need not be kept once the same line has served them.
 */
export class Callbacks {
  readonly #board: Board
  readonly #clock: Clock
  /** By number: the callbacks whose customer is not yet reached, and the calls that have the number on the line. */
  readonly #awaited: Index
  readonly #onTheLine: Index

  /** `bare`: one spelling for the same number, as it is dialled. */
  constructor(board: Board, clock: Clock, bare: (number: string) => string) {
    this.#board = board
    this.#awaited = new Index(bare)
    this.#onTheLine = new Index(bare)
    this.#clock = clock
  }

  /** Told of everything that is written of a call. */
  wrote(call: Call, facts: readonly Fact[]): void {
    const [was, is] = [this.#onTheLine.numberOf(call.id), onTheLineWith(call)]
    const wasAwaited = this.#awaited.numberOf(call.id) !== undefined
    this.#index(call)
    if (!wasAwaited && isAwaited(call)) this.#isAwaitedAgain(call)
    if (was === undefined && is !== undefined) this.#rangBack(call.id, is)
    for (const fact of facts) if (fact.kind === 'CallbackBooked') this.open(call, fact)
    if (was !== undefined && is === undefined) this.#rangOff(call, was)
    if (call.duty) this.#seenTo(call, call.duty)
  }

  /** Begins anew, with these calls. */
  restore(calls: readonly Call[]): void {
    this.#awaited.clear()
    this.#onTheLine.clear()
    for (const call of calls) this.#index(call)
  }

  /** Of which this process did not live to see what they mean for others: said again, which changes nothing where it was. */
  catchUp(): void {
    const calls = this.#board.calls
    for (const call of calls) {
      const number = onTheLineWith(call)
      if (number !== undefined) this.#rangBack(call.id, number)
    }
    for (const call of calls) if (call.duty) this.#seenTo(call, call.duty)
    for (const call of calls) {
      for (const booking of call.booked ?? []) if (this.#board.call(booking.callback)) this.open(call, booking)
      for (const other of call.callback?.callingIn ?? []) this.#isOver(call.id, other)
    }
  }

  /** Harmless twice while it is on the board; where it may be over already, ask first whether it is on record. */
  open(call: Call, { id, callback, number, ...promise }: Booking): void {
    const { queue, because, place, promisedAt, promisedUntil, message } = promise
    const { name, to, flow, language, release } = call
    const onTheLine = [...this.#onTheLine.of(number), ...(onTheLineWith(call) === undefined ? [] : [call.id])]
    const callingIn = [...new Set(onTheLine)]
    const began = {
      id,
      of: call.id,
      from: number,
      name: number === call.from ? name : '',
      to,
      flow,
      language,
      callingIn,
    }
    const booking = { queue, because, place, promisedAt, promisedUntil, ...(message && { message }) }
    const opening = { ...booking, ...began, ...(release !== undefined && { release }) }
    this.#board.happen(callback, { kind: 'Booked', ...opening, at: promisedAt })
  }

  /** The callback that is open for this number in this queue. */
  openFor(number: string, queue: string): { id: string; place: number } | undefined {
    for (const id of this.#awaited.of(number)) {
      const call = this.#board.call(id)
      if (call?.queue === queue) return { id, place: call.queuedAt! }
    }
    return undefined
  }

  /** Whether their phone is being rung by us. */
  isRung(number: string): boolean {
    return this.#onTheLine.of(number).some(id => {
      const call = this.#board.call(id)
      return call !== undefined && (call.duty ? openOutside(call)?.answeredAt === null : isRinging(call))
    })
  }

  standOf(callback: string): 'awaited' | 'on-the-line' | 'over' {
    const call = this.#board.call(callback)
    if (!call || !isAwaited(call)) return 'over'
    return onTheLineWith(call) !== undefined || call.callback!.callingIn.length > 0 ? 'on-the-line' : 'awaited'
  }

  #index(call: Call): void {
    this.#awaited.set(call.id, isAwaited(call) ? call.from : undefined)
    this.#onTheLine.set(call.id, onTheLineWith(call))
  }

  #rangBack(id: string, number: string): void {
    for (const callback of this.#awaited.of(number)) {
      if (callback !== id) this.#happen(callback, { kind: 'RangBack', call: id })
    }
  }

  /** Whoever has come on the line while it was being made. */
  #isAwaitedAgain({ id, from }: Call): void {
    for (const call of this.#onTheLine.of(from)) if (call !== id) this.#happen(id, { kind: 'RangBack', call })
  }

  #rangOff(call: Call, number: string): void {
    const own = (call.booked ?? []).map(({ callback }) => callback)
    for (const callback of new Set([...this.#awaited.of(number), ...own])) this.#isOver(callback, call.id, call)
  }

  /** Served in another line, they have asked about something else. */
  #isOver(callback: string, id: string, call = this.#board.call(id)): void {
    if (call && onTheLineWith(call) !== undefined) return
    const promise = this.#board.call(callback)
    // Who dials by themselves has not heard what the customer has left.
    const isMeant = call?.outbound?.clicked?.callback === callback
    const isUnheard = call?.outbound !== undefined && !isMeant && promise?.callback?.messages.length !== 0
    // Whom they sent them on to afterwards is another matter.
    const servedAt = isMeant ? call.servedAt : call && servedIn(call, promise?.queue)
    const isServed = !isUnheard && (servedAt ?? 0) > (promise?.callback?.promisedAt ?? 0)
    const isInVain = call !== undefined && wasInVain(call)
    this.#happen(callback, { kind: 'RangOff', call: id, isServed, ...(isInVain && { isInVain }) })
  }

  /**
   * What somebody on duty does about messages means for their callbacks: said again it changes nothing. Done, they take back what was promised for
   * them alone (as `neededNoMore` does): who asked for a callback or keeps a place is called all the same.
   */
  #seenTo(call: Call, { waiting, done, sought }: Duty): void {
    for (const { id, callback } of waiting) {
      if (callback === null || !done.includes(id)) continue
      const { because, messages = [] } = this.#board.call(callback)?.callback ?? {}
      const isDone = because === 'message' && messages.every(one => done.includes(one.id))
      if (isDone) this.#happen(callback, { kind: 'Withdrawn', because: 'seen-to' })
    }
    const callback = sought.at(-1)?.callback
    if (callback && call.outside?.answeredAt != null) this.#happen(callback, { kind: 'TakenOver', call: call.id })
  }

  #happen(id: string, happening: Unstamped<Happening>): void {
    this.#board.happen(id, { ...happening, at: this.#clock.now() })
  }
}

/** The number of a caller of ours, or of a customer whose phone we ring, or somebody on duty does; undefined: there is none on the line. */
function onTheLineWith(call: Call): string | undefined {
  const { phase, duty, from, left } = call
  if (phase === 'ended' || left) return undefined
  if (duty) return openOutside(call) ? duty.sought.at(-1)?.from : undefined
  return phase === 'dialling' || !isPromise(call) ? from : undefined
}

/** When somebody talked with them last in this line, also one that sent them on from there. The lifeboat serves for every line. */
function servedIn(call: Call, line: string | null | undefined): number {
  const { queue, inLifeboat, leg, servedHereAt, sentOn = [] } = call
  const isHere = (inLifeboat || queue === line) && servedHereAt !== null
  const before = sentOn.flatMap(one => (one.queue === line ? (one.servedAt ?? []) : []))
  return Math.max((isHere && leg?.connectedAt) || 0, ...before)
}

const isRinging = ({ phase, direction, outbound }: Call): boolean =>
  direction !== undefined && phase === 'dialling' && outbound?.result == null

/** Their phone was rung for nothing, by somebody on duty or by an agent of their own accord: it is not rung again at once. */
const wasInVain = ({ duty, outside, outbound }: Call): boolean =>
  duty ? outside?.answeredAt === null : outbound?.result != null

/** Calls by number, however it is written. Who shows none is nobody else's double. */
class Index {
  readonly #bare: (number: string) => string
  readonly #byNumber = new Map<string, Set<string>>()
  readonly #numbers = new Map<string, string>()

  constructor(bare: (number: string) => string) {
    this.#bare = bare
  }

  /** Bare; undefined: it is not in it. */
  numberOf(call: string): string | undefined {
    return this.#numbers.get(call)
  }

  of(number: string): string[] {
    const bare = this.#bare(number)
    return bare === '' ? [] : [...(this.#byNumber.get(bare) ?? [])]
  }

  /** Undefined: it is no longer in it. */
  set(id: string, number: string | undefined): void {
    if ((number !== undefined) === this.#numbers.has(id)) return
    const bare = this.#numbers.get(id) ?? this.#bare(number!)
    const calls = this.#byNumber.get(bare) ?? new Set()
    if (number !== undefined) {
      this.#numbers.set(id, bare)
      this.#byNumber.set(bare, calls.add(id))
      return
    }
    this.#numbers.delete(id)
    calls.delete(id)
    if (calls.size === 0) this.#byNumber.delete(bare)
  }

  clear(): void {
    this.#byNumber.clear()
    this.#numbers.clear()
  }
}

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never
