import type { Knex } from 'knex'
import type { Fact, FactKind, OutsideResult } from '../call/facts.ts'
import { NotFound } from '../errors.ts'
import { masked } from '../log.ts'
import type { Why } from '../queue/choose.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { type CallRow, findCall, type Page } from './calls.ts'
import { hidden } from './hidden.ts'
import { snapshot } from './snapshot.ts'
import { tell } from './story.ts'

/** One thing that happened in a call. `at`: ms since 1970; `sinceArrivalMs` counts from the call's first fact. */
export type StoryLine = {
  seq: number
  at: number
  sinceArrivalMs: number
  kind: FactKind
  text: string
  details: string[]
  /** Of an offer: why this agent, who else was ready, and who could not be asked. */
  why: Why | null
}

export type LegRow = {
  id: string
  /** One of the two: an agent, or a number outside. */
  agent: string | null
  number: string | null
  offeredAt: number
  rangAt: number | null
  answeredAt: number | null
  connectedAt: number | null
  endedAt: number | null
  result: OutsideResult | null
  cause: number | null
  holdMs: number
  /** What they were in the call; `transferred`: a number outside that had the caller. */
  role: 'serves' | 'consulted' | 'conferee' | 'transferred'
  /** Of a party's own phone; null: whom the caller talked with is on the call's. */
  recording: CallRow['recording']
}

export type CallReport = { call: CallRow; legs: LegRow[]; story: StoryLine[] }

/** A call with its whole story. Throws NotFound. */
export function callReport(
  knex: Knex,
  id: string,
  numbers: Page['numbers'] = 'whole',
  reach: Reach = EVERYWHERE,
): Promise<CallReport> {
  return snapshot(knex, async moment => {
    const call = await findCall(moment, id, numbers, reach)
    if (!call) throw new NotFound(`There is no call ${id}.`)
    return { call, legs: await legsOf(moment, id, numbers), story: await storyOf(moment, id, numbers) }
  })
}

type FiledFact = { seq: number; at: Date; kind: FactKind; body: object }

async function storyOf(knex: Knex, id: string, numbers: Page['numbers']): Promise<StoryLine[]> {
  const filed: FiledFact[] = await knex('facts')
    .select('seq', 'at', 'kind', 'body')
    .where({ call_id: id })
    .orderBy('seq')
  const start = filed[0]?.at.getTime() ?? 0
  return filed.map(row => {
    const at = row.at.getTime()
    const fact = { ...row.body, at, kind: row.kind } as Fact
    const why = fact.kind === 'AgentOffered' ? fact.why : null
    const told = tell(numbers === 'masked' ? hidden(fact) : fact)
    return { seq: row.seq, at, sinceArrivalMs: at - start, kind: row.kind, ...told, why }
  })
}

type FiledLeg = {
  id: string
  agent_id: string | null
  number: string | null
  offered_at: Date
  rang_at: Date | null
  answered_at: Date | null
  connected_at: Date | null
  ended_at: Date | null
  result: LegRow['result']
  cause: number | null
  held_ms: number
  role: LegRow['role']
  file: string | null
  ms: number | null
  sha256: string | null
  faults: string[] | null
}

async function legsOf(knex: Knex, id: string, numbers: Page['numbers']): Promise<LegRow[]> {
  const filed = (await knex.raw(LEGS, [id, id])).rows as FiledLeg[]
  return filed.map(leg => ({
    id: leg.id,
    agent: leg.agent_id,
    number: leg.number !== null && numbers === 'masked' ? masked(leg.number) : leg.number,
    offeredAt: leg.offered_at.getTime(),
    rangAt: leg.rang_at?.getTime() ?? null,
    answeredAt: leg.answered_at?.getTime() ?? null,
    connectedAt: leg.connected_at?.getTime() ?? null,
    endedAt: leg.ended_at?.getTime() ?? null,
    result: leg.result,
    cause: leg.cause,
    holdMs: leg.held_ms,
    role: leg.role,
    recording: leg.faults && { file: leg.file, ms: leg.ms!, sha256: leg.sha256, faults: leg.faults },
  }))
}

const LEGS = `
select ways.*, r.file, r.ms, r.sha256, r.faults
from (
  select id, agent_id, null as number, offered_at, rang_at, answered_at, connected_at, ended_at, result, cause, held_ms, role
  from legs where call_id = ?
  union all
  select id, null, number, dialled_at, rang_at, answered_at, answered_at, ended_at, result, cause, 0, role
  from outside_legs where call_id = ?
) ways
left join leg_recordings r on r.leg_id = ways.id
order by offered_at, id`
