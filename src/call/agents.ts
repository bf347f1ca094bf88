import * as agent from '../agent/agent.ts'
import type { Call } from './call.ts'
import type { Fact, Happening } from './facts.ts'
import { isPromise } from './made.ts'
import { isClicked } from './ownCall.ts'
import type { View } from './view.ts'

/** The agent whom a fact of a call touches. */
export function agentOf(before: Call | null, fact: Fact): string | undefined {
  if ('agent' in fact) return fact.agent
  return fact.kind === 'CallEnded' && before?.leg && before.leg.endedAt === null ? before.leg.agent : undefined
}

/** That agent after it. `before`: the call without the fact. */
export function agentAfter(who: agent.Agent, before: Call, fact: Fact, view: View): agent.Agent {
  switch (fact.kind) {
    case 'AgentDialled':
      return agent.dialsOut(who, fact.clicked?.call ?? fact.leg, fact.clicked ? 'ringing' : 'dialling', fact.at)
    case 'AgentOffered':
      return agent.offered(who, before.id, fact.at)
    case 'AgentAnswered':
      return isPromise(before) || isClicked(before) ? agent.dials(who, fact.at) : agent.answered(who, fact.at)
    case 'Connected':
      return who.state === 'dialling' && who.call === before.id ? agent.answered(who, fact.at) : who
    case 'OfferEnded':
      return agent.offerEnded(who, fact.result === 'withdrawn' ? null : fact.result, fact.at)
    case 'PartyAsked':
      // They may rest, and do again after it.
      return agent.takenBy(who, before.id, 'ringing', fact.at)
    case 'PartyAnswered':
      return who.call === before.id ? agent.answered(who, fact.at) : who
    case 'PartyEnded':
      if (who.call !== before.id) return who
      return who.state === 'ringing' ? agent.offerEnded(who, null, fact.at) : agent.talkEnded(who, 0, fact.at)
    case 'LifeboatConnected':
    case 'TalkTakenOver':
      // It rings everyone who is signed in and not paused, and agents may have changed their minds since.
      return agent.takenBy(who, before.id, 'talking', fact.at)
    case 'TryEnded':
      return who.call === before.id ? agent.talkEnded(who, 0, fact.at) : who
    case 'AgentLeft':
    case 'AgentRelieved':
    case 'Transferred':
    case 'TransferredOn':
    case 'CallEnded':
      if (who.call !== before.id) return who
      return isInVain(before)
        ? agent.dialledInVain(who, fact.at)
        : agent.talkEnded(who, wrapUpOf(before, view), fact.at)
    default:
      return who
  }
}

/** It has an agent from now on, whatever other call had them. */
export const takesAgent = (
  happening: Happening,
): happening is Happening & { kind: 'LifeboatAnswered' | 'AgentDials' } =>
  happening.kind === 'LifeboatAnswered' || happening.kind === 'AgentDials'

/** Nobody was reached by their own call. */
const isInVain = ({ outbound, servedAt }: Call): boolean => outbound !== undefined && servedAt === undefined

/** After a talk in the lifeboat Asterisk itself gives a pause, and we may learn of it hours later. */
const wrapUpOf = (call: Call, view: View): number =>
  (call.queue && !call.inLifeboat && view.queue(call.queue)?.wrapUpMs) || 0
