import { direct, type Flow, HOTLINE, type Language, SURVEY } from '../ivr/flow.ts'
import type { Queue } from '../queue/queue.ts'

/** Where a dialled number leads: what the caller meets, and in which language it begins. */
export type Dialled = { readonly flow: string; readonly language: Language }

/** How the centre is set up: its queues, and which number leads to which flow. */
export class Centre {
  readonly #queues: ReadonlyMap<string, Queue>
  readonly #numbers: ReadonlyMap<string, Dialled>
  readonly #flows: ReadonlyMap<string, Flow>

  constructor(queues: Iterable<Queue>, numbers: ReadonlyMap<string, Dialled>) {
    this.#queues = new Map([...queues].map(queue => [queue.id, queue]))
    this.#numbers = numbers
    const flows = [HOTLINE, SURVEY, ...[...this.#queues.keys()].map(direct)]
    this.#flows = new Map(flows.map(flow => [flow.id, flow]))
  }

  /** A number nobody set up leads to the hotline, in Chinese; so does one with a flow that nobody knows, in its language. */
  dialled = (number: string): Dialled => {
    const { flow = HOTLINE.id, language = 'zh' } = this.#numbers.get(number) ?? {}
    return { flow: this.#flows.has(flow) ? flow : HOTLINE.id, language }
  }

  /** Of a call that came while its flow was still there, too. */
  flow = (id: string): Flow => this.#flows.get(id) ?? HOTLINE
  queue = (id: string): Queue | undefined => this.#queues.get(id)

  get queues(): Queue[] {
    return [...this.#queues.values()]
  }

  /** What leads to a queue that does not exist, as when its row was removed or renamed. */
  get deadEnds(): DeadEnd[] {
    const missing = [...this.#flows.values()].flatMap(flow =>
      [...new Set(queuesOf(flow))].filter(queue => !this.#queues.has(queue)).map(queue => ({ flow: flow.id, queue })),
    )
    const astray = [...this.#numbers].filter(([, { flow }]) => !this.#flows.has(flow))
    return [
      ...missing.map(({ flow, queue }) => ({
        what: `Flow ${flow} leads to queue ${queue}, which does not exist`,
        mend: `enter ${queue} in the table queues, and restart`,
      })),
      ...astray.map(([number, { flow }]) => ({
        what: `Number ${number} leads to flow ${flow}, which does not exist`,
        mend: 'set its flow in the table numbers to hotline or direct-QUEUE, and restart',
      })),
    ]
  }
}

export type DeadEnd = { readonly what: string; readonly mend: string }

const queuesOf = (flow: Flow): string[] =>
  Object.values(flow.nodes).flatMap(node => (node.type === 'queue' ? node.queue : []))
