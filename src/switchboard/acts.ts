import { type Call, openLeg } from '../call/call.ts'
import { type NotPushed, whyNotPushed } from '../call/survey.ts'
import { Conflict, NotFound } from '../errors.ts'
import { agentsIn, type Control, controlCall, generateDigits, type TalkSnapshot, talkSnapshot } from './callControl.ts'
import type { Centre } from './centre.ts'
import { type MovedTo, move, type Wanted } from './moves.ts'
import { AsteriskAway, type Clock } from './ports.ts'
import { type Supervision, type SupervisorSnapshot, superviseCall, supervisorsIn } from './supervising.ts'
import type { Switchboard } from './switchboard.ts'

/**
 * What people ask for at their desks, and programs for them. An act is decided as what a telephone asks for is, resolves when it is remembered
 * and Asterisk was asked, and may be asked for twice: the second time nothing happens, and the answer is the same.
 */
export type Acts = {
  /**
   * The caller of this call is asked about the talk that they have now, which is over by that: as with `*6`. Rejects with NotFound, NoTalk,
   * NoSurvey or AsteriskAway.
   */
  sendToSurvey(call: string): Promise<SentToSurvey>
  /** What is done with a talk; `by`: who asks, as the story has it. Rejects as `controlCall` does. */
  control(call: string, control: Control, by: string): Promise<TalkSnapshot>
  generateDigits(call: string, digits: string): Promise<TalkSnapshot>
  /** Rejects as `superviseCall` does. */
  supervise(call: string, supervision: Supervision, by: string): Promise<void>
  /** A call's talk as it is now, also of one that is over but not yet filed. Throws NotFound. */
  talk(call: string): Talk
  /** Whoever waits is moved, `by` whom. Rejects with NotFound, BadInput, NotMoved or AsteriskAway. */
  move(call: string, wanted: Wanted, by: string): Promise<MovedTo>
}

export type Talk = ReturnType<typeof agentsIn> & {
  snapshot: TalkSnapshot
  queue: string | null
  supervisors: SupervisorSnapshot[]
}

/** With whom they talked, and which version of which survey they meet. */
export type SentToSurvey = { call: string; agent: string; survey: { flow: string; release: number } }

export type ActsParts = {
  board: Pick<Switchboard, 'call' | 'calls' | 'happen' | 'again' | 'settledFor' | 'agents' | 'busyPhones'>
  centre: Centre
  clock: Clock
  /** Whether we hear what happens in Asterisk. */
  isAwake: () => boolean
}

export class NoTalk extends Conflict {
  constructor({ id, phase }: Call) {
    super('no-talk', `Nobody talks with the caller of ${id} now: the call is ${phase}.`)
  }
}

export class NoSurvey extends Conflict {
  constructor({ id, queue }: Call, because: NotPushed) {
    super('no-survey', `The caller of ${id} cannot be asked about the talk: ${REASONS[because](queue!)}.`)
  }
}

const REASONS: Record<NotPushed, (queue: string) => string> = {
  'no-survey': queue => `the queue ${queue} has no survey`,
  'no-such-flow': queue => `the survey of the queue ${queue} is not published`,
  'asked-lately': queue => `the queue ${queue} does not ask a number again so soon`,
  'in-lifeboat': () => 'the lifeboat has put them through',
  'caller-gone': () => 'they have left',
  'own-call': () => 'the agent has called them, and nobody is asked about a talk that they have not asked for',
}

export const actsOn = (parts: ActsParts): Acts => ({
  ...surveyActs(parts),
  move: (call, wanted, by) => move(parts, call, wanted, by),
  control: (call, control, by) => controlCall(parts, call, control, by),
  generateDigits: (call, digits) => generateDigits(parts, call, digits),
  supervise: (call, supervision, by) => superviseCall(parts, call, supervision, by),
  talk(id) {
    const call = parts.board.call(id)
    if (!call) throw new NotFound(`There is no call ${id}, or it is over.`)
    return { snapshot: talkSnapshot(call), queue: call.queue, supervisors: supervisorsIn(call), ...agentsIn(call) }
  },
})

const surveyActs = (parts: ActsParts): Pick<Acts, 'sendToSurvey'> => ({
  async sendToSurvey(id) {
    const { board, centre, clock, isAwake } = parts
    const call = board.call(id)
    if (!call) throw new NotFound(`There is no call ${id}, or it is over.`)
    if (call.phase === 'talking') {
      if (!isAwake()) throw new AsteriskAway()
      const at = clock.now()
      const because = whyNotPushed(call, centre, at)
      if (because) throw new NoSurvey(call, because)
      board.happen(id, { kind: 'SurveyPushed', agent: openLeg(call)!.agent, at })
    }
    const { survey, leg } = board.call(id)!
    if (!survey) throw new NoTalk(call)
    await board.settledFor(id)
    return { call: id, agent: leg!.agent, survey }
  },
})
