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

  flow = (id: string): Flow => found(this.#flows, id, 'flow')
  queue = (id: string): Queue => found(this.#queues, id, 'queue')

  get queues(): Queue[] {
    return [...this.#queues.values()]
  }
}

function found<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const value = map.get(id)
  if (value === undefined) throw new Error(`there is no ${what} ${id}`)
  return value
}
