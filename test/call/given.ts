import { expect } from 'vitest'
import type { Agent, AgentState, PauseReason } from '../../src/agent/agent.ts'
import { agentAfter, agentOf } from '../../src/call/agents.ts'
import { type Call, openLeg, type Phase } from '../../src/call/call.ts'
import { type Command, commandsFor } from '../../src/call/commands.ts'
import { decide } from '../../src/call/decide.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { EndedBy, Fact, FactKind, Happening, Outcome } from '../../src/call/facts.ts'
import type { View } from '../../src/call/view.ts'
import type { Wait } from '../../src/call/waits.ts'
import { evaluate } from '../../src/flows/expressions.ts'
import { direct, HOTLINE, SURVEY } from '../../src/ivr/flow.ts'
import type { Why } from '../../src/queue/choose.ts'
import type { Queue } from '../../src/queue/queue.ts'

/**
 * Sentences about one call: `given(aCallerInTheMenu).when(noKeyComes).so(theCallerHears('no-key', 'menu'))`.
 * The clock stands still unless a sentence says `later(ms)`.
 */
export const given = (...steps: Step[]): Tale => new Tale().when(...steps)

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never
export type Step = (tale: Tale) => Unstamped<Happening> | undefined
export type Check = (tale: Tale) => void

export const CALL = 'hotline-1763871911.12'
export const NOON = Date.UTC(2026, 0, 5, 12)

export const aQueue = (id: string, set: Partial<Queue> = {}): Queue => ({
  id,
  skills: id === 'operator' ? {} : { [id]: 1 },
  strategy: 'most-skilled',
  relaxing: [],
  headStartMs: 0,
  repeatWithinMs: 0,
  repeatHeadStartMs: 0,
  lastAgentMs: 0,
  mostWaiting: null,
  overflow: {},
  survey: { flow: 'survey', share: 100, everyDays: 0 },
  shows: null,
  callback: { keepsPlace: false, withinMs: 7_200_000, pausesMs: [300_000, 1_800_000], afterLowScore: false },
  ringMs: 15_000,
  wrapUpMs: 10_000,
  announceEveryMs: 30_000,
  music: null,
  comfort: { prompts: [], firstMs: 30_000, everyMs: 60_000 },
  longestWaitMs: 900_000,
  serviceLevelMs: 30_000,
  ...set,
})

export const anAgent = (id: string, set: Partial<Agent> = {}): Agent => ({
  id,
  language: 'zh',
  team: '',
  by: null,
  phone: null,
  skills: { sales: 5, support: 5 },
  version: 1,
  state: 'ready',
  reason: null,
  since: NOON,
  call: null,
  idleSince: NOON,
  signedInAt: NOON,
  talks: 0,
  offeredAt: NOON,
  next: null,
  wakeAt: null,
  ...set,
})

export const HOTLINE_FLOWS = [HOTLINE, SURVEY, direct('sales')]
const FLOWS = new Map(HOTLINE_FLOWS.map(flow => [flow.id, flow]))

const VIEW: View = {
  flow: id => FLOWS.get(id)!,
  releaseOf: id => (FLOWS.has(id) ? 7 : undefined),
  evaluate,
  isOpen: () => undefined,
  queue: aQueue,
  toDial: number => ({ number }),
  standing: () => undefined,
  mayServeSoon: () => true,
  dial: number => (/^\d+$/.test(number) ? { may: 'now', number, shows: '4008001000' } : { may: 'never', because: 'x' }),
  callbackOf: () => undefined,
  standOf: () => 'awaited',
  waitingFor: () => 0,
  placeInLine: () => ({ ahead: 0, wait: null }),
  staff: () => ({ talking: 1 }),
  languageOf: () => 'zh',
  isDatabaseAway: () => false,
  shortAbandonMs: 5_000,
  namedQueues: ['sales', 'support', 'operator'],
}

export class Tale {
  call: Call | null = null
  at = NOON
  readonly story: Fact[] = []
  readonly agents = new Map(['8001', '8002'].map(id => [id, anAgent(id)]))
  view = VIEW
  /** Of the last `when`. */
  facts: Fact[] = []
  commands: Command[] = []

  with(view: Partial<View>): this {
    this.view = { ...this.view, ...view }
    return this
  }

  when(...steps: Step[]): this {
    this.facts = []
    this.commands = []
    for (const step of steps) {
      const happening = step(this)
      if (happening) this.#happen({ ...happening, at: this.at } as Happening)
    }
    return this
  }

  so(...checks: Check[]): this {
    for (const check of checks) check(this)
    return this
  }

  #happen(happening: Happening): void {
    for (const fact of decide(this.call, happening, this.view)) {
      const before = this.call
      this.call = evolve(before, fact)
      const agent = this.agents.get(agentOf(before, fact) ?? '')
      if (agent) this.agents.set(agent.id, agentAfter(agent, before!, fact, this.view))
      this.commands.push(...commandsFor(before, fact, this.call))
      this.facts.push(fact)
      this.story.push(fact)
    }
  }
}

// ── What happens ──

const step =
  (happening: Unstamped<Happening>): Step =>
  () =>
    happening
const WHY: Why = { rule: 'most-skilled', level: 5, idleMs: 0, rivals: [], others: {} }

export const later =
  (ms: number): Step =>
  tale => {
    tale.at += ms
    return undefined
  }
export const aCallArrives = (flow = 'hotline'): Step =>
  step({ kind: 'Arrived', channel: CALL, from: '13800138000', name: '', to: '4008001000', flow, language: 'zh' })
export const itIsUp = step({ kind: 'Answered' })
export const theCallerPresses = (key: string): Step => step({ kind: 'KeyPressed', key })
export const thePromptEnds: Step = ({ call }) => ({ kind: 'PromptEnded', say: call!.saying!, heard: true })
export const thePromptOf = (say: string): Step => step({ kind: 'PromptEnded', say })
export const theAgentsPromptEnds: Step = ({ call }) => ({ kind: 'PromptEnded', say: call!.sayingToAgent!, heard: true })
export const theWaitIsOver = (wait: Wait): Step => step({ kind: 'WaitOver', wait })
export const noKeyComes = theWaitIsOver('key')
export const anAgentIsChosen = (agent = '8001'): Step => step({ kind: 'AgentChosen', agent, why: WHY })
export const thePhoneRings: Step = ({ call }) => ({ kind: 'LegRang', leg: call!.leg!.id })
export const theAgentAnswers: Step = ({ call }) => ({ kind: 'LegAnswered', leg: call!.leg!.id })
export const theLegEnds =
  (cause: number): Step =>
  ({ call }) => ({ kind: 'LegEnded', leg: call!.leg!.id, cause })
export const theAgentHangsUp = theLegEnds(16)
export const theAgentHolds: Step = ({ call }) => ({ kind: 'LegHeld', leg: call!.leg!.id })
export const theAgentRetrieves: Step = ({ call }) => ({ kind: 'LegRetrieved', leg: call!.leg!.id })
export const theCallerIsGone = (by: EndedBy = 'caller'): Step => step({ kind: 'CallerGone', cause: 16, by })
export const theCallerHangsUp = theCallerIsGone()
export const itsLineIsSetAnew = step({ kind: 'LineSet' })
export const itsQueueIsGone = itsLineIsSetAnew
export const theDatabaseIsAway = step({ kind: 'DatabaseAway' })
export const theLifeboatConnects = (agent: string): Step => step({ kind: 'LifeboatAnswered', agent })
export const itsTapeIsFiled = step({
  kind: 'Filed',
  recording: { file: 'a.wav', ms: 1, sha256: 'ab', faults: [] },
})
export const theDiskRefusesItsTape = step({
  kind: 'Filed',
  recording: { file: null, ms: 0, sha256: null, faults: ['no'], refused: true },
})
const all =
  (...steps: Step[]): Step =>
  tale => {
    for (const each of steps) tale.when(each)
    return undefined
  }

// ── Where a call stands ──

export const aCallerBeingGreeted = all(aCallArrives(), itIsUp)
export const aCallerInTheMenu = all(aCallerBeingGreeted, thePromptEnds)
export const aCallerInLine = all(aCallerInTheMenu, theCallerPresses('1'))
export const aCallerHearingMusic = all(aCallerInLine, thePromptEnds)
export const aRingingPhone = all(aCallerHearingMusic, anAgentIsChosen('8001'), thePhoneRings)
export const anAnnouncement = all(aRingingPhone, theAgentAnswers)
export const aTalk = all(anAnnouncement, theAgentsPromptEnds, thePromptEnds)
export const aCallerInTheSurvey = all(aTalk, later(60_000), theAgentHangsUp)
export const anEndedCall = all(aTalk, theCallerHangsUp)

// ── What is so ──

const said = (tale: Tale, channel: string) =>
  tale.commands.filter(command => command.do === 'say').filter(command => command.channel === channel)

export const theCallerHears =
  (...prompts: string[]): Check =>
  tale =>
    expect(said(tale, CALL).flatMap(say => say.prompts)).toEqual(prompts)
export const theAgentHears =
  (...prompts: string[]): Check =>
  tale =>
    expect(said(tale, tale.call!.leg!.id).flatMap(say => say.prompts)).toEqual(prompts)
export const theLanguageIs =
  (language: string): Check =>
  tale =>
    expect(said(tale, CALL).map(say => say.language)).toEqual([language])
export const theAgentIsToldIn =
  (language: string): Check =>
  tale =>
    expect(said(tale, tale.call!.leg!.id).map(say => say.language)).toEqual([language])
export const theCallIs =
  (phase: Phase): Check =>
  ({ call }) =>
    expect(call!.phase).toBe(phase)
export const theCallerWaitsIn =
  (queue: string): Check =>
  ({ call }) =>
    expect(call).toMatchObject({ phase: 'queued', queue, dismissed: null })
export const theOutcomeIs =
  (outcome: Outcome, set: Partial<Call> = {}): Check =>
  ({ call }) =>
    expect(call).toMatchObject({ phase: 'ended', outcome, ...set })
export const itIsToldAs =
  (...kinds: FactKind[]): Check =>
  ({ facts }) =>
    expect(facts.map(f => f.kind)).toEqual(kinds)
export const nothingHappens: Check = itIsToldAs()
export const theCallHas =
  (set: Partial<Call>): Check =>
  ({ call }) =>
    expect(call).toMatchObject(set)
export const theLegHas =
  (set: Partial<NonNullable<Call['leg']>>): Check =>
  ({ call }) =>
    expect(call!.leg).toMatchObject(set)
export const noPhoneIsHeld: Check = ({ call }) => expect(openLeg(call!)).toBeNull()
export const asteriskIsAsked =
  (...commands: Partial<Command>[]): Check =>
  tale =>
    expect(tale.commands).toEqual(commands.map(command => expect.objectContaining(command)))
export const asteriskIsAskedTo =
  (...acts: Command['do'][]): Check =>
  tale =>
    expect(tale.commands.map(command => command.do)).toEqual(acts)
export const itWaitsFor =
  (waits: Partial<Record<Wait, number>>): Check =>
  ({ call, at }) =>
    expect(Object.fromEntries(Object.entries(call!.waits).map(([wait, until]) => [wait, until - at]))).toEqual(waits)
export const agentIs =
  (id: string, state: AgentState, reason: PauseReason | null = null): Check =>
  tale =>
    expect(tale.agents.get(id)).toMatchObject({ state, reason })
