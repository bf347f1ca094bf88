import { type Flow, HOTLINE, type MenuNode, type RateNode, SURVEY, type VoicemailNode } from '../../src/ivr/flow.ts'

/** What callers of the stories meet: the hotline, with a customer system behind key 5 and messages behind 6, a survey with a comment, and a flow for whom a line sends on. */
const menu = HOTLINE.nodes.menu as MenuNode

const VOICEMAIL: Omit<VoicemailNode, 'next' | 'otherwise'> = {
  ...{ type: 'voicemail', queue: 'sales', prompts: ['leave-message'], again: ['message-empty'] },
  ...{ review: ['message-review'], tries: 2, patienceMs: 5_000 },
  ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000 },
}

export const STORY_FLOWS: Flow[] = [
  {
    ...HOTLINE,
    nodes: {
      ...HOTLINE.nodes,
      'call-back': { type: 'callback', queue: 'sales', next: 'end', otherwise: 'to-operator' },
      menu: { ...menu, keys: { ...menu.keys, 5: 'balance', 6: 'voicemail', 4: 'through', 7: 'call-back' } },
      through: {
        ...{ type: 'transfer-out', number: '"021-62345678"', prompts: ['one-moment'], meanwhile: 'ringing' },
        ...{ ringMs: 20_000, busy: 'to-operator', noAnswer: 'voicemail', refused: 'end' },
      },
      voicemail: { ...VOICEMAIL, next: 'end', otherwise: 'to-operator' },
      balance: {
        ...{ type: 'lookup', system: 'billing', method: 'GET', path: '/balance', send: { number: 'caller' } },
        ...{ take: { balance: 'answer.balance' }, prompts: ['one-moment'], timeoutMs: 3_000 },
        ...{ next: 'tell', otherwise: 'to-operator' },
      },
      tell: {
        type: 'say',
        as: 'money',
        value: 'balance',
        before: [],
        after: [],
        next: 'end',
        otherwise: 'to-operator',
      },
      end: { type: 'hangup' },
    },
  },
  {
    id: 'story-survey',
    start: 'recommend',
    nodes: {
      recommend: {
        ...{ type: 'rate', name: 'recommend', scale: 'nps', lowAtOrUnder: 6 },
        ...{ prompts: ['survey-nps'], again: ['survey-nps-again'], tries: 2, patienceMs: 6_000 },
        ...{ next: 'how', otherwise: 'why' },
      },
      how: { type: 'branch', cases: [{ when: 'recommend > 8', next: 'why' }], otherwise: 'rating' },
      rating: { ...(SURVEY.nodes.rating as RateNode), next: 'why', otherwise: 'end' },
      why: {
        ...{ type: 'comment', name: 'why', prompts: ['survey-comment'], again: ['survey-comment-again'], tries: 2 },
        ...{ leastMs: 1_000, mostMs: 60_000, silenceMs: 5_000, next: 'thanks', otherwise: 'end' },
      },
      thanks: { type: 'play', prompts: ['survey-thanks'], next: 'end' },
      end: { type: 'hangup' },
    },
  },
  {
    id: 'sorry',
    start: 'sorry',
    nodes: {
      sorry: { type: 'play', prompts: ['all-agents-away'], next: 'voicemail' },
      voicemail: { ...VOICEMAIL, next: 'end', otherwise: 'end' },
      end: { type: 'hangup' },
    },
  },
]
