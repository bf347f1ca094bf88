import { DateTime } from 'luxon'
import type { CallReport, StoryLine } from './call.ts'
import { clockTime } from './interval.ts'
import { answerText, dispositionText, span } from './story.ts'
import { plain } from './text.ts'

/** A call's story for the terminal: what it came to, then line by line what happened, and why. */
export function storyText({ call, legs, story }: CallReport, zone: string): string {
  const who = `${call.caller || 'withheld'}${call.callerName && ` "${call.callerName}"`}`
  const head: [string, string | null][] = [
    call.direction === 'inbound' ? ['caller', `${who} → ${call.called}`] : ['customer', who],
    [BEGAN[call.direction] ?? 'arrived', `${clockTime(call.arrivedAt, zone)} (${zone})`],
    ['queue', call.queue && `${call.queue}${call.waitMs === null ? '' : `, waited ${span(call.waitMs)}`}`],
    ['agent', call.agent && `${call.agent}${call.talkMs === null ? '' : `, talked ${span(call.talkMs)}`}`],
    ['answers', answersOf(call)],
    ['came of it', call.dispositions.map(dispositionText).join(', ') || null],
    ['outcome', call.outcome === null ? `open: ${call.phase}` : `${call.outcome}, ended by the ${call.endedBy}`],
    ['recording', recordingOf(call.recording)],
    ...legs.map((leg): [string, string | null] => [leg.agent ?? leg.number!, recordingOf(leg.recording)]),
  ]
  const shown = head
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(11)}${plain(value!)}`)
  return [
    `${TITLES[call.direction] ?? 'Call'} ${plain(call.id)}`,
    ...shown,
    '',
    ...story.flatMap(line => told(line, zone)),
    '',
  ].join('\n')
}

const TITLES: Record<string, string> = { callback: 'Callback', outbound: 'Own call' }
const BEGAN: Record<string, string> = { callback: 'promised', outbound: 'dialled' }

function told(line: StoryLine, zone: string): string[] {
  const time = DateTime.fromMillis(line.at, { zone }).toFormat('HH:mm:ss.SSS')
  const since = `+${(line.sinceArrivalMs / 1_000).toFixed(3)}`.padStart(10)
  const indent = ' '.repeat(time.length + since.length + 4)
  return [`${time}${since}  ${plain(line.text)}`, ...line.details.map(detail => `${indent}${plain(detail)}`)]
}

const answersOf = ({ answers, rating }: CallReport['call']): string | null =>
  answers.map(answerText).join(', ') || (rating === null ? null : `rating ${rating}`)

function recordingOf(recording: CallReport['call']['recording']): string | null {
  if (!recording || (recording.file === null && recording.faults.length === 0)) return null
  const state = recording.faults.length === 0 ? 'whole' : recording.faults.join('; ')
  return recording.file === null ? `none: ${state}` : `${recording.file}, ${span(recording.ms)}, ${state}`
}
