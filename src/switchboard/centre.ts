import type { OwnReason } from '../agent/agent.ts'
import { type DialledByHand, refusedAsOwn, type ToDial } from '../dialling/dialling.ts'
import { DUTY } from '../duty/duty.ts'
import { direct, type Flow, HOTLINE, type Language, type Node, SURVEY } from '../ivr/flow.ts'
import { Library } from '../ivr/library.ts'
import type { Log } from '../log.ts'
import type { Queue } from '../queue/queue.ts'
import { Callers } from './callers.ts'
import { Dialling } from './dialling.ts'
import { Hours } from './hours.ts'

/** Where a number leads: what its callers meet, and in which language it begins. */
export type Leads = { readonly flow: string; readonly language: Language }
/** And which of its versions: the last one published. */
export type Dialled = Leads & { readonly release: number }

/** How the centre is set up: its queues, its flows, and which number leads to which flow. */
export class Centre {
  #queues: ReadonlyMap<string, Queue> = new Map()
  #numbers: ReadonlyMap<string, Leads> = new Map()
  /** That lead straight to a queue; nobody need publish them. */
  #direct: ReadonlyMap<string, Flow> = new Map()
  /** Why agents pause, besides what every centre knows. */
  pauseReasons: readonly OwnReason[] = []
  /** That are nobody's own: any agent may sign in there. */
  phones: ReadonlySet<string> = new Set()
  readonly library: Library
  readonly hours: Hours
  readonly callers: Callers
  readonly dialling: Dialling

  constructor(
    queues: Iterable<Queue>,
    numbers: ReadonlyMap<string, Leads>,
    library: Library = new Library(),
    hours: Hours = new Hours('UTC'),
    callers: Callers = new Callers(),
    dialling: Dialling = new Dialling('UTC'),
  ) {
    this.dialling = dialling
    this.hours = hours
    this.callers = callers
    this.library = library
    this.learn(queues, numbers)
    // A hotline that has published nothing yet answers all the same.
    library.add([HOTLINE, SURVEY].flatMap(flow => (library.flow(flow.id, 0) ? [] : { number: 0, flow })))
  }

  /** Whoever keeps callers in lines is to be told. */
  learn(queues: Iterable<Queue>, numbers: ReadonlyMap<string, Leads>): void {
    this.#queues = new Map([...queues].map(queue => [queue.id, queue]))
    this.#numbers = numbers
    this.#direct = new Map([...this.#queues.keys()].map(direct).map(flow => [flow.id, flow]))
  }

  /** A number nobody set up leads to the hotline, in Chinese; so does one with a flow that nobody knows, in its language. */
  dialled = (number: string): Dialled => {
    const { flow = HOTLINE.id, language = 'zh' } = this.#numbers.get(number) ?? {}
    const release = this.library.latest
    return { flow: this.answers(flow) ? flow : HOTLINE.id, language, release }
  }

  /** As it was in force at that release. Of a call that came while its flow was still there, too. */
  flow = (id: string, release: number): Flow =>
    this.library.flow(id, release) ?? this.#direct.get(id) ?? this.library.flow(HOTLINE.id, release)!

  /** Which version of it that is; undefined: nobody has published such a flow. */
  releaseOf = (id: string, release: number): number | undefined => this.library.release(id, release)?.number

  queue = (id: string): Queue | undefined => this.#queues.get(id)

  get queues(): Queue[] {
    return [...this.#queues.values()]
  }

  get numbers(): ReadonlyMap<string, Leads> {
    return this.#numbers
  }

  /**
   * At any hour: a number outside for a caller who has called that number of ours, and is awake; of somebody who is on duty; or of
   * a customer whom they take over, which they decide as agents do of their own calls.
   */
  toDial = (number: string, called: string): ToDial => {
    const refusal = refusedAsOwn(number, [called, ...this.#numbers.keys()])
    return refusal ? { refusal } : this.dialling.toDial(number)
  }

  /** A customer of ours, who may not be disturbed at any hour. */
  toCallBack(number: string, called: string, at: number): ToDial {
    const refusal = refusedAsOwn(number, [called, ...this.#numbers.keys()])
    return refusal ? { refusal } : this.dialling.toDial(number, at)
  }

  /** The same for an agent who dials it themselves. */
  byHand(number: string): DialledByHand {
    const shown = [this.dialling.shows, ...this.queues.map(({ shows }) => shows)].filter(one => one !== null)
    const refusal = refusedAsOwn(number, [...shown, ...this.#numbers.keys()])
    return refusal ? { refusal } : this.dialling.byHand(number)
  }

  /** Whether a number may lead there: also those on duty, who hear what callers have left. */
  answers = (flow: string): boolean => flow === DUTY || this.knows(flow)

  /** Whether callers could be led there now. */
  knows(flow: string): boolean {
    return this.#direct.has(flow) || this.library.flow(flow, this.library.latest) !== undefined
  }

  /** What leads to a queue, or asks for a calendar, that does not exist, as when its row was removed or renamed. */
  get deadEnds(): DeadEnd[] {
    const flows = [...this.library.current, ...this.#direct.values()]
    const missing = flows.flatMap(flow =>
      [...new Set(queuesOf(flow))].filter(queue => !this.#queues.has(queue)).map(queue => ({ flow: flow.id, queue })),
    )
    const unknown = flows.flatMap(flow =>
      calendarsOf(flow)
        .filter(calendar => !this.hours.names.includes(calendar))
        .map(calendar => ({ flow: flow.id, calendar })),
    )
    const overflows = this.queues.flatMap(({ id, overflow }) =>
      Object.entries(overflow).flatMap(([why, flow]) => (this.knows(flow) ? [] : { id, why, flow })),
    )
    const surveys = this.queues.flatMap(({ id, survey }) => (survey ? { id, flow: survey.flow } : []))
    const unasked = surveys.filter(({ flow }) => this.releaseOf(flow, this.library.latest) === undefined)
    const astray = [...this.#numbers].filter(([, { flow }]) => !this.answers(flow))
    return [
      ...missing.map(({ flow, queue }) => ({
        what: `Flow ${flow} leads to queue ${queue}, which does not exist`,
        mend: `hotline queue add ${queue}`,
      })),
      ...unknown.map(({ flow, calendar }) => ({
        what: `Flow ${flow} asks for calendar ${calendar}, which does not exist: callers find it open`,
        mend: `hotline calendar set FILE.json, with the id ${calendar}`,
      })),
      ...overflows.map(({ id, why, flow }) => ({
        what: `Queue ${id} leads on to flow ${flow} (overflow_${why}), which does not exist`,
        mend: `publish ${flow}, or hotline queue set ${id} overflow-${why}=…`,
      })),
      ...unasked.map(({ id, flow }) => ({
        what: `Queue ${id} asks the survey ${flow}, which does not exist`,
        mend: `publish ${flow}, or hotline queue set ${id} survey=…`,
      })),
      ...surveys
        .filter(({ flow }) => flows.some(one => one.id === flow && leadsAway(one)))
        .map(({ id, flow }) => ({
          what: `Queue ${id} asks the survey ${flow}, which leads to a queue or outside: callers are let go there`,
          mend: `publish ${flow} without it, or hotline queue set ${id} survey=…`,
        })),
      ...astray.map(([number, { flow }]) => ({
        what: `Number ${number} leads to flow ${flow}, which does not exist`,
        mend: `hotline number set ${number} FLOW: hotline, another that is published, or direct-QUEUE`,
      })),
    ]
  }
}

export type DeadEnd = { readonly what: string; readonly mend: string }

/** Where it leads, and where its messages go. */
export const queuesOf = ({ nodes }: Flow): string[] =>
  Object.values(nodes).flatMap(node =>
    LEADS_TO_QUEUE.includes(node.type) && 'queue' in node ? (node.queue ?? []) : [],
  )

const LEADS_TO_QUEUE: readonly Node['type'][] = ['queue', 'voicemail', 'callback']

/** To a line, or to a number outside: no survey may. */
export const leadsAway = ({ nodes }: Flow): boolean =>
  Object.values(nodes).some(({ type }) => type === 'queue' || type === 'transfer-out')

/** Which customer systems it asks. */
export const systemsOf = (flow: Flow): string[] => [
  ...new Set(Object.values(flow.nodes).flatMap(node => (node.type === 'lookup' ? node.system : []))),
]

export const calendarsOf = (flow: Flow): string[] => [
  ...new Set(Object.values(flow.nodes).flatMap(node => (node.type === 'schedule' ? node.calendar : []))),
]

/** For a person to mend. */
export function tellDeadEnds({ deadEnds }: Centre, log: Log): void {
  for (const { what, mend } of deadEnds) log.error({ mend }, what)
}
