import { type Agent, isHeldByCall, isSignedIn } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { Conflict, NotFound } from '../errors.ts'
import { legId } from '../ids.ts'
import type { Centre } from './centre.ts'
import { lineFor } from './desk.ts'
import type { Switchboard } from './switchboard.ts'

/** make-call: an agent clicks on a number, a customer or a callback; their phone rings, and then that of the customer. */

/** So long an agent's own phone rings for what they have clicked on. */
const RINGS_AGENT_MS = 20_000

/** One of the two. `hides`: their phone does not show them the number. `at`: ms since 1970. */
export type Click = { agent: string; number?: string; callback?: string; hides: boolean; at: number }

export class NotDialled extends Conflict {
  constructor(because: string) {
    super('not-dialled', `Nobody is dialled: ${because}.`)
  }
}

/** The call that it began; asked for twice, the same. Throws NotFound where there is no such agent or callback, or NotDialled. */
export function clickToDial(board: Switchboard, centre: Centre, click: Click): Call {
  const { agent: id, callback, hides, at } = click
  const agent = board.agents.get(id)
  if (!agent) throw new NotFound(`There is no agent ${id}.`)
  const promise = callback === undefined ? undefined : openCallback(board, callback)
  const dialled = centre.byHand(promise?.from ?? click.number ?? '')
  if (dialled.refusal) throw new NotDialled(dialled.refusal.sentence)
  const known = board.call(agent.call ?? '')
  if (known?.outbound?.clicked && known.from === dialled.whole) return known
  insistThatTheyMay(agent)
  if (dialled.urgent) throw new NotDialled('an emergency is dialled on the phone itself')
  if (board.callbacks.isRung(dialled.whole)) throw new NotDialled('somebody is calling that number at this moment')
  const queue = promise ? centre.queue(promise.queue!) : lineFor(agent, dialled.whole, board, centre)
  const call = `click-${id}-${at}`
  const clicked = {
    ...{ call, number: dialled.number, until: at + RINGS_AGENT_MS },
    ...{ ...(hides && { hides }), ...(callback !== undefined && { callback }) },
  }
  const ends = {
    leg: legId(call, id, 1),
    agent: id,
    from: dialled.whole,
    to: queue?.shows ?? centre.dialling.shows ?? '',
  }
  const own = {
    ...ends,
    queue: queue?.id ?? null,
    language: agent.language,
    number: dialled.number,
    clicked,
    release: centre.library.latest,
  }
  board.happen(call, { kind: 'AgentDials', ...own, at })
  return board.call(call)!
}

function openCallback(board: Switchboard, id: string): Call {
  const call = board.call(id)
  if (!call?.callback || board.callbacks.standOf(id) === 'over')
    throw new NotFound(`There is no callback ${id} that is still to be made.`)
  return call
}

function insistThatTheyMay(agent: Agent): void {
  if (!isSignedIn(agent)) throw new NotDialled(`agent ${agent.id} is signed out`)
  if (isHeldByCall(agent)) throw new NotDialled(`agent ${agent.id} is ${agent.state}`)
}
