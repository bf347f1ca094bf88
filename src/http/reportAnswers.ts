import { z } from 'zod'
import type { AgentFigures } from '../report/agents.ts'
import type { LedgerReport } from '../report/ledger.ts'
import type { QueueFigures } from '../report/queues.ts'
import { asked, count, ms, NONE, outcomes, share, time } from './answers.ts'
import type { Stamped } from './stamped.ts'

/** What is answered of figures. */

const average = (formula: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${formula}; ms, ${NONE}` })
const aht = average('(talk + hold + wrap-up of the handled calls) ÷ handled')

/** What was asked about talks, and answered; and the figures of it. */
const surveyed = {
  surveysOffered: count,
  surveysAnswered: count.meta({ description: 'At least one question of the survey was answered' }),
  answers: count.meta({ description: 'On 1 to 5' }),
  goodAnswers: count,
  npsAnswers: count.meta({ description: 'On 0 to 10' }),
  promoters: count,
  detractors: count,
}
const satisfaction = {
  csat: share('goodAnswers (4 or 5) ÷ answers'),
  nps: z
    .number()
    .nullable()
    .meta({ description: `(promoters (9 or 10) − detractors (0 to 6)) ÷ npsAnswers; -1 to 1, ${NONE}` }),
  responseRate: share('surveysAnswered ÷ surveysOffered'),
}

const agent: z.ZodType<AgentFigures> = z
  .object({
    agent: z.string(),
    name: z.string(),
    team: z.string(),
    signedInMs: ms.meta({ description: 'ms; ready + ringing + dialling + talk + hold + wrap-up + paused' }),
    readyMs: ms,
    ringingMs: ms,
    diallingMs: ms.meta({ description: 'ms; where we call, until the customer is reached, or is not' }),
    talkMs: ms.meta({ description: "ms; from the agent's answer, without hold; with what they were consulted" }),
    holdMs: ms,
    wrapUpMs: ms,
    pausedMs: ms,
    pausedMsByReason: z.record(z.string(), ms),
    pausedByOthersMs: ms.meta({ description: 'ms; of the paused: where somebody else has put them' }),
    offered: count.meta({ description: 'answered + missed + withdrawn + still ringing' }),
    answered: count,
    missed: count.meta({ description: 'noAnswer + rejected + unreachable' }),
    noAnswer: count,
    rejected: count,
    unreachable: count,
    withdrawn: count,
    stillRinging: count,
    dialled: count.meta({ description: 'Calls that they made themselves' }),
    reached: count.meta({ description: 'Those of them in which they talked' }),
    consulted: count.meta({ description: 'Asked by a colleague while the caller waited, and answered' }),
    consultMs: ms.meta({ description: 'ms; of these, until they had the caller, or left' }),
    conferences: count.meta({ description: 'Talks with a caller and the colleague who served them' }),
    blindTransfers: count.meta({ description: 'Callers whom they sent on without a word' }),
    attendedTransfers: count.meta({ description: 'Callers whom they left to somebody else in the talk' }),
    transfersReceived: count.meta({ description: 'Callers whom a colleague has passed on to them, in either way' }),
    handled: count.meta({ description: 'Callers whom they served; not those about whom they were consulted' }),
    handledTalkMs: ms,
    handledHoldMs: ms,
    handledWrapUpMs: ms.meta({
      description: 'ms; up to a call that they make meanwhile, whose rest of it counts for no call',
    }),
    dispositions: z.record(z.string(), count).meta({ description: 'What came of their talks: code → how often' }),
    ...surveyed,
    ahtMs: aht,
    occupancy: share('(ringing + dialling + talk + hold + wrap-up) ÷ (signed-in − paused)'),
    utilisation: share('(talk + hold + wrap-up) ÷ signed-in'),
    ...satisfaction,
  })
  .meta({ id: 'AgentFigures' })

const queue: z.ZodType<Stamped<QueueFigures>> = z
  .object({
    queue: z.string().nullable().meta({
      description: 'null: calls that never reached a waiting line, or ended elsewhere after one had sent them on',
    }),
    nameZh: z
      .string()
      .nullable()
      .meta({ description: 'For people; null for no line, or one that is no longer set up' }),
    nameEn: z.string().nullable(),
    startAt: time,
    serviceLevelMs: ms.nullable().meta({ description: 'T, ms; null where lines with different ones are added up' }),
    offered: count.meta({
      description: 'The sum of outcomes + sentOn + open; in the total, where each call counts once, of outcomes + open',
    }),
    outcomes,
    sentOn: count.meta({ description: 'Whom the line has sent on, or turned away at the door' }),
    open: count,
    offeredToQueue: count.meta({ description: 'Joined the line, and were not told that it is closed' }),
    answered: count,
    abandoned: count.meta({ description: "In the line, or while an agent's phone rang" }),
    short: count.meta({ description: 'Of the abandoned, those sooner than the short-abandon threshold' }),
    answeredWithin: count,
    abandonedWithin: count,
    waitOfAnsweredMs: ms,
    longestWaitMs: ms,
    promised: count.meta({ description: 'Were told how long they would have to wait at most; the first time counts' }),
    promisesKept: count.meta({ description: 'Talked within that time' }),
    promisesBroken: count.meta({
      description: 'Talked later, or left or wait still when it was over; who left sooner leaves it unknown',
    }),
    promisedServed: count.meta({ description: 'Of the promised, those who talked' }),
    promiseErrorMs: ms.meta({ description: 'ms; how far their waits were from the median forecast, added up' }),
    handled: count,
    talkMs: ms,
    holdMs: ms,
    wrapUpMs: ms,
    ...surveyed,
    contacts: count.meta({ description: 'Answered calls from known numbers' }),
    resolved: count.meta({ description: 'Of the contacts, those without a second call to the line within 7 days' }),
    serviceLevel: share('answeredWithin ÷ (answered + abandoned − short)'),
    abandonment: share('(abandoned − short) ÷ (offeredToQueue − short)'),
    asaMs: average('waitOfAnsweredMs ÷ answered'),
    keptShare: share('promisesKept ÷ (promisesKept + promisesBroken), which is to be 0.9'),
    meanPromiseErrorMs: average('promiseErrorMs ÷ promisedServed'),
    ahtMs: aht,
    ...satisfaction,
    fcr: share('resolved ÷ contacts'),
    callbacksPromised: count.meta({
      description:
        'Promised first in the interval: reached + given up + withdrawn + open; of calls, above, they are no part',
    }),
    callbacksReached: count,
    callbacksGivenUp: count,
    callbacksWithdrawn: count,
    callbacksOpen: count,
    callbackTries: count,
    callbacksKept: count.meta({ description: 'Dialled first within the promised time' }),
    callbacksBroken: count.meta({ description: 'Dialled later, or not at all when it was over' }),
    callbacksKeptShare: share('callbacksKept ÷ (callbacksKept + callbacksBroken)'),
  })
  .meta({ id: 'QueueFigures' })

export const AGENTS_ANSWER = z.object({ ...asked, agents: z.array(agent), total: agent })
export const QUEUES_ANSWER = z.object({ ...asked, queues: z.array(queue), total: queue })

const counted = z.object({ offered: count, outcomes, open: count })
const ledger: z.ZodType<LedgerReport> = z.object({
  balances: z.boolean(),
  calls: counted,
  callbacks: counted,
  outbound: counted,
  queues: z.array(z.object({ queue: z.string(), offered: count, outcomes, sentOn: count, open: count })),
  agents: z.array(z.object({ agent: z.string(), signedInMs: z.number(), statesMs: z.number() })),
  culprits: z.array(z.object({ what: z.enum(['call', 'leg', 'agent', 'queue']), id: z.string(), fault: z.string() })),
})
export const LEDGER_ANSWER = z.object(asked).and(ledger)
