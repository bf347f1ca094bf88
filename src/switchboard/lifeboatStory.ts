import { type Call, inAsteriskSince, openLeg } from '../call/call.ts'
import type { EndedBy, Fact, Happening } from '../call/facts.ts'
import { dialledIn } from '../call/onDuty.ts'
import { DUTY } from '../duty/duty.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Dialled } from './centre.ts'

/** What Asterisk's queue_log tells of one call. Read twice it changes nothing. */
export type Told = {
  readonly call: string
  readonly at: number
} & (
  | { kind: 'connected'; agent: string }
  /** The lifeboat has answered the caller, for one of our queues or for `lifeboat`, which is anybody. */
  | ({ kind: 'boarded'; queue: string } & Introduced)
  /** The lifeboat gives the caller up, and says so to them. */
  | { kind: 'dismissed'; outcome: 'closed' | 'abandoned-in-queue' }
  /** The caller's channel is gone; told of every call, in the lifeboat (`caller` is null) or not. */
  | { kind: 'ended'; cause: number; by: EndedBy; caller: Introduced | null }
  /** Asterisk itself has started: all calls before are gone. `call` is empty. */
  | { kind: 'asterisk-started' }
)

/** Who a caller is of whom we may never have heard. */
export type Introduced = { readonly from: string; readonly to: string; readonly arrivedAt: number }

/** What the story is told to: the switchboard. */
export type Board = {
  readonly calls: readonly Call[]
  call(id: string): Call | undefined
  happen(id: string, happening: Happening): void
  /** Facts that came about without us: remembered, and nothing is done about them. */
  learn(id: string, facts: readonly Fact[]): void
}

export type StoryParts = {
  board: Board
  /** Hands over what is new in the queue_log, if anything, in order, and forgets it once `take` resolves. */
  read: (take: (told: readonly Told[]) => Promise<void>) => Promise<void>
  /** Which of these calls are on record, also those that the board no longer has. Rejects where that cannot be known. */
  onRecord: (calls: readonly string[]) => Promise<ReadonlySet<string>>
  /** Resolves when all that the board was told so far is remembered. */
  remembered: () => Promise<void>
  dialled: (number: string) => Dialled
  /** When a call was gone that died with Asterisk, ms, as its tape tells. */
  endOf: (call: Call) => Promise<number | undefined>
  log: Log
}

/**
 * Files what the lifeboat did, and callers who came and went unheard. While we listen to Asterisk, queue_log is believed in
 * what concerns the lifeboat only, for we hear of all else ourselves; on coming back it is also believed in how other
 * calls ended, and when.
 */
export class LifeboatStory {
  readonly #parts: StoryParts
  #listening = false
  /** A reading is asked for and has not begun: it will find all that is there by then. */
  #expected = false
  #tail: Promise<void> = Promise.resolve()
  /** A trouble that lasts is told once. */
  #isTroubled = false
  /** Who is gone and was not on the board at the last reading: word of them may still be on its way. */
  #unheard: ReadonlySet<string> = new Set()

  constructor(parts: StoryParts) {
    this.#parts = parts
  }

  /** To be called, and awaited, before recovery compares: on every connect to ARI. A log that cannot be read hinders nobody. */
  async catchUp(): Promise<void> {
    await this.#readOn(true)
    this.#listening = true
  }

  /** We no longer hear of calls ourselves: nothing is read until we catch up. */
  away(): void {
    this.#listening = false
  }

  /** The dialplan's bell has rung, or may have: there is something to read. Resolves when it is filed. */
  async hear(): Promise<void> {
    if (!this.#listening || this.#expected) return this.#tail
    this.#expected = true
    return this.#readOn(false)
  }

  #readOn(wasAway: boolean): Promise<void> {
    const { read, log } = this.#parts
    const readAll = async (): Promise<void> => {
      this.#expected = false
      if (!wasAway && !this.#listening) return
      await read(told => this.#file(told, wasAway))
      this.#isTroubled = false
    }
    const onTrouble = (thrown: unknown): void => {
      if (thrown instanceof NotYet) return
      const level = this.#isTroubled ? 'debug' : 'warn'
      this.#isTroubled = true
      log[level]({ error: sentenceOf(thrown) }, 'queue_log: what the lifeboat did cannot be filed yet')
    }
    this.#tail = this.#tail.then(readAll).catch(onTrouble)
    return this.#tail
  }

  async #file(told: readonly Told[], wasAway: boolean): Promise<void> {
    const { board, onRecord, remembered } = this.#parts
    const isStranger = (one: Told): boolean => !board.call(one.call)
    const gone = told.filter(isUnheard).filter(isStranger)
    const strangers = [...told.filter(({ kind }) => kind === 'boarded'), ...gone]
      .filter(isStranger)
      .map(one => one.call)
    let filed: ReadonlySet<string> = new Set()
    let trouble: unknown
    try {
      // What the board has just let go of may still be on its way to where it is looked up.
      if (strangers.length > 0) filed = await remembered().then(() => onRecord(strangers))
    } catch (thrown) {
      // Strangers can wait until they can be looked up. Those on the board cannot: they would be taken for lost.
      trouble = thrown
      filed = new Set(strangers)
    }
    for (const one of told) {
      if (one.kind === 'asterisk-started') await this.#allGone(one.at)
      else if (one.kind === 'boarded') this.#boarded(one, filed)
      else this.#onItsWay(one, wasAway)
    }
    if (trouble === undefined) {
      this.#fileUnheard(
        gone.filter(({ call }) => !board.call(call) && !filed.has(call)),
        wasAway,
      )
    }
    await remembered()
    if (trouble !== undefined) throw trouble
    if (!wasAway && this.#unheard.size > 0) throw new NotYet()
  }

  /** Of whom nothing was heard by the second reading, or on coming back, nothing will be. */
  #fileUnheard(gone: readonly Unheard[], wasAway: boolean): void {
    const isSure = ({ call }: Unheard): boolean => wasAway || this.#unheard.has(call)
    for (const one of gone.filter(isSure)) this.#cameUnheard(one)
    this.#unheard = new Set(gone.filter(one => !isSure(one)).map(({ call }) => call))
  }

  #boarded(told: Told & { kind: 'boarded' }, filed: ReadonlySet<string>): void {
    const { board } = this.#parts
    const { call: id, at, queue } = told
    const call = board.call(id)
    if (!call && !filed.has(id)) {
      board.learn(id, [this.#arrival(id, told), { kind: 'CallAnswered', at }, { kind: 'HandedToLifeboat', queue, at }])
    }
    if (call && isInLine(call) && !call.inLifeboat) {
      board.learn(id, [{ kind: 'HandedToLifeboat', queue, at: Math.max(at, call.lastAt) }])
    }
  }

  /** A caller who rang in vain while nobody of ours listened, and gave up: a call like any other. */
  #cameUnheard({ call: id, caller, cause, by, at }: Unheard): void {
    const { board } = this.#parts
    this.#parts.log.warn(
      { call: id, rangMs: at - caller.arrivedAt },
      'a caller rang while we heard nothing, and gave up',
    )
    const arrival = this.#arrival(id, caller)
    // Whoever dials in for duty is no caller. (In the lifeboat they are: it knows nobody else.)
    board.learn(id, [arrival.flow === DUTY ? dialledIn({ ...arrival, kind: 'Arrived' }) : arrival])
    board.happen(id, { kind: 'CallerGone', cause, by, at })
  }

  #arrival(channel: string, { from, to, arrivedAt: at }: Introduced): Fact & { kind: 'CallArrived' } {
    return { kind: 'CallArrived', channel, from, name: '', to, ...this.#parts.dialled(to), at }
  }

  #onItsWay(told: Told, wasAway: boolean): void {
    const { board } = this.#parts
    const call = board.call(told.call)
    if (!call || call.phase === 'ended' || (!call.inLifeboat && !wasAway)) return
    const { at } = told
    if (told.kind === 'connected') board.happen(call.id, { kind: 'LifeboatAnswered', agent: told.agent, at })
    else if (told.kind === 'ended') board.happen(call.id, { kind: 'CallerGone', cause: told.cause, by: told.by, at })
    else if (told.kind === 'dismissed' && !call.dismissed) {
      board.learn(call.id, [{ kind: 'Dismissed', outcome: told.outcome, at: Math.max(at, call.lastAt) }])
    }
  }

  async #allGone(startedAt: number): Promise<void> {
    const { board, endOf } = this.#parts
    for (const call of board.calls) {
      if (call.phase === 'ended' || inAsteriskSince(call) >= startedAt) continue
      const at = Math.min((await endOf(call)) ?? startedAt, startedAt)
      board.happen(call.id, { kind: 'CallerGone', cause: 0, by: 'asterisk', at: Math.max(at, call.lastAt) })
    }
  }
}

/** Some of it is to be read again: so it is not forgotten where we die before it is decided. */
class NotYet extends Error {}

type Unheard = Told & { kind: 'ended'; caller: Introduced }

const isUnheard = (told: Told): told is Unheard => told.kind === 'ended' && told.caller !== null

/** Neither put through to an agent, nor over. */
const isInLine = (call: Call): boolean => call.phase !== 'ended' && call.phase !== 'talking' && !openLeg(call)
