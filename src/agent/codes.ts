import { type Agent, isHeldByCall, isSignedIn, PAUSE_REASONS, signIn, type Wish, wish } from './agent.ts'

/**
 * What agents dial from their phones:
 * *1 sign in, *2 sign out, *3 ready, *4 or *41 rest, *42 meal, *43 training, *44 meeting, *5 hear one's state, *6 send the
 * caller to the survey.
 */
export type Code = OwnCode | { kind: 'survey' }
/** About the agent alone. */
export type OwnCode = { kind: 'sign-in' } | { kind: 'hear-state' } | { kind: 'wish'; wish: Wish }

export function codeDialled(number: string): Code | undefined {
  const pause = /^\*4([1-4]?)$/.exec(number)
  if (pause) return { kind: 'wish', wish: { kind: 'pause', reason: PAUSE_REASONS[Number(pause[1] || 1) - 1]! } }
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
    default:
      return undefined
  }
}

/** The agent after dialling a code, and what they hear (prompt keys). */
export function dial(agent: Agent, code: OwnCode, at: number): { agent: Agent; says: string[] } {
  if (code.kind === 'hear-state') return { agent, says: stateSpoken(agent) }
  if (code.kind === 'sign-in') {
    const after = signIn(agent, at)
    return { agent: after, says: isSignedIn(agent) ? ['already-signed-in', ...stateSpoken(after)] : SIGNED_IN }
  }
  if (!isSignedIn(agent)) return { agent, says: ['state/signed-out'] }
  const after = wish(agent, code.wish, at)
  if (after.next && after !== agent) return { agent: after, says: ['after-this-call'] }
  return { agent: after, says: after.state === 'signed-out' ? ['signed-out'] : stateSpoken(after) }
}

const SIGNED_IN = ['signed-in', 'now-ready']

function stateSpoken(agent: Agent): string[] {
  if (agent.state === 'paused')
    return ['now-paused', `reason/${agent.reason === 'unreachable' ? 'other' : agent.reason}`]
  if (agent.state === 'ready') return ['now-ready']
  return [`state/${isHeldByCall(agent) ? 'talking' : agent.state}`]
}
