import { isHeldByCall, phoneOf } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { type NotSupervised, whyNotSupervised } from '../call/supervisable.ts'
import { openSupervisors, supervisorAt } from '../call/supervision.ts'
import type { Mode, SupervisionAsked } from '../call/supervisionFacts.ts'
import { BadInput, Conflict, NotFound } from '../errors.ts'
import type { ActsParts } from './acts.ts'
import { AgentUnavailable } from './callControl.ts'
import { AsteriskAway } from './ports.ts'

/**
 * What supervisors do with a talk from their desks. `phone`: an agent's id, whose phone is used; `channel`: on which they have dialled;
 * absent: it is rung.
 */
export type Supervision =
  | { do: 'supervise'; phone: string; mode: Mode; channel?: string }
  | { do: 'set-mode'; phone: string; mode: Mode }
  | { do: 'leave' | 'take-over'; phone: string }
  | { do: 'force-clear' }

export type SupervisorSnapshot = { agent: string; mode: Mode; state: 'ringing' | 'supervising' }

export class NotSupervisable extends Conflict {
  declare readonly id: NotSupervised
  constructor(id: NotSupervised, call: string) {
    super(id, `${WHY[id]} (call ${call}).`)
  }
}

const WHY: Record<NotSupervised, string> = {
  'no-talk': 'Nobody talks with the caller now',
  'in-lifeboat': 'The lifeboat has put them through, and nothing can be done with that talk',
  'own-talk': 'Nobody supervises a talk that they are in',
  'not-supervising': 'That phone does not supervise this talk',
  'not-answered': 'That phone has not answered yet',
}

/** Resolves when it is remembered and Asterisk was asked. Rejects with NotFound, NotSupervisable, AgentUnavailable, BadInput or AsteriskAway. */
export async function superviseCall(parts: ActsParts, id: string, supervision: Supervision, by: string): Promise<void> {
  const { board, clock, isAwake } = parts
  const call = board.call(id)
  if (!call) throw new NotFound(`There is no call ${id}, or it is over.`)
  const asked = askedFor(supervision)
  const because = whyNotSupervised(call, asked)
  if (because) throw new NotSupervisable(because, id)
  if ('phone' in supervision) expectFree(parts, call, supervision)
  if (!isAwake()) throw new AsteriskAway()
  board.happen(id, { ...asked, by, at: clock.now() })
  await board.settledFor(id)
}

type Unnamed<T> = T extends unknown ? Omit<T, 'by'> : never

function askedFor(supervision: Supervision): Unnamed<SupervisionAsked> {
  switch (supervision.do) {
    case 'supervise': {
      const { do: _, ...how } = supervision
      return { kind: 'Supervise', ...how }
    }
    case 'set-mode':
      return { kind: 'SetSupervision', phone: supervision.phone, mode: supervision.mode }
    case 'leave':
      return { kind: 'EndSupervision', phone: supervision.phone }
    case 'take-over':
      return { kind: 'TakeOverTalk', phone: supervision.phone }
    case 'force-clear':
      return { kind: 'ForceClear' }
  }
}

/** Whose phone it is need not be signed in, but has no other call. */
function expectFree({ board }: ActsParts, call: Call, asked: Supervision & { phone: string }): void {
  const { do: act, phone } = asked
  const agent = board.agents.get(phone)
  if (!agent) throw new BadInput('phone', `There is no agent ${phone}.`)
  if (act === 'supervise' && isElsewhere(board, call, asked)) throw new AgentUnavailable(agent)
  // Who has dialled from that phone meanwhile has another call.
  if (act === 'take-over' && isHeldByCall(agent) && agent.call !== call.id) throw new AgentUnavailable(agent)
  // Signed out of the phone on which they supervise they can have no talk there: nobody would know whose it is.
  const on = board.busyPhones.phoneOn(supervisorAt(call, phone)?.id ?? '')
  if (act === 'take-over' && on !== undefined && on !== phoneOf(agent)) throw new AgentUnavailable(agent)
}

/** A phone on which somebody has dialled is busy with just that. */
function isElsewhere(board: ActsParts['board'], call: Call, { phone, channel }: Asked): boolean {
  const isWithCall = isHeldByCall(board.agents.get(phone)!)
  if (channel !== undefined) return isWithCall || board.calls.some(one => supervisorAt(one, phone) !== undefined)
  return supervisorAt(call, phone) === undefined && (isWithCall || board.busyPhones.has(phone))
}

type Asked = { readonly phone: string; readonly channel?: string }

export const supervisorsIn = (call: Call): SupervisorSnapshot[] =>
  openSupervisors(call).map(({ phone, mode, answeredAt }) => ({
    agent: phone,
    mode,
    state: answeredAt === null ? 'ringing' : 'supervising',
  }))
