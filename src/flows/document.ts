import { z } from 'zod'
import { DUTY } from '../duty/duty.ts'
import { type Flow, HANGUP_OUTCOMES, KINDS, LANGUAGES, MEANWHILE, SCALES } from '../ivr/flow.ts'
import { describe } from './descriptions.ts'
import { isReadable } from './expressions.ts'
import { named as id } from './names.ts'
import { type Read, readDocument, SCHEMA } from './reading.ts'

/** A flow as a person writes it: JSON, held against one schema, which is also published for editors. */

/** Postgres keeps no NUL and no half letter. */
const text = (sentence: string) =>
  z
    .string(sentence)
    .min(1, sentence)
    .refine(text => text.isWellFormed() && !text.includes('\0'), 'must be made of letters that there are')
const queueId = text('must be the id of a queue').max(40)
const prompts = z
  .array(text('must be the key of a prompt').max(80), 'must be a list of prompts')
  .max(20, 'must be at most 20 prompts')
const spoken = prompts.min(1, 'must name at least one prompt')
const tries = z.int('must be a whole number').min(1, 'must be from 1 to 9').max(9, 'must be from 1 to 9')
const lasting = (from: number, to: number) =>
  z
    .int('must be a whole number of ms')
    .min(from, `must be from ${from} to ${to} ms`)
    .max(to, `must be from ${from} to ${to} ms`)
const patienceMs = lasting(500, 60_000)

const play = z.strictObject({ type: z.literal('play'), prompts: spoken, next: id })
const expression = text('must be an expression')
const say = z.strictObject({
  type: z.literal('say'),
  as: z.enum(KINDS, `must be one of ${KINDS.join(', ')}`),
  value: expression,
  before: prompts,
  after: prompts,
  next: id,
  otherwise: id,
})
const menu = z.strictObject({
  type: z.literal('menu'),
  prompts: spoken,
  keys: z
    .record(z.string().regex(/^[0-9*#]$/, 'must be one key: 0 to 9, * or #'), id)
    .refine(keys => Object.keys(keys).length > 0, 'must name at least one key'),
  wrongKey: prompts,
  noKey: prompts,
  tries,
  patienceMs,
  otherwise: id,
})
const word = z
  .string('must be a word')
  .regex(/^[a-z][a-zA-Z0-9_]{0,39}$/, 'must be a word: a small letter, then at most 39 letters, digits or _')
const readable = word.refine(isReadable, 'must not be a word that has a meaning of its own in expressions')
const atMost = <T extends z.ZodType<object>>(record: T) =>
  record.refine(entries => Object.keys(entries).length <= ENTRIES_AT_MOST, `must be at most ${ENTRIES_AT_MOST}`)
const ENTRIES_AT_MOST = 50
const rate = z.strictObject({
  type: z.literal('rate'),
  name: readable,
  scale: z.enum(SCALES, `must be one of ${SCALES.join(', ')}`),
  prompts: spoken,
  again: spoken,
  lowAtOrUnder: z.int('must be a whole number').min(0, 'must be from 0 to 9').max(9, 'must be from 0 to 9').optional(),
  tries,
  patienceMs,
  next: id,
  otherwise: id,
})
const count = z.int('must be a whole number').min(1, 'must be from 1 to 32').max(32, 'must be from 1 to 32')
const collect = z.strictObject({
  type: z.literal('collect'),
  name: readable,
  prompts: spoken,
  again: spoken,
  least: count,
  most: count,
  terminator: z.enum(['#', '*'], 'must be # or *').optional(),
  pattern: text('must be a pattern').max(100).optional(),
  tries,
  patienceMs,
  betweenMs: patienceMs,
  next: id,
  otherwise: id,
})
const set = z.strictObject({ type: z.literal('set'), values: atMost(z.record(readable, expression)), next: id })
const branch = z.strictObject({
  type: z.literal('branch'),
  cases: z
    .array(z.strictObject({ when: expression, next: id }))
    .min(1, 'must have at least one case')
    .max(50),
  otherwise: id,
})
const schedule = z.strictObject({
  type: z.literal('schedule'),
  calendar: id,
  queue: queueId.optional(),
  open: id,
  closed: id,
})
const lookup = z.strictObject({
  type: z.literal('lookup'),
  system: id,
  method: z.enum(['GET', 'POST'], 'must be GET or POST'),
  path: z
    .string('must be a path')
    .regex(
      /^(?!.*\/\.{1,2}(?:\/|$))\/[A-Za-z0-9._~/-]{0,200}$/,
      'must be a path such as /orders/latest, without . and ..',
    ),
  send: atMost(z.record(word, expression)),
  take: atMost(z.record(readable, expression)),
  prompts,
  timeoutMs: lasting(100, 10_000),
  next: id,
  otherwise: id,
})
const voicemail = z.strictObject({
  type: z.literal('voicemail'),
  queue: queueId,
  prompts: spoken,
  again: spoken,
  review: spoken,
  tries,
  leastMs: lasting(1_000, 10_000),
  mostMs: lasting(5_000, 600_000),
  silenceMs: lasting(2_000, 30_000),
  patienceMs,
  next: id,
  otherwise: id,
})
const callback = z.strictObject({
  type: z.literal('callback'),
  queue: queueId,
  number: readable.optional(),
  next: id,
  otherwise: id,
})
const transferOut = z.strictObject({
  type: z.literal('transfer-out'),
  number: expression,
  prompts,
  meanwhile: z.enum(MEANWHILE, `must be one of ${MEANWHILE.join(', ')}`),
  ringMs: lasting(5_000, 120_000),
  busy: id,
  noAnswer: id,
  refused: id,
})
const comment = z.strictObject({
  type: z.literal('comment'),
  name: readable,
  prompts: spoken,
  again: spoken,
  tries,
  leastMs: lasting(1_000, 10_000),
  mostMs: lasting(5_000, 600_000),
  silenceMs: lasting(2_000, 30_000),
  next: id,
  otherwise: id,
})
const flow = z.strictObject({ type: z.literal('flow'), flow: id, next: id.optional() })
const back = z.strictObject({ type: z.literal('return') })
const language = z.strictObject({ type: z.literal('language'), language: z.enum([...LANGUAGES, 'other']), next: id })
const queue = z.strictObject({ type: z.literal('queue'), queue: queueId })
const hangup = z.strictObject({ type: z.literal('hangup'), outcome: z.enum(HANGUP_OUTCOMES).optional() })

const NODE = z.discriminatedUnion(
  'type',
  [
    play,
    say,
    menu,
    rate,
    collect,
    set,
    branch,
    schedule,
    lookup,
    flow,
    back,
    language,
    voicemail,
    callback,
    transferOut,
    comment,
    queue,
    hangup,
  ],
  'must be a node of a known type',
)
const NODES_AT_MOST = 500

const FLOW = z.strictObject({
  ...SCHEMA,
  id: id.refine(name => name !== DUTY, `must not be ${DUTY}: there those on duty dial in`),
  start: id,
  nodes: z
    .record(id, NODE)
    .refine(nodes => Object.keys(nodes).length <= NODES_AT_MOST, `must be at most ${NODES_AT_MOST} nodes`),
})

/** What editors check a document with while it is written. */
export const flowSchema = (): object =>
  z.toJSONSchema(FLOW, { target: 'draft-2020-12', override: ({ jsonSchema }) => describe(jsonSchema) })

/** A document's flow, or what is wrong with its shape, each with its path. */
export const readFlow = (text: string): Read<Flow> => readDocument(FLOW, text)
