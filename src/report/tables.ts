import { OUTCOMES, type Outcome } from '../call/facts.ts'
import type { AgentFigures } from './agents.ts'
import type { AnswerRow } from './answers.ts'
import type { CallRow } from './calls.ts'
import { clockTime } from './interval.ts'
import type { LowScoreRow } from './lowScores.ts'
import type { MessageRow } from './messages.ts'
import type { QueueFigures } from './queues.ts'
import { answerText, dispositionText } from './story.ts'
import type { SurveyFigures } from './surveys.ts'

/** `duration`: ms. `share`: 0 to 1. null: nothing to show. */
export type Cell = { kind: Kind; value: string | number | null }
export type Kind = 'text' | 'count' | 'duration' | 'share'
/** `wide`: for CSV alone; a terminal has no room for it. */
export type Column<Row> = { head: string; kind: Kind; wide: boolean; cell: (row: Row) => Cell }

type Adding<Row> = (head: string, kind: Kind, value: (row: Row) => Cell['value']) => Column<Row>
export const column =
  <Row>(wide: boolean): Adding<Row> =>
  (head, kind, value) => ({ head, kind, wide, cell: row => ({ kind, value: value(row) }) })

export const AGENT_FORMULAS = [
  'AHT = (talk + hold + wrap-up of the handled calls) ÷ handled; occupancy = (ringing + dialling + talk + hold + wrap-up) ÷ (signed in − paused);',
  'utilisation = (talk + hold + wrap-up) ÷ signed in; CSAT = answers of 4 or 5 ÷ answers (on 1 to 5);',
  'NPS = (answers of 9 or 10 − answers of 0 to 6) ÷ answers (on 0 to 10); response = surveys answered ÷ surveys offered.',
].join('\n')

export const QUEUE_FORMULAS = [
  'Service level = answered within T ÷ (answered + abandoned − short); abandonment = (abandoned − short) ÷ (offered to a queue − short);',
  'ASA = wait of the answered ÷ answered; AHT = (talk + hold + wrap-up) ÷ handled; CSAT = answers of 4 or 5 ÷ answers (on 1 to 5);',
  'NPS = (answers of 9 or 10 − answers of 0 to 6) ÷ answers (on 0 to 10); response = surveys answered ÷ surveys offered;',
  'FCR = contacts without a second call from the number to the line within 7 days ÷ contacts,',
  'which are the answered calls from known numbers. Promised: were told how long they would wait at most, which is to hold for 9 of 10; kept =',
  'talked within that time ÷ those of whom it is known (who left sooner leaves it unknown), before what was said was rounded up to the minute;',
  'error = how far the wait was in the mean from what half of such callers were to wait at most. A call counts when it arrived, in each line',
  'that it was led to: offered = outcomes + sent on + open; in the total once, with its whole wait. Callbacks are no part of all that; they count',
  'when they were first promised: callbacks = reached + given up + withdrawn + still to be called; called in time = phone first dialled within the',
  'promised time ÷ those of which it is known (withdrawn before that, or not yet due, leaves it unknown).',
].join('\n')

export const SURVEY_FORMULAS = [
  'Each question by itself, for each version of a survey. Response = surveys with an answer to any question ÷ surveys offered; CSAT = answers of 4 or 5 ÷ answers (on 1 to 5);',
  'NPS = (answers of 9 or 10 − answers of 0 to 6) ÷ answers (on 0 to 10); yes = answers of yes ÷ answers (on yes-no). A call counts when it arrived.',
].join('\n')

export function agentColumns(agents: AgentFigures[]): Column<AgentFigures>[] {
  const reasons = [...new Set(agents.flatMap(row => Object.keys(row.pausedMsByReason)))].sort()
  const codes = [...new Set(agents.flatMap(row => Object.keys(row.dispositions)))].sort()
  const of = column<AgentFigures>(false)
  const wide = column<AgentFigures>(true)
  return [
    of('agent', 'text', row => row.agent),
    of('name', 'text', row => row.name),
    wide('team', 'text', row => row.team),
    of('signed in', 'duration', row => row.signedInMs),
    of('ready', 'duration', row => row.readyMs),
    of('ringing', 'duration', row => row.ringingMs),
    (agents.some(row => row.diallingMs > 0) ? of : wide)('dialling', 'duration', row => row.diallingMs),
    of('talk', 'duration', row => row.talkMs),
    of('hold', 'duration', row => row.holdMs),
    of('wrap-up', 'duration', row => row.wrapUpMs),
    of('paused', 'duration', row => row.pausedMs),
    ...reasons.map(reason => wide(`paused: ${reason}`, 'duration', row => row.pausedMsByReason[reason] ?? 0)),
    wide('paused by others', 'duration', row => row.pausedByOthersMs),
    of('offered', 'count', row => row.offered),
    of('answered', 'count', row => row.answered),
    of('missed', 'count', row => row.missed),
    (agents.some(row => row.dialled > 0) ? of : wide)('dialled', 'count', row => row.dialled),
    wide('reached', 'count', row => row.reached),
    wide('consulted', 'count', row => row.consulted),
    wide('consulted for', 'duration', row => row.consultMs),
    wide('conferences', 'count', row => row.conferences),
    wide('blind transfers', 'count', row => row.blindTransfers),
    wide('attended transfers', 'count', row => row.attendedTransfers),
    wide('transfers received', 'count', row => row.transfersReceived),
    wide('no answer', 'count', row => row.noAnswer),
    wide('rejected', 'count', row => row.rejected),
    wide('unreachable', 'count', row => row.unreachable),
    wide('withdrawn', 'count', row => row.withdrawn),
    of('handled', 'count', row => row.handled),
    wide('talk of handled', 'duration', row => row.handledTalkMs),
    wide('hold of handled', 'duration', row => row.handledHoldMs),
    wide('wrap-up of handled', 'duration', row => row.handledWrapUpMs),
    of('AHT', 'duration', row => row.ahtMs),
    of('occupancy', 'share', row => row.occupancy),
    of('utilisation', 'share', row => row.utilisation),
    ...codes.map(code => wide(`disposition: ${code}`, 'count', row => row.dispositions[code] ?? 0)),
    wide('surveys offered', 'count', row => row.surveysOffered),
    wide('surveys answered', 'count', row => row.surveysAnswered),
    wide('answers', 'count', row => row.answers),
    wide('answers of 4 or 5', 'count', row => row.goodAnswers),
    wide('answers on 0 to 10', 'count', row => row.npsAnswers),
    wide('answers of 9 or 10', 'count', row => row.promoters),
    wide('answers of 0 to 6', 'count', row => row.detractors),
    of('CSAT', 'share', row => row.csat),
    of('NPS', 'share', row => row.nps),
    of('response', 'share', row => row.responseRate),
  ]
}

export function queueColumns(zone: string, queues: QueueFigures[]): Column<QueueFigures>[] {
  const isSeen = (outcome: Outcome) => queues.some(row => row.outcomes[outcome] > 0)
  const isWhole = new Set(queues.map(row => row.startAt)).size < 2
  const of = column<QueueFigures>(false)
  const wide = column<QueueFigures>(true)
  return [
    (isWhole ? wide : of)('from', 'text', row => clockTime(row.startAt, zone)),
    of('queue', 'text', row => row.queue ?? '(none)'),
    wide('name (zh)', 'text', row => row.nameZh),
    wide('name (en)', 'text', row => row.nameEn),
    of('offered', 'count', row => row.offered),
    ...OUTCOMES.map(outcome => (isSeen(outcome) ? of : wide)(outcome, 'count', row => row.outcomes[outcome])),
    (queues.some(row => row.sentOn > 0) ? of : wide)('sent on', 'count', row => row.sentOn),
    of('open', 'count', row => row.open),
    wide('offered to queue', 'count', row => row.offeredToQueue),
    wide('abandoned', 'count', row => row.abandoned),
    of('short', 'count', row => row.short),
    of('T', 'duration', row => row.serviceLevelMs),
    of('within T', 'count', row => row.answeredWithin),
    wide('abandoned within T', 'count', row => row.abandonedWithin),
    of('service level', 'share', row => row.serviceLevel),
    of('abandonment', 'share', row => row.abandonment),
    of('ASA', 'duration', row => row.asaMs),
    of('longest wait', 'duration', row => row.longestWaitMs),
    wide('wait of answered', 'duration', row => row.waitOfAnsweredMs),
    of('promised', 'count', row => row.promised),
    wide('promises kept', 'count', row => row.promisesKept),
    wide('promises broken', 'count', row => row.promisesBroken),
    of('kept', 'share', row => row.keptShare),
    wide('promised and served', 'count', row => row.promisedServed),
    wide('error of the promised', 'duration', row => row.promiseErrorMs),
    of('error', 'duration', row => row.meanPromiseErrorMs),
    wide('handled', 'count', row => row.handled),
    wide('talk of handled', 'duration', row => row.talkMs),
    wide('hold of handled', 'duration', row => row.holdMs),
    wide('wrap-up of handled', 'duration', row => row.wrapUpMs),
    of('AHT', 'duration', row => row.ahtMs),
    wide('surveys offered', 'count', row => row.surveysOffered),
    wide('surveys answered', 'count', row => row.surveysAnswered),
    wide('answers', 'count', row => row.answers),
    wide('answers of 4 or 5', 'count', row => row.goodAnswers),
    wide('answers on 0 to 10', 'count', row => row.npsAnswers),
    wide('answers of 9 or 10', 'count', row => row.promoters),
    wide('answers of 0 to 6', 'count', row => row.detractors),
    of('CSAT', 'share', row => row.csat),
    of('NPS', 'share', row => row.nps),
    of('response', 'share', row => row.responseRate),
    wide('contacts', 'count', row => row.contacts),
    wide('contacts without a second call', 'count', row => row.resolved),
    of('FCR', 'share', row => row.fcr),
    ...callbackFigures(queues.some(row => row.callbacksPromised > 0) ? of : wide, wide),
  ]
}

/** `of`: where there are any. */
const callbackFigures = (of: Adding<QueueFigures>, wide: Adding<QueueFigures>): Column<QueueFigures>[] => [
  of('callbacks', 'count', row => row.callbacksPromised),
  of('reached', 'count', row => row.callbacksReached),
  of('given up', 'count', row => row.callbacksGivenUp),
  wide('callbacks withdrawn', 'count', row => row.callbacksWithdrawn),
  of('still to be called', 'count', row => row.callbacksOpen),
  of('tries', 'count', row => row.callbackTries),
  wide('callbacks kept', 'count', row => row.callbacksKept),
  wide('callbacks broken', 'count', row => row.callbacksBroken),
  of('called in time', 'share', row => row.callbacksKeptShare),
]

export function callColumns(zone: string): Column<CallRow>[] {
  const of = column<CallRow>(false)
  const wide = column<CallRow>(true)
  return [
    of('arrived', 'text', row => clockTime(row.arrivedAt, zone)),
    of('call', 'text', row => row.id),
    of('caller', 'text', row => row.caller),
    wide('name', 'text', row => row.callerName),
    wide('called', 'text', row => row.called),
    of('queue', 'text', row => row.queue),
    of('agent', 'text', row => row.agent),
    of('wait', 'duration', row => row.waitMs),
    wide('promised', 'duration', row => row.promisedMs),
    wide('promise kept', 'text', row => YES_NO[`${row.promiseKept}`] ?? null),
    of('talk', 'duration', row => row.talkMs),
    wide('hold', 'duration', row => row.holdMs),
    of('outcome', 'text', row => (row.short ? `${row.outcome} (short)` : (row.outcome ?? `open: ${row.phase}`))),
    of('ended by', 'text', row => row.endedBy),
    of('rating', 'count', row => row.rating),
    wide('NPS', 'count', row => row.nps),
    wide('survey', 'text', row => row.survey && `${row.survey.flow} ${row.survey.release}`),
    wide('answers', 'text', row => row.answers.map(answerText).join('; ') || null),
    wide('dispositions', 'text', row => row.dispositions.map(dispositionText).join('; ') || null),
    of('recording', 'text', row => recordingState(row.recording)),
    wide('file', 'text', row => row.recording?.file ?? null),
    wide('direction', 'text', row => row.direction),
  ]
}

export function answerColumns(zone: string): Column<AnswerRow>[] {
  const of = column<AnswerRow>(false)
  return [
    of('arrived', 'text', row => clockTime(row.arrivedAt, zone)),
    of('call', 'text', row => row.call),
    of('queue', 'text', row => row.queue),
    of('agent', 'text', row => row.agent),
    of('survey', 'text', row => row.survey && `${row.survey.flow} ${row.survey.release}`),
    of('question', 'text', row => row.question),
    of('scale', 'text', row => row.scale),
    of('answer', 'count', row => row.score),
    of('low', 'text', row => (row.low ? 'low' : null)),
    of('comment', 'text', row => row.comment),
    of('length', 'duration', row => row.ms),
  ]
}

export function lowScoreColumns(zone: string): Column<LowScoreRow>[] {
  const of = column<LowScoreRow>(false)
  return [
    of('answered', 'text', row => clockTime(row.at, zone)),
    of('call', 'text', row => row.call),
    of('queue', 'text', row => row.queue),
    of('agent', 'text', row => row.agent),
    of('question', 'text', row => row.question),
    of('answer', 'count', row => row.score),
    of('low from', 'count', row => row.atOrUnder),
    of('comments', 'count', row => row.comments),
    of('done', 'text', row => (row.doneAt === null ? null : clockTime(row.doneAt, zone))),
    of('note', 'text', row => row.note),
  ]
}

export function surveyColumns(): Column<SurveyFigures>[] {
  const of = column<SurveyFigures>(false)
  const wide = column<SurveyFigures>(true)
  return [
    of('survey', 'text', row => row.survey ?? '(before surveys were flows)'),
    of('release', 'count', row => row.release),
    of('offered', 'count', row => row.surveysOffered),
    of('answered', 'count', row => row.surveysAnswered),
    of('response', 'share', row => row.responseRate),
    of('question', 'text', row => row.question),
    of('scale', 'text', row => row.scale),
    of('answers', 'count', row => row.answers),
    wide('of 4 or 5', 'count', row => row.goodAnswers),
    wide('of 9 or 10', 'count', row => row.promoters),
    wide('of 0 to 6', 'count', row => row.detractors),
    wide('yes', 'count', row => row.yes),
    of('low', 'count', row => row.low),
    of('CSAT', 'share', row => row.csat),
    of('NPS', 'share', row => row.nps),
    of('yes', 'share', row => row.yesShare),
  ]
}

export function messageColumns(zone: string): Column<MessageRow>[] {
  const of = column<MessageRow>(false)
  const wide = column<MessageRow>(true)
  return [
    of('left', 'text', row => clockTime(row.leftAt, zone)),
    of('message', 'text', row => row.id),
    of('queue', 'text', row => row.queue),
    of('caller', 'text', row => row.caller),
    wide('name', 'text', row => row.callerName),
    wide('language', 'text', row => row.language),
    of('length', 'duration', row => row.ms),
    of('called back', 'text', row => row.callback && (row.callback.outcome ?? `open: ${row.callback.phase}`)),
    wide('callback', 'text', row => row.callback?.id ?? null),
    of('done', 'text', row => (row.doneAt === null ? null : clockTime(row.doneAt, zone))),
    of('note', 'text', row => row.note),
  ]
}

const YES_NO: Record<string, string> = { true: 'yes', false: 'no' }

function recordingState(recording: CallRow['recording']): string | null {
  // Where nobody was reached, nothing was recorded.
  if (!recording || (recording.file === null && recording.faults.length === 0)) return null
  return recording.faults.length === 0 ? 'whole' : recording.faults.join('; ')
}
