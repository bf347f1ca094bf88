import {
  type Agent,
  endWrapUp,
  extendWrapUp,
  isHeldByCall,
  isSignedIn,
  type OwnReason,
  PAUSE_REASONS,
  type SigningIn,
  signIn,
  type Wish,
  wish,
} from './agent.ts'

/**
 * What agents dial from their phones:
 * *1 sign in, *1 and an agent's id at a phone that is nobody's own, *2 sign out, *3 ready, *4 or *41 rest, *42 meal, *43 training, *44 meeting,
 * *45 to *49 the centre's own reasons, *5 hear one's state, *6 send the caller to the survey, *8 two minutes more of wrap-up, *9 and an agent's id
 * to listen to their talk, *01 to *09 what came of their last talk.
 */
export type Code =
  | OwnCode
  | { kind: 'survey' }
  | { kind: 'disposition'; key: number }
  | { kind: 'supervise'; agent: string }
/** About the agent alone. `by`: who does it for them. */
export type OwnCode =
  | ({ kind: 'sign-in' } & SigningIn)
  | { kind: 'hear-state' }
  | { kind: 'wish'; wish: Wish }
  | { kind: 'extend-wrap-up'; ms: number }
  | { kind: 'end-wrap-up' }

const EXTENDS_BY_MS = 120_000

export function codeDialled(number: string, own: readonly OwnReason[] = []): Code | undefined {
  const pause = /^\*4([1-9]?)$/.exec(number)
  if (pause) return pauseFor(Number(pause[1] || 1), own)
  const supervised = /^\*9(\d{2,8})$/.exec(number)
  if (supervised) return { kind: 'supervise', agent: supervised[1]! }
  const disposition = /^\*0([1-9])$/.exec(number)
  if (disposition) return { kind: 'disposition', key: Number(disposition[1]) }
  switch (number) {
    case '*1':
      return { kind: 'sign-in' }
    case '*2':
      return { kind: 'wish', wish: { kind: 'sign-out' } }
    case '*3':
      return { kind: 'wish', wish: { kind: 'ready' } }
    case '*5':
      return { kind: 'hear-state' }
    case '*6':
      return { kind: 'survey' }
    case '*8':
      return { kind: 'extend-wrap-up', ms: EXTENDS_BY_MS }
    default:
      return undefined
  }
}

/** Who wants to sign in at the phone on which this was dialled; empty: whoever's it is. Undefined: nobody does. */
export const signsIn = (number: string): string | undefined => /^\*1(\d{2,8})?$/.exec(number)?.slice(1).join('')

function pauseFor(key: number, own: readonly OwnReason[]): Code | undefined {
  const reason = PAUSE_REASONS[key - 1] ?? own.find(one => one.key === key)?.id
  return reason === undefined ? undefined : { kind: 'wish', wish: { kind: 'pause', reason } }
}

/** The agent after dialling a code, and what they hear (prompt keys). */
export function dial(agent: Agent, code: OwnCode, at: number): { agent: Agent; says: string[] } {
  if (code.kind === 'hear-state') return { agent, says: stateSpoken(agent) }
  if (code.kind === 'sign-in') {
    const after = signIn(agent, at, code)
    return { agent: after, says: isSignedIn(agent) ? ['already-signed-in', ...stateSpoken(after)] : SIGNED_IN }
  }
  if (!isSignedIn(agent)) return { agent, says: ['state/signed-out'] }
  if (code.kind === 'extend-wrap-up' || code.kind === 'end-wrap-up') {
    const after = code.kind === 'end-wrap-up' ? endWrapUp(agent, at) : extendWrapUp(agent, code.ms, at)
    return { agent: after, says: stateSpoken(after) }
  }
  const after = wish(agent, code.wish, at)
  if (after.next && after !== agent) return { agent: after, says: ['after-this-call'] }
  return { agent: after, says: after.state === 'signed-out' ? ['signed-out'] : stateSpoken(after) }
}

const SIGNED_IN = ['signed-in', 'now-ready']

function stateSpoken(agent: Agent): string[] {
  const set = agent.by === null ? [] : ['set-by-another']
  if (agent.state === 'paused') return ['now-paused', reasonSpoken(agent.reason!), ...set]
  if (agent.state === 'ready') return ['now-ready', ...set]
  return [`state/${isHeldByCall(agent) ? 'talking' : agent.state}`]
}

const reasonSpoken = (reason: string): string => `reason/${SPOKEN.includes(reason) ? reason : 'other'}`

const SPOKEN: readonly string[] = [...PAUSE_REASONS, 'no-answer', 'rejected']
