import { test } from 'vitest'
import { isHeldByCall } from '../../src/agent/agent.ts'
import {
  type Call,
  type Leg,
  legsOf,
  nextWait,
  openLeg,
  openLegs,
  openOutside,
  type Phase,
} from '../../src/call/call.ts'
import type { Happening } from '../../src/call/facts.ts'
import type { View } from '../../src/call/view.ts'
import { type Flow, HOTLINE, type MenuNode } from '../../src/ivr/flow.ts'
import { insist } from '../insist.ts'
import { random } from '../random.ts'
import {
  aCallArrives,
  anAgentIsChosen,
  aQueue,
  CALL,
  given,
  HOTLINE_FLOWS,
  itsTapeIsFiled,
  NOON,
  type Step,
  type Tale,
} from './given.ts'

/** From each phase, where a single fact may lead. */
const NEXT: Record<Phase, Phase[]> = {
  arriving: ['in-flow', 'queued', 'ended'],
  'in-flow': ['queued', 'leaving-voicemail', 'transferring-out', 'ended'],
  'leaving-voicemail': ['in-flow', 'queued', 'ended'],
  scheduled: [],
  'transferring-out': ['in-flow', 'queued', 'ended'],
  queued: ['in-flow', 'ringing', 'talking', 'ended'],
  ringing: ['queued', 'talking', 'ended'],
  dialling: [],
  talking: ['surveying', 'ended'],
  surveying: ['ended'],
  ended: [],
}

const menu = HOTLINE.nodes.menu as MenuNode
const TO_OUTSIDE: Flow = {
  ...HOTLINE,
  nodes: {
    ...HOTLINE.nodes,
    menu: { ...menu, keys: { ...menu.keys, 5: 'out' } },
    out: {
      ...{ type: 'transfer-out', number: '"021-62345678"', prompts: ['one-moment'], meanwhile: 'music' },
      ...{ ringMs: 20_000, busy: 'menu', noAnswer: 'sales', refused: 'greeting' },
    },
  },
}

/** Lines that ring all, relax, lead on, and let callers wait for whom they know; a number outside. */
const MANY_RULES: Partial<View> = {
  flow: id => [TO_OUTSIDE, ...HOTLINE_FLOWS].find(flow => flow.id === id)!,
  queue: (id: string) =>
    aQueue(id, {
      strategy: 'ring-all',
      relaxing: [10_000, 20_000].map(afterMs => ({ afterMs, skills: {} })),
      overflow: { wait: 'direct-sales', nobody: 'survey' },
      survey: { flow: 'survey', share: 50, everyDays: 7 },
      ...{ longestWaitMs: 60_000, lastAgentMs: 15_000, repeatWithinMs: 9e9, repeatHeadStartMs: 1_000 },
    }),
}

test('whatever happens, in whatever order, a call keeps to its phases, its clock and its one outcome', () => {
  for (let seed = 1; seed <= 3_000; seed += 1) {
    const { pick, upTo } = random(seed)
    const tale = given()
      .with(seed % 2 === 0 ? {} : MANY_RULES)
      .when(aCallArrives())
    for (let i = 0; i < 60; i += 1) {
      tale.at += upTo(20_000) - 2_000 // now and then something is reported late
      const before = tale.call!
      const step = pick(HAPPENINGS)
      if (needsLeg(step) && !before.leg) continue
      tale.when(step)
      if (step === waitOver) expectNoLongerAwaited(before, tale, `seed ${seed}, happening ${i}`)
      expectSane(before, tale, `seed ${seed}, happening ${i}`)
    }
    for (const once of ['CallEnded', 'Connected', 'OutsideAnswered', 'RecordingFiled']) {
      const times = tale.story.filter(fact => fact.kind === once).length
      insist(times <= 1, () => `seed ${seed}: ${once} ${times} times`)
    }
  }
}, 60_000)

const waitOver: Step = tale => {
  const due = nextWait(tale.call!)
  if (!due || due.wait === 'filing') return undefined
  tale.at = Math.max(tale.at, due.at)
  return { kind: 'WaitOver', wait: due.wait }
}
function someLeg({ call, at }: Tale): Leg {
  const legs = legsOf(call!)
  return legs[at % legs.length]!
}
const ofLeg = (kind: 'LegRang' | 'LegAnswered' | 'LegHeld' | 'LegRetrieved'): Step => {
  const step: Step = tale => ({ kind, leg: someLeg(tale).id })
  legSteps.add(step)
  return step
}
const legSteps = new Set<Step>()
const needsLeg = (step: Step): boolean => legSteps.has(step)
const ofOutside =
  (set: { kind: 'LegRang' | 'LegAnswered' } | { kind: 'LegEnded'; cause: number }): Step =>
  ({ call }) =>
    call!.outside ? { leg: call!.outside.id, ...set } : undefined
const legEnded = (cause: number): Step => {
  const step: Step = tale => ({ kind: 'LegEnded', leg: someLeg(tale).id, cause })
  legSteps.add(step)
  return step
}

const HAPPENINGS: Step[] = [
  aCallArrives(),
  () => ({ kind: 'Answered' }),
  ...['1', '2', '5', '9', '#'].map(
    (key): Step =>
      () => ({ kind: 'KeyPressed', key }),
  ),
  ...Array<Step>(4).fill(({ call }) => ({ kind: 'PromptEnded', say: call!.saying ?? 'none' })),
  ({ call }) => ({ kind: 'PromptEnded', say: call!.sayingToAgent ?? 'none' }),
  ({ agents }) => {
    const ready = [...agents.values()].find(agent => agent.state === 'ready')
    return ready && (anAgentIsChosen(ready.id)({} as Tale) as Happening)
  },
  () => ({ kind: 'CallerKnown', lastAt: 0, language: 'en', lastAgent: '8002', surveyedAt: NOON - 1 }),
  () => ({ kind: 'FirstAgentAway' }),
  () => ({ kind: 'LineSet' }),
  () => ({ kind: 'SurveyPushed', agent: '8001' }),
  ofLeg('LegRang'),
  ofLeg('LegAnswered'),
  ofLeg('LegAnswered'),
  ofLeg('LegHeld'),
  ofLeg('LegRetrieved'),
  ...[0, 16, 17, 19, 20].map(legEnded),
  ofOutside({ kind: 'LegRang' }),
  ofOutside({ kind: 'LegAnswered' }),
  ofOutside({ kind: 'LegEnded', cause: 17 }),
  () => ({ kind: 'LegEnded', leg: `${CALL}~8001~999`, cause: 16 }),
  waitOver,
  waitOver,
  waitOver,
  ({ at }) => (at % 3 === 0 ? { kind: 'CallerGone', cause: 16, by: 'caller' } : undefined),
  ({ at }) => (at % 5 === 0 ? { kind: 'CallerLeftUs' } : undefined),
  ({ at }) => (at % 7 === 0 ? { kind: 'DatabaseAway' } : undefined),
  () => ({ kind: 'LifeboatAnswered', agent: '8002' }),
  itsTapeIsFiled,
]

/** The next timer is set for the earliest wait: one that is over and stays would keep all others from their turn. */
function expectNoLongerAwaited(before: Call, { call }: Tale, where: string): void {
  const due = nextWait(before)
  if (!due || due.wait === 'filing') return
  insist(call!.waits[due.wait] !== due.at, () => `${where}: ${due.wait} is over and still waited for`)
}

function expectSane(before: Call, { call, facts, agents, commands }: Tale, where: string): void {
  const after = call!
  const moved = after.phase === before.phase || NEXT[before.phase].includes(after.phase)
  insist(moved, () => `${where}: from ${before.phase} to ${after.phase}`)
  insist(after.lastAt >= before.lastAt, () => `${where}: the clock ran backwards`)
  insist(
    facts.every(fact => fact.at === after.lastAt),
    () => `${where}: facts of one happening at different times`,
  )
  insist((after.outcome === null) === (after.phase !== 'ended'), () => `${where}: ${after.phase}, ${after.outcome}`)
  const isOutside = after.phase === 'transferring-out'
  insist(isOutside === (openOutside(after) !== null), () => `${where}: ${after.phase}, and a number outside is dialled`)
  insist(after.phase !== 'ringing' || openLeg(after) !== null, () => `${where}: rings without a leg`)
  insist(after.phase !== 'talking' || after.leg!.connectedAt !== null, () => `${where}: talks without a connection`)
  const answered = openLegs(after).filter(leg => leg.answeredAt !== null)
  insist(answered.length <= 1, () => `${where}: ${answered.length} agents have answered`)
  insist(answered.length === 0 || openLegs(after).length === 1, () => `${where}: phones ring on after an answer`)
  insist(
    after.phase === 'ringing' || after.phase === 'talking' || openLegs(after).length === 0,
    () => `${where}: ${after.phase} with a phone`,
  )
  for (const agent of agents.values()) {
    const holds = isHeldByCall(agent) && agent.call === CALL
    const held = openLegs(after).some(leg => leg.agent === agent.id)
    insist(holds === held, () => `${where}: ${agent.id} is ${agent.state}, their leg is ${held ? 'open' : 'not'}`)
  }
  for (const command of commands) {
    insist(JSON.stringify(command).includes(CALL), () => `${where}: ${command.do} is not about this call`)
  }
}
