import type { Knex } from 'knex'
import type { Answer, Phase } from '../call/call.ts'
import type { EndedBy, Outcome } from '../call/facts.ts'
import { BadInput } from '../errors.ts'
import { masked } from '../log.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import type { Interval } from './interval.ts'
import { CALL, narrowToReach } from './reach.ts'
import { ms, snapshot } from './snapshot.ts'

/** A call as it is filed. Times in ms since 1970. */
export type CallRow = {
  id: string
  direction: string
  phase: Phase
  caller: string
  callerName: string
  called: string
  flow: string
  language: string
  arrivedAt: number
  answeredAt: number | null
  queue: string | null
  queuedAt: number | null
  aheadAtFirst: number | null
  /** When they were first told how long they would have to wait at most, and how long, before it was rounded up to the minute. */
  promisedAt: number | null
  promisedMs: number | null
  /** Whether they talked in time; null where nothing was promised, while it may still be, and where they left sooner. */
  promiseKept: boolean | null
  agent: string | null
  connectedAt: number | null
  talkEndedAt: number | null
  endedAt: number | null
  endedBy: EndedBy | null
  /** Q.850. */
  cause: number | null
  outcome: Outcome | null
  short: boolean
  /** From joining the line to being connected, or to leaving; null while waiting or where there was no line. */
  waitMs: number | null
  /** Connected, less the time on hold; null before the talk's end. */
  talkMs: number | null
  holdMs: number
  surveyOffered: boolean
  /** The first answers on 1 to 5 and on 0 to 10. */
  rating: number | null
  nps: number | null
  /** null where none was offered, or before surveys were flows. */
  survey: { flow: string; release: number } | null
  answers: Answer[]
  /** What came of the talks of its agents, as was said last. */
  dispositions: DispositionRow[]
  viaLifeboat: boolean
  /** null until it is filed. `file`: below the recordings' folder; null where nothing could be kept. */
  recording: { file: string | null; ms: number; sha256: string | null; faults: string[] } | null
}

/** `by`: who has said so; null: the agent. `at`: ms since 1970. */
export type DispositionRow = { agent: string; code: string; note: string; by: string | null; at: number }

/** Of whom calls are: callers'; those promised to them; agents' own; those of whoever is on duty. */
export const DIRECTIONS = ['inbound', 'callback', 'outbound', 'internal'] as const
export type CallDirection = (typeof DIRECTIONS)[number]

export type CallFilter = {
  /** Unless it is named, `inbound`. */
  direction?: CallDirection | undefined
  queue?: string | undefined
  /** Any agent who was offered the call. */
  agent?: string | undefined
  outcome?: Outcome | undefined
  /** The whole number. */
  caller?: string | undefined
  open?: boolean | undefined
}

export type Page = {
  limit: number
  /** What the page before gave as `next`. */
  after?: string | undefined
  numbers: 'whole' | 'masked'
  /** Everywhere unless it is named. */
  reach?: Reach
}

export type CallsReport = { calls: CallRow[]; next: string | null }

/** Calls that arrived, or began, in the interval, newest first, a page at a time. */
export const callsReport = (knex: Knex, interval: Interval, filter: CallFilter, page: Page): Promise<CallsReport> =>
  snapshot(knex, moment => readPage(moment, interval, filter, page))

const PAGE: Page = { limit: 500, numbers: 'whole' }

/** All of them, as they were in one moment. */
export function everyCall(knex: Knex, interval: Interval, filter: CallFilter = {}): Promise<CallRow[]> {
  return snapshot(knex, async moment => {
    const all: CallRow[] = []
    let page: CallsReport = { calls: [], next: null }
    do {
      page = await readPage(moment, interval, filter, { ...PAGE, after: page.next ?? undefined })
      all.push(...page.calls)
    } while (page.next !== null)
    return all
  })
}

async function readPage(knex: Knex, interval: Interval, filter: CallFilter, page: Page): Promise<CallsReport> {
  const question = knex('calls')
    .select([...COLUMNS, knex.raw(TALKS)])
    .select({ dispositions: knex.raw(DISPOSITIONS) })
    .where('arrived_at', '>=', new Date(interval.from))
    .where('arrived_at', '<', new Date(interval.to))
    .orderBy([
      { column: 'arrived_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(page.limit + 1)
  if (page.after !== undefined) {
    const last = read(page.after)
    question.whereRaw('(arrived_at, id) < (?, ?)', [new Date(last.at), last.id])
  }
  narrow(knex, question, filter)
  narrowToReach(question, page.reach ?? EVERYWHERE, CALL)
  const found: Filed[] = await question
  const calls = found.slice(0, page.limit).map(row => callOf(row, page.numbers))
  const last = calls.at(-1)
  return { calls, next: last && found.length > page.limit ? mark(last) : null }
}

/** One call or callback; undefined where there is none of this id within reach. */
export async function findCall(
  knex: Knex,
  id: string,
  numbers: Page['numbers'],
  reach: Reach = EVERYWHERE,
): Promise<CallRow | undefined> {
  const dispositions = knex.raw(DISPOSITIONS)
  const columns = [...COLUMNS, knex.raw(TALKS)]
  const question = knex('calls').select(columns).select({ dispositions }).where({ id }).first()
  narrowToReach(question, reach, CALL)
  const row: Filed | undefined = await question
  return row && callOf(row, numbers)
}

function narrow(knex: Knex, question: Knex.QueryBuilder, filter: CallFilter): void {
  const { direction = 'inbound', queue, agent, outcome, caller, open } = filter
  question.where({ direction })
  if (queue !== undefined) question.where({ queue })
  if (outcome !== undefined) question.where({ outcome })
  if (caller !== undefined) question.where({ caller })
  if (open !== undefined) question.where(open ? knex.raw('ended_at is null') : knex.raw('ended_at is not null'))
  if (agent !== undefined) {
    question.whereExists(
      knex('legs').select('legs.id').whereRaw('legs.call_id = calls.id').where('legs.agent_id', agent),
    )
  }
}

/** Where a page ended: time and id, because two calls may arrive in the same ms. */
const mark = (last: CallRow): string => Buffer.from(`${last.arrivedAt} ${last.id}`).toString('base64url')

function read(after: string): { at: number; id: string } {
  const found = /^(\d{1,14}) ([\x21-\x7e]{1,200})$/.exec(Buffer.from(after, 'base64url').toString())
  if (!found) throw new BadInput('after', 'after must be what the page before gave as next')
  return { at: Number(found[1]), id: found[2]! }
}

const COLUMNS = `id direction phase caller caller_name called flow language arrived_at answered_at queue queued_at
  ahead_at_first promised_at promised_ms agent_id connected_at talk_ended_at ended_at ended_by cause outcome short
  survey_offered rating nps survey survey_release answers
  via_lifeboat recording_file recording_ms recording_sha256 recording_faults`.split(/\s+/)

const DISPOSITIONS = `(select coalesce(json_agg(json_build_object('agent', agent_id, 'code', code, 'note', note, 'by', by,
  'at', (extract(epoch from at) * 1000)::float8) order by at), '[]') from dispositions_given where call_id = calls.id)`
/** The caller may have talked with several agents, one after the other: of those whose talk is over. */
const TALKS = `
  (select sum(${ms('ended_at - connected_at')} - held_ms) from legs
   where call_id = calls.id and role = 'serves' and connected_at is not null and ended_at is not null)::float8 as talk_ms,
  (select coalesce(sum(held_ms), 0) from legs where call_id = calls.id and role = 'serves')::float8 as held_ms`

type Filed = {
  id: string
  direction: string
  phase: Phase
  caller: string
  caller_name: string
  called: string
  flow: string
  language: string
  arrived_at: Date
  answered_at: Date | null
  queue: string | null
  queued_at: Date | null
  ahead_at_first: number | null
  promised_at: Date | null
  promised_ms: number | null
  agent_id: string | null
  connected_at: Date | null
  talk_ended_at: Date | null
  talk_ms: number | null
  held_ms: number
  ended_at: Date | null
  ended_by: EndedBy | null
  cause: number | null
  outcome: Outcome | null
  short: boolean
  survey_offered: boolean
  rating: number | null
  nps: number | null
  survey: string | null
  survey_release: number | null
  answers: Answer[]
  dispositions: DispositionRow[]
  via_lifeboat: boolean
  recording_file: string | null
  recording_ms: number | null
  recording_sha256: string | null
  recording_faults: string[] | null
}

const time = (at: Date | null): number | null => at?.getTime() ?? null
const between = (from: Date | null, to: Date | null): number | null => from && to && to.getTime() - from.getTime()

function callOf(row: Filed, numbers: Page['numbers']): CallRow {
  const hidden = numbers === 'masked'
  return {
    id: row.id,
    direction: row.direction,
    phase: row.phase,
    caller: hidden ? masked(row.caller) : row.caller,
    callerName: hidden ? '*'.repeat([...row.caller_name].length) : row.caller_name,
    called: row.called,
    flow: row.flow,
    language: row.language,
    arrivedAt: row.arrived_at.getTime(),
    answeredAt: time(row.answered_at),
    queue: row.queue,
    queuedAt: time(row.queued_at),
    aheadAtFirst: row.ahead_at_first,
    promisedAt: time(row.promised_at),
    promisedMs: row.promised_ms,
    promiseKept: isKept(row),
    agent: row.agent_id,
    connectedAt: time(row.connected_at),
    talkEndedAt: time(row.talk_ended_at),
    endedAt: time(row.ended_at),
    endedBy: row.ended_by,
    cause: row.cause,
    outcome: row.outcome,
    short: row.short,
    waitMs: between(row.queued_at, row.connected_at ?? row.ended_at),
    talkMs: row.talk_ms,
    holdMs: row.held_ms,
    surveyOffered: row.survey_offered,
    rating: row.rating,
    nps: row.nps,
    survey: row.survey === null ? null : { flow: row.survey, release: row.survey_release ?? 0 },
    answers: row.answers,
    dispositions: hidden ? row.dispositions.map(one => ({ ...one, note: one.note && '***' })) : row.dispositions,
    viaLifeboat: row.via_lifeboat,
    recording: recordingOf(row),
  }
}

function isKept({ promised_at, promised_ms, connected_at, ended_at }: Filed): boolean | null {
  const afterMs = between(promised_at, connected_at ?? ended_at)
  if (afterMs === null || promised_ms === null) return null
  const isInTime = afterMs <= promised_ms
  return connected_at === null && isInTime ? null : isInTime
}

function recordingOf(row: Filed): CallRow['recording'] {
  if (row.recording_faults === null) return null
  const { recording_file: file, recording_ms: ms, recording_sha256: sha256, recording_faults: faults } = row
  return { file, ms: ms ?? 0, sha256, faults }
}
