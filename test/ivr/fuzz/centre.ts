import { readFileSync } from 'node:fs'
import { expressionFault } from '../../../src/flows/expressions.ts'
import type { Known } from '../../../src/ivr/check.ts'
import { type Flow, HOTLINE, type MenuNode, SURVEY } from '../../../src/ivr/flow.ts'

/** What a fuzzed flow may lean on: the real prompts, and flows that return, that lead back into it, and that ask. */

const catalogue: { prompts: object } = JSON.parse(
  readFileSync(new URL('../../../sounds/catalogue.json', import.meta.url), 'utf8'),
)
export const PROMPTS = Object.keys(catalogue.prompts)
export const QUEUES = ['sales', 'support', 'operator']

const menu = HOTLINE.nodes.menu as MenuNode

const RETURNING: Flow = {
  id: 'returning',
  start: 'hello',
  nodes: { hello: { type: 'play', prompts: ['greeting'], next: 'back' }, back: { type: 'return' } },
}
/** Whoever presses 0 comes home, and 1 goes on; nobody presses nothing for ever. */
const HELP: Flow = {
  id: 'help',
  start: 'menu',
  nodes: {
    menu: { ...menu, keys: { 0: 'home', 1: 'back' }, otherwise: 'end' },
    home: { type: 'flow', flow: 'fuzzed' },
    back: { type: 'return' },
    end: { type: 'hangup' },
  },
}
/** Every type of node, as a person would use it. */
export const SAMPLE: Flow = {
  id: 'fuzzed',
  start: 'hours',
  nodes: {
    hours: { type: 'schedule', calendar: 'office', queue: 'sales', open: 'greeting', closed: 'closed' },
    closed: { type: 'play', prompts: ['all-agents-away'], next: 'leave' },
    leave: {
      ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'], tries: 3 },
      ...{ review: ['message-review'], leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000, patienceMs: 5_000 },
      ...{ next: 'end-closed', otherwise: 'call-back' },
    },
    'call-back': { type: 'callback', queue: 'support', number: 'account', next: 'end-closed', otherwise: 'end-closed' },
    abroad: {
      ...{ type: 'transfer-out', number: '"021-62345678"', prompts: ['greeting'], meanwhile: 'ringing' },
      ...{ ringMs: 20_000, busy: 'leave', noAnswer: 'leave', refused: 'to-operator' },
    },
    'end-closed': { type: 'hangup', outcome: 'closed' },
    greeting: { type: 'play', prompts: ['greeting'], next: 'menu' },
    menu: {
      ...menu,
      keys: { 1: 'account', 2: 'through', 3: 'help', 4: 'abroad', 9: 'other-language', '*': 'menu' },
      otherwise: 'to-operator',
    },
    'other-language': { type: 'language', language: 'other', next: 'greeting' },
    account: {
      ...{ type: 'collect', name: 'account', prompts: ['menu'], again: ['wrong-key'], least: 4, most: 11 },
      ...{ terminator: '#', pattern: '1[3-9][0-9]{9}|[0-9]{4,6}', tries: 2, patienceMs: 5_000, betweenMs: 3_000 },
      ...{ next: 'ask', otherwise: 'to-operator' },
    },
    ask: {
      ...{ type: 'lookup', system: 'billing', method: 'POST', path: '/bills', send: { account: 'account' } },
      ...{
        take: { balance: 'answer.balance', due: 'answer.bills.exists(b, b.due)' },
        prompts: ['no-key'],
        timeoutMs: 3_000,
        next: 'tell',
        otherwise: 'to-operator',
      },
    },
    tell: {
      ...{ type: 'say', as: 'money', value: 'balance', before: ['greeting'], after: [], next: 'count' },
      ...{ otherwise: 'to-operator' },
    },
    count: { type: 'set', values: { tries: '1 + 1', many: 'tries > 1 && due' }, next: 'which' },
    which: {
      type: 'branch',
      cases: [
        { when: 'many', next: 'rating' },
        { when: 'account.startsWith("13")', next: 'to-operator' },
      ],
      otherwise: 'rating',
    },
    rating: { ...(SURVEY.nodes.rating as object), next: 'why', otherwise: 'end' } as Flow['nodes'][string],
    why: {
      ...{ type: 'comment', name: 'why', prompts: ['survey-comment'], again: ['survey-comment-again'], tries: 2 },
      ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 3_000, next: 'end', otherwise: 'end' },
    },
    through: { type: 'flow', flow: 'returning', next: 'to-operator' },
    help: { type: 'flow', flow: 'help', next: 'greeting' },
    'to-operator': { type: 'play', prompts: ['to-operator'], next: 'operator' },
    operator: { type: 'queue', queue: 'operator' },
    end: { type: 'hangup' },
  },
}

export const OTHERS = new Map([RETURNING, HELP, SURVEY].map(flow => [flow.id, flow]))

export const known: Known = {
  prompts: { zh: new Set(PROMPTS), en: new Set(PROMPTS) },
  queues: new Set(QUEUES),
  calendars: new Set(['office']),
  systems: new Set(['billing']),
  flows: OTHERS,
  expressionFault,
  neverDialled: () => undefined,
}
