import { type Agent, isHeldByCall } from '../agent/agent.ts'
import { levelFor } from './choose.ts'
import { Heap } from './heap.ts'
import type { Pace } from './pace.ts'
import type { Queue, Skills, Waiting } from './queue.ts'
import { draw, restOf, type Spans } from './spans.ts'

/** What is known at the moment at which a wait is to be told. */
export type Scene = {
  readonly now: number
  readonly queue: Queue
  readonly place: number
  /** When they joined this line. */
  readonly joinedAt: number
  /** Who comes before that place, in all lines, in order. */
  readonly ahead: readonly Waiting[]
  readonly agents: readonly Agent[]
  /** Of which queue the call is that has an agent. */
  readonly queueOf: (call: string) => Queue | undefined
  readonly pace: Pace
}

/** How long an agent is busy with a caller of a queue. */
type Handling = (queue: string | undefined) => Spans

/** By agent, whether they are able to serve the caller: now, and from moments on at which their line is content with less. */
type Ahead = { readonly place: number; readonly able: Uint8Array; readonly later: readonly Step[] }
type Step = { readonly at: number; readonly able: Uint8Array }

/** The callers of one queue, in order. */
type Row = {
  readonly callers: Ahead[]
  readonly handling: Spans
  readonly wrapUpMs: number
  readonly patienceMs: number
  /** When each hangs up, in this course; 0: not drawn yet. */
  readonly leaves: Float64Array
  head: number
}

/** A phone has not rung for longer than this when it is answered. */
const LONGEST_RING_MS = 60_000
/** So many of the moments at which a line is content with less are looked at, spread over all. */
const MOST_LOOKS = 16

/** One course of things after another, from the same moment on. All times count from there, ms. */
export class Course {
  /** How often, in all courses, an agent came free; to begin one takes as long as a quarter of that for each agent. */
  turns = 0
  readonly #chance: () => number
  /** By agent: when they come free, by chance. */
  readonly #free: ((chance: number) => number)[]
  readonly #rows: Row[]
  readonly #own: Row
  readonly #untilMs: number
  readonly #looks: number[]
  readonly #agents: Heap

  constructor(scene: Scene, handling: Handling, chance: () => number) {
    const { now, queue, place, joinedAt, ahead } = scene
    const crew = scene.agents.filter(comesFree)
    this.#chance = chance
    const spare = rungBeside(crew)
    this.#free = crew.map(agent => (spare.has(agent) ? letGoAfter(agent, scene) : freeAfter(agent, scene, handling)))
    this.#agents = new Heap(crew.length)
    this.#untilMs = queue.longestWaitMs - (now - joinedAt)
    const able = abilities(crew)
    const rows = new Map<string, Row>()
    const moments = new Set<number>()
    const join = (queue: Queue, place: number, joinedAt: number): void => {
      const row = rows.get(queue.id) ?? rowOf(queue, handling, scene)
      rows.set(queue.id, row)
      const steps = queue.relaxing.map(({ afterMs, skills }) => ({ at: joinedAt + afterMs - now, able: able(skills) }))
      const later = steps.filter(step => step.at > 0)
      for (const { at } of later) moments.add(at)
      row.callers.push({ place, able: able(queue.skills), later })
    }
    // With a head start for the number's sake they seem to have joined earlier, and their line to be content already.
    for (const { queue, place } of ahead) join(queue, place, place + queue.headStartMs)
    join(queue, place, joinedAt)
    this.#rows = [...rows.values()]
    this.#own = rows.get(queue.id)!
    this.#looks = spread([...moments].sort((a, b) => a - b))
  }

  /** After how long an agent takes the caller; infinite: not before their line lets them wait no longer. */
  play(): number {
    this.#begin()
    const agents = this.#agents
    while (agents.size > 0 && agents.at <= this.#untilMs) {
      this.turns += 1
      const at = agents.at
      const agent = agents.pop()
      const row = this.#firstFor(agent, at)
      if (row === this.#own && row.head === row.callers.length - 1) return at
      if (row) {
        row.head += 1
        agents.push(agent, at + draw(row.handling, this.#chance()) + row.wrapUpMs)
      } else {
        const look = this.#looks.find(moment => moment > at)
        if (look !== undefined) agents.push(agent, look)
      }
    }
    return Number.POSITIVE_INFINITY
  }

  #begin(): void {
    this.turns += this.#free.length / 4
    this.#agents.clear()
    for (const [agent, free] of this.#free.entries()) this.#agents.push(agent, free(this.#chance()))
    for (const row of this.#rows) {
      row.head = 0
      row.leaves.fill(0)
    }
  }

  /** In which row the first caller stands whom this agent is able to serve by then. */
  #firstFor(agent: number, at: number): Row | undefined {
    let first: Row | undefined
    let place = Number.POSITIVE_INFINITY
    for (const row of this.#rows) {
      while (this.#hasLeft(row, at)) row.head += 1
      const head = row.callers[row.head]
      if (!head || head.place >= place || ableBy(head, at)[agent] === 0) continue
      first = row
      place = head.place
    }
    return first
  }

  /** Whether the head of the row has hung up by then. Whose wait is asked for does not. */
  #hasLeft(row: Row, at: number): boolean {
    const { head, leaves, patienceMs, callers } = row
    if (head >= callers.length - (row === this.#own ? 1 : 0)) return false
    if (leaves[head] === 0) leaves[head] = -Math.log(1 - this.#chance()) * patienceMs
    return leaves[head]! < at
  }
}

const ableBy = ({ able, later }: Ahead, at: number): Uint8Array =>
  later.length === 0 ? able : (later.findLast(step => step.at <= at)?.able ?? able)

/** They are at work, and will not rest or leave after what they are at. */
const comesFree = ({ state, next }: Agent): boolean =>
  state !== 'signed-out' && state !== 'paused' && (next === null || next.kind === 'ready')

/** Of those who are rung for one caller, all but one, whoever that will be. */
function rungBeside(crew: readonly Agent[]): Set<Agent> {
  const rung = new Set<string | null>()
  const beside = new Set<Agent>()
  for (const agent of crew) {
    if (agent.state !== 'ringing') continue
    if (rung.has(agent.call)) beside.add(agent)
    rung.add(agent.call)
  }
  return beside
}

/** When another has answered. */
function letGoAfter({ call, since }: Agent, { now, queue, queueOf, pace }: Scene): (chance: number) => number {
  const answering = pace.answering((queueOf(call!) ?? queue).id)
  return answering ? restOf(answering, now - since) : () => 0
}

function freeAfter(agent: Agent, { now, queueOf }: Scene, handling: Handling): (chance: number) => number {
  if (agent.state === 'wrapping-up') return () => Math.max((agent.wakeAt ?? now) - now, 0)
  if (!isHeldByCall(agent)) return () => 0
  const began = Math.max(agent.offeredAt, agent.since - LONGEST_RING_MS)
  const queue = agent.call === null ? undefined : queueOf(agent.call)
  // Not drawn with the talk: who still talks has all of the wrap-up before them.
  const wrapUpMs = queue?.wrapUpMs ?? 0
  const rest = restOf(handling(queue?.id), now - began)
  return chance => rest(chance) + wrapUpMs
}

const rowOf = ({ id, wrapUpMs }: Queue, handling: Handling, { pace, ahead }: Scene): Row => ({
  callers: [],
  handling: handling(id),
  wrapUpMs,
  patienceMs: pace.patienceMs(id),
  leaves: new Float64Array(ahead.length),
  head: 0,
})

/** Which of them have the skills; each set of skills is looked at once. */
function abilities(crew: readonly Agent[]): (skills: Skills) => Uint8Array {
  const known = new Map<Skills, Uint8Array>()
  return skills => {
    const able = known.get(skills) ?? Uint8Array.from(crew, agent => Number(levelFor(agent, { skills }) !== undefined))
    known.set(skills, able)
    return able
  }
}

const spread = (moments: number[]): number[] =>
  moments.filter((_, i) => i % Math.ceil(moments.length / MOST_LOOKS) === 0 || i === moments.length - 1)
