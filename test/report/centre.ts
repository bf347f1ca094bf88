import type { Knex } from 'knex'
import { type Agent, signIn, type Wish, wish, woken } from '../../src/agent/agent.ts'
import { agentAfter, agentOf } from '../../src/call/agents.ts'
import { type Call, legsOf, type Outside } from '../../src/call/call.ts'
import { evolve } from '../../src/call/evolve.ts'
import type { Fact } from '../../src/call/facts.ts'
import { isAgents } from '../../src/call/party.ts'
import type { View } from '../../src/call/view.ts'
import { remember } from '../../src/database/remember.ts'
import { bridgeId, legId, outsideId } from '../../src/ids.ts'
import type { Change } from '../../src/switchboard/ports.ts'

export const WRAP_UP_MS = 10_000

/** A call centre in a test: what happens in it is folded by the same rules, and written by the same hand, as in earnest. */
export class Centre {
  readonly #knex: Knex
  readonly #calls = new Map<string, Call>()
  readonly #agents = new Map<string, Agent>()
  readonly #changes: Change[] = []

  private constructor(knex: Knex) {
    this.#knex = knex
  }

  /** Lines sales (30 s) and support (20 s), agents 8001 to 8003, everyone signed out. */
  static async open(knex: Knex): Promise<Centre> {
    const queues = [
      { id: 'sales', name_zh: '销售', name_en: 'Sales', service_level_ms: 30_000 },
      { id: 'support', name_zh: '售后', name_en: 'Support', service_level_ms: 20_000 },
    ]
    await knex('queues').insert(queues)
    const names = { '8001': '王芳', '8002': '李强', '8003': '张敏' }
    for (const [id, name] of Object.entries(names)) {
      await knex('agents').insert({ id, name, sip_password: 'secret' })
    }
    return Centre.among(knex)
  }

  /** One that is there already, of whose agents nobody named in it has signed in. */
  static async among(knex: Knex): Promise<Centre> {
    const centre = new Centre(knex)
    for (const id of await knex('agents').pluck('id')) centre.#agents.set(id, signedOut(id))
    return centre
  }

  call(id: string): Call {
    return this.#calls.get(id)!
  }

  signIn(agent: string, at: number): void {
    this.#move(agent, who => signIn(who, at))
  }

  wish(agent: string, wanted: Wish, at: number): void {
    this.#move(agent, who => wish(who, wanted, at))
  }

  /** The wrap-up is over, if there is one. */
  wake(agent: string): void {
    this.#move(agent, who => (who.wakeAt === null ? who : woken(who, who.wakeAt)))
  }

  fact(id: string, fact: Fact): void {
    const before = this.#calls.get(id) ?? null
    const after = evolve(before, fact)
    this.#calls.set(id, after)
    const touched = agentOf(before, fact)
    const was = touched === undefined ? undefined : this.#agents.get(touched)
    const is = was && agentAfter(was, before!, fact, VIEW)
    if (is) this.#agents.set(is.id, is)
    this.#changes.push({
      call: { after, facts: [fact], ...waysOf(after) },
      agents: was && is && was !== is ? [{ before: was, after: is }] : [],
    })
  }

  /** Writes what happened since the last time. */
  async save(): Promise<void> {
    while (this.#changes.length > 0) await remember(this.#knex, this.#changes.splice(0, 50))
  }

  #move(id: string, to: (agent: Agent) => Agent): void {
    const before = this.#agents.get(id)!
    const after = to(before)
    if (after === before) return
    this.#agents.set(id, after)
    this.#changes.push({ agents: [{ before, after }] })
  }
}

function waysOf(call: Call) {
  const parties = (call.parties ?? []).map(({ way }) => way)
  return {
    legs: [...legsOf(call), ...parties.filter(isAgents)],
    outside: [...(call.outside ? [call.outside] : []), ...parties.filter(way => !isAgents(way))] as Outside[],
  }
}

const signedOut = (id: string): Agent => ({
  id,
  language: 'zh',
  team: '',
  by: null,
  phone: null,
  skills: {},
  version: 0,
  state: 'signed-out',
  reason: null,
  since: 0,
  call: null,
  idleSince: 0,
  signedInAt: 0,
  talks: 0,
  offeredAt: 0,
  next: null,
  wakeAt: null,
})

const VIEW = { queue: () => ({ wrapUpMs: WRAP_UP_MS }) } as unknown as View

type Scene = { id: string; at: number; queue?: string; caller?: string; name?: string; promisedMs?: number | null }

/** Arrives, is answered at once, and after a second in the flow joins the line, where a minute is promised. */
export function queues(centre: Centre, scene: Scene): void {
  const { id, at, queue = 'sales', caller = '13800138000', name = '', promisedMs: waitMs = 60_000 } = scene
  arrives(centre, { id, at, caller, name })
  const median = waitMs !== null && { medianMs: waitMs / 2 }
  centre.fact(id, { at: at + 1_000, kind: 'Queued', queue, ahead: 2, waitMs, ...median })
}

export function arrives(centre: Centre, { id, at, caller = '13800138000', name = '' }: Scene): void {
  const said = { channel: id, from: caller, name, to: '4008001000', flow: 'hotline', language: 'zh' } as const
  centre.fact(id, { at, kind: 'CallArrived', ...said })
  centre.fact(id, { at, kind: 'CallAnswered' })
}

export function offered(centre: Centre, id: string, agent: string, at: number): string {
  const leg = legId(id, agent, centre.call(id).seq + 1)
  const rivals = [{ agent: '8002', level: 5, idleMs: 240_000, because: 'less-skilled' as const }]
  const why = {
    rule: 'most-skilled',
    level: 8,
    idleMs: 123_000,
    rivals,
    others: { talking: 2 },
  } as const
  centre.fact(id, { at, kind: 'AgentOffered', agent, leg, why: { ...why, rivals } })
  return leg
}

export function misses(centre: Centre, id: string, agent: string, at: number, ringMs = 15_000): void {
  const leg = offered(centre, id, agent, at)
  centre.fact(id, { at: at + ringMs, kind: 'OfferEnded', leg, agent, result: 'no-answer', cause: 19 })
}

/** The call is offered at `at`, rings 3 s, is announced 2 s: connected 5 s later. */
export function connects(centre: Centre, id: string, agent: string, at: number): string {
  const leg = offered(centre, id, agent, at)
  centre.fact(id, { at: at + 500, kind: 'AgentRang', leg })
  centre.fact(id, { at: at + 3_000, kind: 'AgentAnswered', leg, agent })
  centre.fact(id, { at: at + 5_000, kind: 'Connected', leg, agent, bridge: bridgeId(id) })
  return leg
}

export function ends(centre: Centre, id: string, at: number, end: Partial<Fact & { kind: 'CallEnded' }> = {}): void {
  centre.fact(id, { at, kind: 'CallEnded', outcome: 'answered', short: false, by: 'caller', cause: 16, ...end })
  const recording = {
    file: `2026/11/23/${id}.wav`,
    ms: at - centre.call(id).answeredAt!,
    sha256: 'f'.repeat(64),
    faults: [],
  }
  centre.fact(id, { at: at + 1_000, kind: 'RecordingFiled', recording })
}

/**
 * Waits `waitMs` in the line (5 s of it ringing and announcement), talks `talkMs`, and is rated if the agent leaves first.
 * The wrap-up is over before the scene is.
 */
export function answered(
  centre: Centre,
  scene: Scene & { agent: string; waitMs: number; talkMs: number; rating?: number; agentLeaves?: boolean },
): void {
  const { id, agent } = scene
  queues(centre, scene)
  const connectedAt = scene.at + 1_000 + scene.waitMs
  const leg = connects(centre, id, agent, connectedAt - 5_000)
  const over = connectedAt + scene.talkMs
  if (scene.agentLeaves || scene.rating !== undefined) {
    centre.fact(id, { at: over, kind: 'AgentLeft', leg, agent, cause: 16 })
    centre.fact(id, { at: over, kind: 'SurveyOffered' })
    if (scene.rating !== undefined) centre.fact(id, { at: over + 2_000, kind: 'SurveyAnswered', rating: scene.rating })
    ends(centre, id, over + 4_000, { by: 'agent' })
  } else ends(centre, id, over)
  centre.wake(agent)
}

/** Leaves the line after `waitMs`. */
export function abandons(centre: Centre, scene: Scene & { waitMs: number }): void {
  queues(centre, scene)
  ends(centre, scene.id, scene.at + 1_000 + scene.waitMs, {
    outcome: 'abandoned-in-queue',
    short: scene.waitMs < 5_000,
  })
}

/** A number outside is dialled at `at`; it rings a second later. */
export function dialsOut(centre: Centre, id: string, at: number): string {
  const outside = outsideId(id, centre.call(id).seq + 1)
  const place = { flow: 'f', node: 'out', tries: 1, language: 'zh' } as const
  const number = '13911113333'
  centre.fact(id, { ...{ at, kind: 'OutsideDialled', outside, number, place, meanwhile: 'music' } })
  centre.fact(id, { at: at + 1_000, kind: 'OutsideRang', outside })
  return outside
}

/** Is busy at one number outside, and put through to the next, who talks with them for `talkMs` and hangs up. */
export function putThrough(centre: Centre, { id, at, talkMs }: { id: string; at: number; talkMs: number }): void {
  arrives(centre, { id, at })
  const busy = dialsOut(centre, id, at + 2_000)
  centre.fact(id, { at: at + 4_000, kind: 'OutsideEnded', outside: busy, result: 'busy', cause: 17 })
  const outside = dialsOut(centre, id, at + 4_000)
  centre.fact(id, { at: at + 9_000, kind: 'OutsideAnswered', outside, bridge: bridgeId(id) })
  const over = at + 9_000 + talkMs
  centre.fact(id, { at: over, kind: 'OutsideEnded', outside, result: 'answered', cause: 16 })
  centre.fact(id, { at: over, kind: 'Dismissed', outcome: 'transferred-out', atOnce: true })
  ends(centre, id, over + 20, { outcome: 'transferred-out', by: 'outside' })
}
