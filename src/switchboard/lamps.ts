import { isSignedIn, phoneOf } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import { isAwaited } from '../call/made.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Centre } from './centre.ts'
import { linesOf } from './desk.ts'
import { type Clock, PhoneRefused, SomePhonesRefused } from './ports.ts'
import { agentAt } from './seating.ts'
import type { Switchboard } from './switchboard.ts'

/** What a phone shows by its lamp. */
export type Lamp = { readonly phone: string; readonly waiting: number }

export type LampsParts = {
  board: Pick<Switchboard, 'agents' | 'calls' | 'watch'>
  centre: Centre
  clock: Clock
  /** By queue: how many messages nobody has seen to. Rejects where it cannot be known. */
  messages: () => Promise<ReadonlyMap<string, number>>
  /** Rejects where they cannot be told. A phone that is not there is no fault: it is told when it comes. */
  show: (lamps: readonly Lamp[]) => Promise<void>
  log: Log
}

/** What happens together is shown together. */
const LOOK_AFTER_MS = 250
const AGAIN_AFTER_MS = 5_000

/**
 * The lamps of phones (RFC 3842): how many messages and callbacks wait in the lines that the agent serves who sits there, while they are signed
 * in; else it is dark. A callback that was promised for messages waits in these.
 */
export class Lamps {
  readonly #parts: LampsParts
  /** As they were told last; of the others nobody knows what they show. */
  readonly #shown = new Map<string, number>()
  readonly #unwatch: () => void
  #takeBack: (() => void) | undefined
  #looking: Promise<void> | undefined
  #isDue = false
  #trouble = ''

  constructor(parts: LampsParts) {
    this.#parts = parts
    this.#unwatch = parts.board.watch((call, facts, agents) => {
      const isElsewhere = agents.some(
        ({ before, after }) => isSignedIn(before) !== isSignedIn(after) || phoneOf(before) !== phoneOf(after),
      )
      if (isElsewhere || (call && facts.some(fact => isWork(call, fact)))) this.look()
    })
  }

  /** What waits may be more, or less. */
  look(afterMs = LOOK_AFTER_MS): void {
    this.#isDue = true
    this.#takeBack ??= this.#parts.clock.at(this.#parts.clock.now() + afterMs, () => {
      this.#takeBack = undefined
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
        if (this.#isDue) this.look()
      })
    })
  }

  /** Nobody knows any more what the phones show. */
  anew(): void {
    this.#shown.clear()
    this.look()
  }

  /** A phone has come in, perhaps anew: then its lamp is dark. */
  came(phone: string): void {
    if ((this.#shown.get(phone) ?? 0) === 0) return
    this.#shown.delete(phone)
    this.look()
  }

  async close(): Promise<void> {
    this.#unwatch()
    this.#takeBack?.()
    this.#takeBack = () => {}
    await this.#looking
  }

  async #look(): Promise<void> {
    this.#isDue = false
    const { board, centre, messages, show } = this.#parts
    try {
      const waiting = add(await messages(), board.calls)
      const lamps = [...board.agents.keys(), ...centre.phones].map(phone => {
        const agent = agentAt(board.agents, phone)
        const lines = agent && isSignedIn(agent) ? linesOf(agent, centre) : []
        return { phone, waiting: sum(lines.map(({ id }) => waiting.get(id) ?? 0)) }
      })
      const changed = lamps.filter(lamp => this.#shown.get(lamp.phone) !== lamp.waiting)
      // Whoever comes in while they are told is told once more.
      for (const { phone, waiting } of changed) this.#shown.set(phone, waiting)
      if (changed.length > 0) await show(changed).catch(thrown => this.#untold(changed, thrown))
      this.#trouble = ''
    } catch (thrown) {
      this.#tell(thrown)
    }
  }

  #untold(lamps: readonly Lamp[], thrown: unknown): void {
    const untold = thrown instanceof SomePhonesRefused ? thrown.phones : lamps.map(({ phone }) => phone)
    for (const phone of untold) this.#shown.delete(phone)
    throw thrown
  }

  /** What is away comes back by itself; what is refused somebody must mend. */
  #tell(thrown: unknown): void {
    const error = sentenceOf(thrown)
    const isRefused = thrown instanceof PhoneRefused && thrown.id === 'refused'
    if (isRefused && error !== this.#trouble)
      this.#parts.log.warn({ error }, 'Asterisk does not let us light the lamps of phones: see hotline doctor')
    this.#trouble = error
    if (!isRefused) this.look(AGAIN_AFTER_MS)
  }
}

function isWork(call: Call, { kind }: Fact): boolean {
  return WORK.includes(kind) || (call.callback !== undefined && (kind === 'CallEnded' || kind === 'Connected'))
}

const WORK: readonly Fact['kind'][] = ['MessageKept', 'MessageSettled', 'CallbackOpened', 'CallbackRenewed']

/** And the callbacks that are still to be made. */
function add(messages: ReadonlyMap<string, number>, calls: readonly Call[]): Map<string, number> {
  const waiting = new Map(messages)
  for (const call of calls) {
    if (!isAwaited(call) || call.queue === null || call.callback!.messages.length > 0) continue
    waiting.set(call.queue, (waiting.get(call.queue) ?? 0) + 1)
  }
  return waiting
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
