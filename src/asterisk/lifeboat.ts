import { type Agent, phoneOf } from '../agent/agent.ts'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Queue } from '../queue/queue.ts'
import { berthsOf, boatOf, LIFEBOAT, standingOf } from '../switchboard/lifeboat.ts'
import { type Ami, AmiFailed, type Fields } from './ami.ts'

export type LifeboatParts = {
  ami: Ami
  agents: () => Iterable<Agent>
  queues: () => readonly Queue[]
  log: Log
}

export interface Lifeboat {
  /** An agent has changed. Costs nothing where the lifeboat need not know: in all that a call does. */
  watch(before: Agent, after: Agent): void
  /** To be called whenever AMI comes up: compares all that Asterisk has with what should be, and mends it. */
  compare(): void
  /** Resolves when nothing is left to do, or nothing can be done now. */
  settled(): Promise<void>
  close(): void
}

/** Asterisk's own configuration is not ours to write. Until then `lifeboat`, in which everybody is, takes their callers. */
const MEND = 'add [NAME](crew) for each to queues.conf, then in Asterisk: queue reload all'
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/** Of one phone: queue of the lifeboat → as whom it is in it, and whether paused. */
type Berths = Map<string, { readonly agent: string; readonly isPaused: boolean }>

export const createLifeboat = (parts: LifeboatParts): Lifeboat => new Mirror(parts)

/**
 * Keeps Asterisk's queues like our agents, at the phones where they sit. All that is to be done is done by one worker, one phone after
 * another, on what it is by then: so the order is right, and of several changes in a row only the last costs anything.
 */
class Mirror implements Lifeboat {
  readonly #parts: LifeboatParts
  /** What Asterisk is known to have, by phone. */
  #has = new Map<string, Berths>()
  #wanted = new Map<string, Berths>()
  /** Phones to look at. */
  readonly #changed = new Set<string>()
  /** Those of our queues that Asterisk has a stand-in for. */
  #queues: readonly Queue[]
  #missing = ''
  /** What Asterisk has is not known for sure. */
  #unsure = true
  #work: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS

  constructor(parts: LifeboatParts) {
    this.#parts = parts
    this.#queues = parts.queues()
  }

  watch(before: Agent, after: Agent): void {
    const [left, phone] = [phoneOf(before), phoneOf(after)]
    if (standingOf(before) === standingOf(after) && left === phone) return
    this.#wanted.delete(left)
    this.#wanted.set(phone, this.#berthsFor(after))
    this.#changed.add(left).add(phone)
    this.#start()
  }

  compare(): void {
    this.#unsure = true
    this.#start()
  }

  async settled(): Promise<void> {
    await this.#work
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#changed.clear()
    this.#unsure = false
  }

  #start(): void {
    this.#work ??= this.#tendAll().finally(() => {
      this.#work = undefined
    })
  }

  async #tendAll(): Promise<void> {
    try {
      while (this.#parts.ami.isUp && (this.#unsure || this.#changed.size > 0)) {
        if (this.#unsure && !(await this.#look())) return
        for (const phone of this.#changed) await this.#tend(phone)
      }
      this.#retryMs = FIRST_RETRY_MS
    } catch (thrown) {
      this.#onTrouble(thrown)
    }
  }

  /** Without a connection there is nothing to say: the next one begins with a comparison. */
  #onTrouble(thrown: unknown): void {
    this.#unsure = true
    if (thrown instanceof AmiFailed && thrown.id === 'away') return
    const again = this.#retryMs
    this.#parts.log.warn({ error: sentenceOf(thrown), againInMs: again }, 'the lifeboat is not like our agents')
    this.#retryMs = Math.min(again * 2, LONGEST_RETRY_MS)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#start(), again)
  }

  /** False while no agents are known: a service that has not loaded them must not empty the lifeboat of those aboard. */
  async #look(): Promise<boolean> {
    const { ami, agents } = this.#parts
    if ([...agents()].length === 0) return false
    this.#unsure = false
    const seen = await ami.list({ action: 'QueueStatus' }, 'QueueParams', 'QueueMember')
    this.#launch(new Set(seen.filter(entry => entry.event === 'QueueParams').map(entry => entry.queue!)))
    this.#has = membersIn(seen)
    this.#wanted = new Map([...agents()].map(agent => [phoneOf(agent), this.#berthsFor(agent)]))
    for (const phone of [...this.#has.keys(), ...this.#wanted.keys()]) this.#changed.add(phone)
    return true
  }

  #berthsFor(agent: Agent): Berths {
    const paused = [...berthsOf(agent, this.#queues)]
    return new Map(paused.map(([boat, isPaused]) => [boat, { agent: agent.id, isPaused }]))
  }

  /** A queue of ours without its stand-in is served by the lifeboat for all. */
  #launch(boats: ReadonlySet<string>): void {
    const { log } = this.#parts
    const queues = this.#parts.queues()
    this.#queues = queues.filter(queue => boats.has(boatOf(queue.id)))
    const missing = [LIFEBOAT, ...queues.map(queue => boatOf(queue.id))].filter(boat => !boats.has(boat))
    if (missing.length > 0 && String(missing) !== this.#missing) {
      log.warn({ missing, mend: MEND }, 'queues.conf in Asterisk lacks queues of the lifeboat')
    }
    this.#missing = String(missing)
  }

  async #tend(phone: string): Promise<void> {
    this.#changed.delete(phone)
    const wanted = this.#wanted.get(phone) ?? new Map()
    const actions = stepsFrom(phone, this.#has.get(phone) ?? new Map(), wanted)
    await Promise.all(actions.map(action => this.#parts.ami.action(action)))
    this.#has.set(phone, wanted)
  }
}

const PHONE = /^PJSIP\/([0-9]{2,8})$/

/** The phones in the lifeboat's queues, by whose names. Whoever was entered by hand in queues.conf is no business of ours. */
function membersIn(seen: readonly Fields[]): Map<string, Berths> {
  const members = new Map<string, Berths>()
  for (const { event, queue, name = '', location, membership, paused } of seen) {
    const isOurs = event === 'QueueMember' && membership === 'dynamic' && `${queue}-`.startsWith(`${LIFEBOAT}-`)
    const phone = isOurs && PHONE.exec(location ?? '')?.[1]
    if (!phone) continue
    const berths: Berths = members.get(phone) ?? new Map()
    members.set(phone, berths.set(queue!, { agent: name, isPaused: paused === '1' }))
  }
  return members
}

/** The actions that make one phone's berths like they should be. Under another name it is another member. */
export function stepsFrom(id: string, has: Berths, wanted: Berths): Fields[] {
  const phone = { interface: `PJSIP/${id}` }
  const steps: Fields[] = []
  const stays = (queue: string): boolean => has.get(queue)?.agent === wanted.get(queue)?.agent
  for (const queue of has.keys()) if (!stays(queue)) steps.push({ action: 'QueueRemove', queue, ...phone })
  for (const [queue, { agent, isPaused }] of wanted) {
    const paused = String(isPaused)
    if (!stays(queue)) {
      steps.push({ action: 'QueueAdd', queue, ...phone, stateinterface: phone.interface, membername: agent, paused })
    } else if (has.get(queue)!.isPaused !== isPaused) steps.push({ action: 'QueuePause', queue, ...phone, paused })
  }
  return steps
}
