import { direct, type Flow, HOTLINE, type Language, SURVEY } from '../ivr/flow.ts'
import { Library } from '../ivr/library.ts'
import type { Log } from '../log.ts'
import type { Queue } from '../queue/queue.ts'

/** Where a number leads: what its callers meet, and in which language it begins. */
export type Leads = { readonly flow: string; readonly language: Language }
/** And which of its versions: the last one published. */
export type Dialled = Leads & { readonly release: number }

/** How the centre is set up: its queues, its flows, and which number leads to which flow. */
export class Centre {
  readonly #queues: ReadonlyMap<string, Queue>
  readonly #numbers: ReadonlyMap<string, Leads>
  /** That lead straight to a queue; nobody need publish them. */
  readonly #direct: ReadonlyMap<string, Flow>
  readonly library: Library

  constructor(queues: Iterable<Queue>, numbers: ReadonlyMap<string, Leads>, library: Library = new Library()) {
    this.#queues = new Map([...queues].map(queue => [queue.id, queue]))
    this.#numbers = numbers
    this.#direct = new Map([...this.#queues.keys()].map(direct).map(flow => [flow.id, flow]))
    this.library = library
    // A hotline that has published nothing yet answers all the same.
    library.add([HOTLINE, SURVEY].flatMap(flow => (library.flow(flow.id, 0) ? [] : { number: 0, flow })))
  }

  /** A number nobody set up leads to the hotline, in Chinese; so does one with a flow that nobody knows, in its language. */
  dialled = (number: string): Dialled => {
    const { flow = HOTLINE.id, language = 'zh' } = this.#numbers.get(number) ?? {}
    const release = this.library.latest
    return { flow: this.#knows(flow) ? flow : HOTLINE.id, language, release }
  }

  /** As it was in force at that release. Of a call that came while its flow was still there, too. */
  flow = (id: string, release: number): Flow =>
    this.library.flow(id, release) ?? this.#direct.get(id) ?? this.library.flow(HOTLINE.id, release)!

  #knows(flow: string): boolean {
    return this.#direct.has(flow) || this.library.flow(flow, this.library.latest) !== undefined
  }

  queue = (id: string): Queue | undefined => this.#queues.get(id)

  get queues(): Queue[] {
    return [...this.#queues.values()]
  }

  /** What leads to a queue that does not exist, as when its row was removed or renamed. */
  get deadEnds(): DeadEnd[] {
    const missing = [...this.library.current, ...this.#direct.values()].flatMap(flow =>
      [...new Set(queuesOf(flow))].filter(queue => !this.#queues.has(queue)).map(queue => ({ flow: flow.id, queue })),
    )
    const astray = [...this.#numbers].filter(([, { flow }]) => !this.#knows(flow))
    return [
      ...missing.map(({ flow, queue }) => ({
        what: `Flow ${flow} leads to queue ${queue}, which does not exist`,
        mend: `enter ${queue} in the table queues, and restart`,
      })),
      ...astray.map(([number, { flow }]) => ({
        what: `Number ${number} leads to flow ${flow}, which does not exist`,
        mend: 'set its flow in the table numbers to hotline, another that is published, or direct-QUEUE, and restart',
      })),
    ]
  }
}

export type DeadEnd = { readonly what: string; readonly mend: string }

const queuesOf = (flow: Flow): string[] =>
  Object.values(flow.nodes).flatMap(node => (node.type === 'queue' ? node.queue : []))

/** For a person to mend. */
export function tellDeadEnds({ deadEnds }: Centre, log: Log): void {
  for (const { what, mend } of deadEnds) log.error({ mend }, what)
}
