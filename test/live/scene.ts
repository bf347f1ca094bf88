import type { Agent } from '../../src/agent/agent.ts'
import type { Call } from '../../src/call/call.ts'
import type { Scene } from '../../src/live/board.ts'
import { Today } from '../../src/live/today.ts'
import { KEY_HOLDER, type Who } from '../../src/rights/rights.ts'
import {
  aCallerHearingMusic,
  aCallerInTheMenu,
  anAgent,
  aQueue,
  aRingingPhone,
  aTalk,
  given,
  NOON,
} from '../call/given.ts'

/** A centre at a quiet moment: one waits, one phone rings, two talk, one is in the menu. */

export const waiting: Call = { ...given(aCallerHearingMusic).call!, id: 'waiting', from: '13800138000', name: '李雷' }
const ringing: Call = { ...given(aRingingPhone).call!, id: 'ringing' }
const talk: Call = { ...given(aTalk).call!, id: 'talk' }
const menu: Call = { ...given(aCallerInTheMenu).call!, id: 'menu' }

const AGENTS: Agent[] = [
  anAgent('8001', { state: 'talking', call: 'talk', next: { kind: 'pause', reason: 'meal' }, talks: 3 }),
  anAgent('8002', { state: 'paused', reason: 'rest', skills: { support: 1 } }),
  anAgent('8003', { state: 'signed-out' }),
]
const TEAMS: [string, { name: string; team: string }][] = [
  ['8001', { name: '王芳', team: 'A' }],
  ['8002', { name: '', team: 'B' }],
]

export function aScene(calls: readonly Call[] = [waiting, ringing, talk, menu]): Scene {
  return {
    now: NOON + 10_000,
    queues: [aQueue('sales'), aQueue('support')],
    agents: new Map(AGENTS.map(agent => [agent.id, agent])),
    calls,
    call: id => calls.find(call => call.id === id),
    names: { queues: new Map([['sales', { zh: '销售', en: 'Sales' }]]), agents: new Map(TEAMS) },
    today: new Today(NOON, () => ({ from: NOON, to: NOON + 86_400_000 })),
  }
}

/** Who may look, and sees no number whole. */
export const LI: Who = { ...KEY_HOLDER, name: 'person:li', rights: new Set(['board:read']) }
