import type { Knex } from 'knex'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { agentsQuestion } from './agentsQuestion.ts'
import { averageHandlingTime, netPromoterScore, occupancy, responseRate, satisfaction, utilisation } from './figures.ts'
import type { Interval } from './interval.ts'
import { reachGiven } from './reach.ts'
import { rows, snapshot } from './snapshot.ts'

/** What is counted and measured of one agent. ms and whole numbers: rows can be added up. */
type Counted = {
  /** Seconds within the interval; they add up to signedInMs. Talk begins when the agent answers. */
  signedInMs: number
  readyMs: number
  ringingMs: number
  /** With a callback, from the answer to its offer until the customer is reached, or is not; and the same of what they dialled themselves. */
  diallingMs: number
  talkMs: number
  holdMs: number
  wrapUpMs: number
  pausedMs: number
  pausedMsByReason: Record<string, number>
  /** Of the paused: where somebody else has put them. */
  pausedByOthersMs: number
  /** Calls that arrived within the interval: offered = answered + missed + withdrawn + still ringing. */
  offered: number
  answered: number
  missed: number
  noAnswer: number
  rejected: number
  unreachable: number
  withdrawn: number
  stillRinging: number
  /** Calls that they made themselves, and those of them in which they talked. No offers, and not among the handled. */
  dialled: number
  reached: number
  /** Asked by a colleague while the caller waited, and answered; until they had the caller, or left. */
  consulted: number
  consultMs: number
  /** Talked with the caller and the colleague who served them. */
  conferences: number
  /** Of callers whom they served: without a word, and to whoever was in the talk with them. */
  blindTransfers: number
  attendedTransfers: number
  /** Callers whom a colleague has passed on to them, in either way. */
  transfersReceived: number
  /** Callers whom they served, and whose talk with them is over. Their whole talk, hold and wrap-up, wherever these lie. */
  handled: number
  handledTalkMs: number
  handledHoldMs: number
  handledWrapUpMs: number
  surveysOffered: number
  /** With an answer at least to one question. */
  surveysAnswered: number
  /** What came of their talks, as was said: code → how often. */
  dispositions: Record<string, number>
  /** On 1 to 5; `goodAnswers` of them 4 or 5. */
  answers: number
  goodAnswers: number
  /** On 0 to 10; `promoters` of them 9 or 10, `detractors` 0 to 6. */
  npsAnswers: number
  promoters: number
  detractors: number
}

type Named = { agent: string; name: string; team: string }

export type AgentFigures = Named &
  Counted & {
    /** ms; the others are shares from 0 to 1. null: nothing to divide by. */
    ahtMs: number | null
    occupancy: number | null
    utilisation: number | null
    csat: number | null
    /** From −1 to 1. */
    nps: number | null
    responseRate: number | null
  }

export type AgentsReport = { agents: AgentFigures[]; total: AgentFigures }

/** How agents spent the interval and what became of the calls that arrived in it. Agents without either are left out. */
export async function agentsReport(
  knex: Knex,
  interval: Interval,
  now: number,
  reach: Reach = EVERYWHERE,
): Promise<AgentsReport> {
  const until = Math.max(interval.from, Math.min(interval.to, now))
  const given = {
    from: new Date(interval.from),
    to: new Date(interval.to),
    until: new Date(until),
    now: new Date(now),
    ...reachGiven(reach),
  }
  const found = await snapshot(knex, moment => rows<Named & Counted>(moment, agentsQuestion(reach), given))
  return { agents: found.map(withFigures), total: withFigures(addUp(found)) }
}

const withFigures = <Row extends Named & Counted>(row: Row): AgentFigures => ({
  ...row,
  ahtMs: averageHandlingTime({
    talkMs: row.handledTalkMs,
    holdMs: row.handledHoldMs,
    wrapUpMs: row.handledWrapUpMs,
    handled: row.handled,
  }),
  occupancy: occupancy(row),
  utilisation: utilisation(row),
  csat: satisfaction(row),
  nps: netPromoterScore(row),
  responseRate: responseRate(row),
})

function addUp(agents: (Named & Counted)[]): Named & Counted {
  const sum = (of: (row: Counted) => number) => agents.reduce((total, row) => total + of(row), 0)
  const reasons = new Set(agents.flatMap(row => Object.keys(row.pausedMsByReason)))
  const codes = new Set(agents.flatMap(row => Object.keys(row.dispositions)))
  return {
    agent: 'total',
    name: '',
    team: '',
    signedInMs: sum(row => row.signedInMs),
    readyMs: sum(row => row.readyMs),
    ringingMs: sum(row => row.ringingMs),
    diallingMs: sum(row => row.diallingMs),
    talkMs: sum(row => row.talkMs),
    holdMs: sum(row => row.holdMs),
    wrapUpMs: sum(row => row.wrapUpMs),
    pausedMs: sum(row => row.pausedMs),
    pausedMsByReason: Object.fromEntries([...reasons].map(why => [why, sum(row => row.pausedMsByReason[why] ?? 0)])),
    pausedByOthersMs: sum(row => row.pausedByOthersMs),
    offered: sum(row => row.offered),
    answered: sum(row => row.answered),
    missed: sum(row => row.missed),
    noAnswer: sum(row => row.noAnswer),
    rejected: sum(row => row.rejected),
    unreachable: sum(row => row.unreachable),
    withdrawn: sum(row => row.withdrawn),
    stillRinging: sum(row => row.stillRinging),
    dialled: sum(row => row.dialled),
    reached: sum(row => row.reached),
    consulted: sum(row => row.consulted),
    consultMs: sum(row => row.consultMs),
    conferences: sum(row => row.conferences),
    blindTransfers: sum(row => row.blindTransfers),
    attendedTransfers: sum(row => row.attendedTransfers),
    transfersReceived: sum(row => row.transfersReceived),
    handled: sum(row => row.handled),
    handledTalkMs: sum(row => row.handledTalkMs),
    handledHoldMs: sum(row => row.handledHoldMs),
    handledWrapUpMs: sum(row => row.handledWrapUpMs),
    dispositions: Object.fromEntries([...codes].map(code => [code, sum(row => row.dispositions[code] ?? 0)])),
    surveysOffered: sum(row => row.surveysOffered),
    surveysAnswered: sum(row => row.surveysAnswered),
    answers: sum(row => row.answers),
    goodAnswers: sum(row => row.goodAnswers),
    npsAnswers: sum(row => row.npsAnswers),
    promoters: sum(row => row.promoters),
    detractors: sum(row => row.detractors),
  }
}
