import type { Call } from './call.ts'
import { isAgents, openParties } from './party.ts'
import { heardIn, supervisorAt } from './supervision.ts'
import type { SupervisionAsked } from './supervisionFacts.ts'

/** Why a talk as it is cannot be supervised so; undefined: it can, or is already. */
export function whyNotSupervised(call: Call, asked: Unnamed<SupervisionAsked>): NotSupervised | undefined {
  if (asked.kind === 'EndSupervision' || (asked.kind === 'ForceClear' && call.isForceCleared)) return undefined
  if (call.inLifeboat) return 'in-lifeboat'
  if (asked.kind === 'SetSupervision') return supervisorAt(call, asked.phone) ? undefined : 'not-supervising'
  const talk = heardIn(call)
  if (!talk) return 'no-talk'
  if (asked.kind === 'ForceClear') return undefined
  if (asked.kind === 'TakeOverTalk') {
    const supervisor = supervisorAt(call, asked.phone)
    if (talk.agent === asked.phone) return undefined
    return supervisor ? (supervisor.answeredAt === null ? 'not-answered' : undefined) : 'not-supervising'
  }
  const isInIt = openParties(call).some(({ way }) => isAgents(way) && way.agent === asked.phone)
  return talk.agent === asked.phone || isInIt ? 'own-talk' : undefined
}

type Unnamed<T> = T extends unknown ? Omit<T, 'by'> : never

export type NotSupervised = 'no-talk' | 'in-lifeboat' | 'own-talk' | 'not-supervising' | 'not-answered'
