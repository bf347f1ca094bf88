import type { Agent } from '../agent/agent.ts'
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

/** Queue of the lifeboat → paused in it. */
type Berths = Map<string, boolean>

export const createLifeboat = (parts: LifeboatParts): Lifeboat => new Mirror(parts)

/**
 * Keeps Asterisk's queues like our agents. All that is to be done is done by one worker, one agent after another, on
 * what the agent is by then: so the order is right, and of several changes in a row only the last costs anything.
 */
class Mirror implements Lifeboat {
  readonly #parts: LifeboatParts
  /** What Asterisk is known to have, by agent. */
  #has = new Map<string, Berths>()
  #wanted = new Map<string, Berths>()
  /** Agents to look at. */
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
    if (standingOf(before) === standingOf(after)) return
    this.#wanted.set(after.id, berthsOf(after, this.#queues))
    this.#changed.add(after.id)
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
        for (const id of this.#changed) await this.#tend(id)
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
    this.#wanted = new Map([...agents()].map(agent => [agent.id, berthsOf(agent, this.#queues)]))
    for (const id of [...this.#has.keys(), ...this.#wanted.keys()]) this.#changed.add(id)
    return true
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

  async #tend(id: string): Promise<void> {
    this.#changed.delete(id)
    const wanted = this.#wanted.get(id) ?? new Map()
    const actions = stepsFrom(id, this.#has.get(id) ?? new Map(), wanted)
    await Promise.all(actions.map(action => this.#parts.ami.action(action)))
    this.#has.set(id, wanted)
  }
}

const PHONE = /^PJSIP\/([0-9]{2,8})$/

/** Our agents in the lifeboat's queues. Whoever was entered by hand in queues.conf is no business of ours. */
function membersIn(seen: readonly Fields[]): Map<string, Berths> {
  const members = new Map<string, Berths>()
  for (const { event, queue, location, membership, paused } of seen) {
    const isOurs = event === 'QueueMember' && membership === 'dynamic' && `${queue}-`.startsWith(`${LIFEBOAT}-`)
    const id = isOurs && PHONE.exec(location ?? '')?.[1]
    if (!id) continue
    const berths = members.get(id) ?? new Map()
    members.set(id, berths.set(queue!, paused === '1'))
  }
  return members
}

/** The actions that make one agent's berths like they should be. */
export function stepsFrom(id: string, has: Berths, wanted: Berths): Fields[] {
  const phone = { interface: `PJSIP/${id}` }
  const steps: Fields[] = []
  for (const queue of has.keys()) if (!wanted.has(queue)) steps.push({ action: 'QueueRemove', queue, ...phone })
  for (const [queue, isPaused] of wanted) {
    const paused = String(isPaused)
    const aboard = has.get(queue)
    if (aboard === undefined) {
      steps.push({ action: 'QueueAdd', queue, ...phone, stateinterface: phone.interface, membername: id, paused })
    } else if (aboard !== isPaused) steps.push({ action: 'QueuePause', queue, ...phone, paused })
  }
  return steps
}
