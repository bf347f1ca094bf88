import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type { Phase } from '../call/call.ts'
import type { Outcome } from '../call/facts.ts'
import { NotFound } from '../errors.ts'
import { masked } from '../log.ts'
import { bytesOf, callersWords } from '../recording/excerpt.ts'
import { fileOf, RATE, TOLERANCE_MS } from '../recording/tape.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { WAV_HEADER_BYTES, wavHeader } from '../wav.ts'
import { CALL, narrowToReach } from './reach.ts'
import { recordingOf } from './recording.ts'

/** What callers have left for those who call back. Times in ms since 1970. */
export type MessageRow = {
  id: string
  call: string
  queue: string
  caller: string
  callerName: string
  language: string
  leftAt: number
  /** From the tone on; what was spoken is somewhat shorter. */
  ms: number
  /** Somebody has seen to it, or the callback that it asked for has reached its caller. */
  doneAt: number | null
  note: string
  /** null: nobody is to call back, as where no number is known. */
  callback: { id: string; phase: Phase; outcome: Outcome | null } | null
}

export type MessageFilter = {
  queue?: string | undefined
  /** Of any of these. */
  queues?: readonly string[] | undefined
  done?: boolean | undefined
}

export const MESSAGES_AT_MOST = 1_000

/** The oldest first, and no more than so many: where done ones are asked for too, the latest. */
export async function messagesReport(
  knex: Knex,
  { queue, queues, done }: MessageFilter,
  numbers: 'whole' | 'masked',
  reach: Reach = EVERYWHERE,
): Promise<MessageRow[]> {
  const question = knex('messages')
    .join('calls', 'calls.id', 'messages.call_id')
    .joinRaw(`left join lateral (${ITS_CALLBACK}) back on true`)
    .select(COLUMNS)
    .limit(MESSAGES_AT_MOST)
  if (queue !== undefined) question.where('messages.queue', queue)
  narrowToReach(question, reach, { queue: 'messages.queue' })
  if (queues !== undefined) question.whereIn('messages.queue', queues)
  if (done !== undefined) question.where('done_at', done ? 'is not' : 'is', null)
  const order = done === false ? 'asc' : 'desc'
  question.orderBy([
    { column: 'began_at', order },
    { column: 'messages.id', order },
  ])
  const rows: Row[] = await question
  if (order === 'desc') rows.reverse()
  return rows.map(row => messageOf(row, numbers))
}

const COLUMNS = `messages.id call_id messages.queue caller caller_name language began_at messages.ended_at done_at
  note back_id back_phase back_outcome`.split(/\s+/)

const ITS_CALLBACK = `
select b.id as back_id, b.phase as back_phase, b.outcome as back_outcome
from facts f join calls b on b.id = f.body->>'callback'
where f.call_id = messages.call_id and f.kind = 'CallbackBooked' and f.body->'message'->>'id' = messages.id limit 1`

type Row = {
  id: string
  call_id: string
  queue: string
  caller: string
  caller_name: string
  language: string
  began_at: Date
  ended_at: Date
  done_at: Date | null
  note: string
  back_id: string | null
  back_phase: Phase
  back_outcome: Outcome | null
}

const messageOf = (row: Row, numbers: 'whole' | 'masked'): MessageRow => ({
  id: row.id,
  call: row.call_id,
  queue: row.queue,
  caller: numbers === 'masked' ? masked(row.caller) : row.caller,
  callerName: numbers === 'masked' ? '*'.repeat([...row.caller_name].length) : row.caller_name,
  language: row.language,
  leftAt: row.began_at.getTime(),
  ms: row.ended_at.getTime() - row.began_at.getTime(),
  doneAt: row.done_at?.getTime() ?? null,
  note: row.note,
  callback: row.back_id === null ? null : { id: row.back_id, phase: row.back_phase, outcome: row.back_outcome },
})

/** Whose agents call back. Throws NotFound. */
export async function queueOfMessage(knex: Knex, id: string): Promise<string> {
  const row = await knex('messages').where({ id }).first('queue')
  if (!row) throw new NotFound(`There is no message ${id}.`)
  return row.queue
}

/** What was left for those who call back, or in answer to a question. */
export type Left = 'message' | 'comment'

/**
 * What the caller said, as a WAV: as Asterisk has kept it, or else cut out of the recording of the call. Throws NotFound with
 * the reason where it cannot be heard.
 */
export async function messageSound(
  knex: Knex,
  folder: string,
  id: string,
  what: Left = 'message',
  reach: Reach = EVERYWHERE,
): Promise<Buffer> {
  const question = knex({ words: `${what}s` })
    .join('calls', 'calls.id', 'words.call_id')
    .where('words.id', id)
    .first('call_id', 'began_at', 'words.ended_at', 'arrived_at', 'answered_at')
  narrowToReach(question, reach, what === 'message' ? { queue: 'words.queue' } : CALL)
  const row: Placed | undefined = await question
  if (!row) throw new NotFound(`There is no ${what} ${id}.`)
  return (await fileIfThere(join(folder, fileOf(id, row.arrived_at.getTime())))) ?? (await cutOut(knex, folder, row))
}

/** How long it is. */
export const secondsOf = (sound: Buffer): number => (sound.length - WAV_HEADER_BYTES) / (2 * RATE)

type Placed = { call_id: string; began_at: Date; ended_at: Date; arrived_at: Date; answered_at: Date }

async function cutOut(knex: Knex, folder: string, row: Placed): Promise<Buffer> {
  const sinceAnswer = (at: Date): number => at.getTime() - row.answered_at.getTime()
  const path = await recordingOf(knex, folder, { id: row.call_id })
  // A word said to its end is worth more than a word too much.
  const span = { from: sinceAnswer(row.began_at) - TOLERANCE_MS, to: sinceAnswer(row.ended_at) + TOLERANCE_MS }
  const words = callersWords(await partOf(path, bytesOf(span)))
  if (words.length === 0) throw new NotFound('The recording of the call ends before it.')
  return Buffer.concat([wavHeader(words.length, 1, RATE), words])
}

const fileIfThere = (path: string): Promise<Buffer | undefined> =>
  readFile(path).catch(thrown => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  })

/** Bytes of a recording, counted from its first sample, as far as there are any. */
async function partOf(path: string, { from, to }: { from: number; to: number }): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const part = Buffer.alloc(Math.max(0, Math.min(to, size - WAV_HEADER_BYTES) - from))
    await file.read(part, 0, part.length, WAV_HEADER_BYTES + from)
    return part
  } finally {
    await file.close()
  }
}
