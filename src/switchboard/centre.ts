import { direct, type Flow, HOTLINE, SURVEY } from '../ivr/flow.ts'
import type { Queue } from '../queue/queue.ts'

/** How the centre is set up: its queues, and which number leads to which flow. */
export class Centre {
  readonly #queues: ReadonlyMap<string, Queue>
  readonly #numbers: ReadonlyMap<string, string>
  readonly #flows: ReadonlyMap<string, Flow>

  constructor(queues: Iterable<Queue>, numbers: ReadonlyMap<string, string>) {
    this.#queues = new Map([...queues].map(queue => [queue.id, queue]))
    this.#numbers = numbers
    const flows = [HOTLINE, SURVEY, ...[...this.#queues.keys()].map(direct)]
    this.#flows = new Map(flows.map(flow => [flow.id, flow]))
  }

  /** The flow of a number that was dialled; a number nobody set up meets the hotline. */
  flowOf(number: string): string {
    const flow = this.#numbers.get(number)
    return flow !== undefined && this.#flows.has(flow) ? flow : HOTLINE.id
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
    const astray = [...this.#numbers].filter(([, flow]) => !this.#flows.has(flow))
    return [
      ...missing.map(({ flow, queue }) => ({
        what: `Flow ${flow} leads to queue ${queue}, which does not exist`,
        mend: `enter ${queue} in the table queues, and restart`,
      })),
      ...astray.map(([number, flow]) => ({
        what: `Number ${number} leads to flow ${flow}, which does not exist`,
        mend: 'set its flow in the table numbers to hotline or direct-QUEUE, and restart',
      })),
    ]
  }
}

export type DeadEnd = { readonly what: string; readonly mend: string }

const queuesOf = (flow: Flow): string[] =>
  Object.values(flow.nodes).flatMap(node => (node.type === 'queue' ? node.queue : []))
