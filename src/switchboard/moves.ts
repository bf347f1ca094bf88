import type { Agent } from '../agent/agent.ts'
import { type Call, openLegs } from '../call/call.ts'
import { isPromise } from '../call/made.ts'
import { type NotMoved as Phase, ringsAt, whyNotMoved } from '../call/move.ts'
import { BadInput, Conflict, NotFound } from '../errors.ts'
import { levelFor, mayServeSoon, staffOf } from '../queue/choose.ts'
import { placeOf, type Queue, relaxedBy } from '../queue/queue.ts'
import type { ActsParts } from './acts.ts'
import { AsteriskAway } from './ports.ts'

/** Where somebody wants a waiting caller. */
export type Wanted = {
  readonly queue?: string
  /** Before all who wait, or with so much of a head start in all; ms. Without it: with one agent first, else as they stand. */
  readonly ahead?: 'first' | number
  /** Their agent: rung at once where ready, else waited for alone, for a while. */
  readonly agent?: string
  /** Who sends them on while they ring at that agent's phone (deflect-call): without `ahead` they keep the place that they have. */
  readonly from?: string
}

/** Where they stand after it. `ahead`: how many of their line come before them; `agent`: for whom they wait alone, or who is rung. */
export type MovedTo = { call: string; queue: string; ahead: number; headStartMs: number; agent: string | null }

export class NotMoved extends Conflict {
  constructor(sentence: string) {
    super('not-moved', sentence)
  }
}

const PHASES: Record<Phase, (call: Call) => string> = {
  'in-lifeboat': ({ id }) => `The lifeboat has the caller of ${id}: Asterisk's own queue serves them.`,
  dismissed: ({ id }) => `The hotline ends ${id}: its caller hears the last sentence.`,
  answered: ({ id, leg }) => `Agent ${leg?.agent} has answered the caller of ${id}.`,
  'not-waiting': ({ id, phase }) => `Nobody waits in a line in ${id} now: the call is ${phase}.`,
}

/** Asked for again it changes nothing, while they wait. Rejects with NotFound, BadInput, NotMoved or AsteriskAway. */
export async function move(parts: ActsParts, id: string, wanted: Wanted, by: string): Promise<MovedTo> {
  const { board, clock, isAwake } = parts
  const call = board.call(id)
  if (!call || call.phase === 'ended') throw new NotFound(`There is no call ${id}, or it is over.`)
  if (wanted.from !== undefined && !ringsAt(call, wanted.from)) return sentOnBefore(call, wanted.from, board.calls)
  const why = whyNotMoved(call)
  if (why) throw new NotMoved(PHASES[why](call))
  if (!isAwake()) throw new AsteriskAway()
  const queue = lineFor(parts, call, wanted)
  const { agent } = wanted
  if (agent !== undefined && agent === wanted.from)
    throw new BadInput('agent', `Agent ${agent} is whose phone rings: name another.`)
  if (agent !== undefined) refuseAgent(board.agents.get(agent), agent, asFor(call, queue))
  const ahead = wanted.ahead ?? (agent === undefined || wanted.from !== undefined ? undefined : 'first')
  const headStartMs = ahead === 'first' ? beforeAll(call, board.calls) : ahead
  board.happen(id, {
    ...{ kind: 'Moved', by, queue: queue.id, at: clock.now() },
    ...(headStartMs !== undefined && { headStartMs }),
    ...(agent !== undefined && { agent }),
    ...(wanted.from !== undefined && { from: wanted.from }),
  })
  const after = board.call(id)!
  const stands = standing(after, board.calls)
  await board.settledFor(id)
  return stands
}

/** Asked for again, it is done already, while they wait. Of a call that is not theirs nothing more is said. */
function sentOnBefore(call: Call, from: string, calls: readonly Call[]): MovedTo {
  if (call.deflectedBy?.includes(from) && waits(call)) return standing(call, calls)
  throw new NotMoved(`The call ${call.id} does not ring at the phone of agent ${from}.`)
}

function lineFor({ centre, board }: ActsParts, call: Call, { queue: id }: Wanted): Queue {
  if (id !== undefined && !centre.queue(id)) {
    const allowed = centre.queues.map(queue => queue.id)
    throw new BadInput('queue', `There is no queue ${JSON.stringify(id)}; there are ${allowed.join(', ')}.`, allowed)
  }
  const queue = centre.queue(id ?? call.queue!)
  if (!queue) throw new NotMoved(`The line ${call.queue} of ${call.id} is set up no more.`)
  if (queue.id === call.queue) return queue
  if (isPromise(call))
    throw new NotMoved(`The callback ${call.id} stays in the line ${call.queue}, which has promised it.`)
  if (Object.keys(staffOf(relaxedBy(queue, queue.relaxing.length), board.agents.values())).length === 0)
    throw new NotMoved(`Nobody able to serve the line ${queue.id} is signed in.`)
  return queue
}

/** As it is for them by now: a callback asks for the least that is enough. */
const asFor = (call: Call, queue: Queue): Queue =>
  relaxedBy(queue, isPromise(call) ? queue.relaxing.length : queue.id === call.queue ? (call.relaxed ?? 0) : 0)

function refuseAgent(agent: Agent | undefined, id: string, queue: Queue): void {
  if (!agent) throw new BadInput('agent', `There is no agent ${JSON.stringify(id)}.`)
  if (levelFor(agent, queue) === undefined) throw new NotMoved(`Agent ${id} lacks the skills of the line ${queue.id}.`)
  if (!mayServeSoon(agent, queue)) throw new NotMoved(`Agent ${id} is ${agent.state}: nobody would be rung.`)
}

const waits = (call: Call): boolean => whyNotMoved(call) === undefined

const placeIn = ({ queuedAt, headStartMs = 0 }: Call): number => placeOf(queuedAt!, headStartMs)

/** The head start with which they come before everybody, whatever line they wait in. */
function beforeAll(call: Call, calls: readonly Call[]): number {
  const places = calls.filter(other => other.id !== call.id && waits(other)).map(placeIn)
  const first = Math.min(...places)
  return placeIn(call) < first ? (call.headStartMs ?? 0) : call.queuedAt! - first + 1
}

function standing(call: Call, calls: readonly Call[]): MovedTo {
  const ahead = calls.filter(
    other => other.id !== call.id && other.queue === call.queue && other.phase === 'queued' && waits(other),
  )
  return {
    ...{ call: call.id, queue: call.queue!, headStartMs: call.headStartMs ?? 0 },
    ahead: ahead.filter(other => placeIn(other) < placeIn(call)).length,
    agent: call.first ?? openLegs(call)[0]?.agent ?? null,
  }
}
