import type { Agent } from '../agent/agent.ts'
import type { Dial, View } from '../call/view.ts'
import { numberToShow } from '../dialling/dialling.ts'
import { evaluate } from '../flows/expressions.ts'
import type { Language } from '../ivr/flow.ts'
import { ableTo, mayServeSoon } from '../queue/choose.ts'
import { relaxedBy } from '../queue/queue.ts'
import type { Callbacks } from './callbacks.ts'
import type { Centre } from './centre.ts'
import type { Matching } from './matching.ts'
import type { Memory } from './ports.ts'

const SHORT_ABANDON_MS = 5_000

/** What a call's decisions see of the centre and of its lines. */
export const viewOf = (
  centre: Centre,
  matching: Matching,
  agents: Agents,
  callbacks: Callbacks,
  namedQueues: readonly string[],
  memory: Memory,
): View => ({
  flow: centre.flow,
  releaseOf: centre.releaseOf,
  evaluate,
  isOpen: (calendar, queue, at) => isOpen(centre, agents, calendar, queue, at),
  toDial: centre.toDial,
  standing: (number, at) => centre.callers.standing(number, at),
  mayServeSoon: (id, queue) => {
    const agent = agents.get(id)
    return agent !== undefined && mayServeSoon(agent, queue)
  },
  queue: centre.queue,
  placeInLine: (queue, place, joinedAt) => matching.placeInLine(queue, place, joinedAt),
  dial: (number, queue, dialled, at) => dial(centre, number, queue, dialled, at),
  callbackOf: (number, queue) => callbacks.openFor(number, queue),
  standOf: callback => callbacks.standOf(callback),
  waitingFor: queue => matching.length(queue),
  staff: queue => matching.staff(queue),
  languageOf: agent => languageOf(agents, agent),
  isDatabaseAway: () => memory.isPresent === false,
  shortAbandonMs: SHORT_ABANDON_MS,
  namedQueues,
})

/** Where quiet hours are all that is in the way, it is later. */
function dial(centre: Centre, number: string, queue: string, called: string, at: number): Dial {
  const { number: toDial, refusal } = centre.toCallBack(number, called, at)
  if (refusal?.from !== undefined) return { may: 'later', from: refusal.from }
  if (refusal) return { may: 'never', because: refusal.reason }
  return { may: 'now', number: toDial, shows: numberToShow(centre.queue(queue)?.shows, called) ?? '' }
}

type Agents = ReadonlyMap<string, Agent>

/** Of a queue that does not exist, nobody can be on shift or off: the flow that leads there says so. */
function isOpen(centre: Centre, agents: Agents, calendar: string, queue: string | undefined, at: number) {
  const open = centre.hours.isOpen(calendar, at)
  const line = queue === undefined ? undefined : centre.queue(queue)
  return open && line
    ? centre.hours.isOnShift(ableTo(relaxedBy(line, line.relaxing.length), agents.values()), at)
    : open
}

/** Who is nobody here is spoken to in Chinese, as most are. */
export const languageOf = (agents: Agents, id: string): Language => agents.get(id)?.language ?? 'zh'
