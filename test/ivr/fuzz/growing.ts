import { type Flow, KINDS, MEANWHILE, type MenuNode, type Node, type RateNode, SCALES } from '../../../src/ivr/flow.ts'
import { waysOf } from '../../../src/ivr/ways.ts'
import type { Random } from '../../random.ts'
import { PROMPTS, QUEUES } from './centre.ts'

/** Flows that can be published, grown at random: ways that need no key lead only onwards, so nobody goes round in silence. */

const WORDS = ['account', 'balance', 'tries', 'vip', 'rating', 'constructor', 'x']
const LAST: Node[] = [{ type: 'hangup' }, { type: 'return' }, { type: 'hangup', outcome: 'closed' }]

export function aFlow(random: Random): Flow {
  const names = Array.from({ length: random.between(1, 12) }, (_, i) => (i === 3 ? 'constructor' : `n${i}`))
  const nodes = Object.fromEntries(names.map((name, i) => [name, aNode(random, names, names.slice(i + 1))]))
  return onlyReached({ id: 'fuzzed', start: names[0]!, nodes })
}

function aNode(random: Random, all: string[], later: string[]): Node {
  if (later.length === 0 || random.chance(0.05))
    return random.chance(0.5) ? random.pick(LAST) : { type: 'queue', queue: random.pick(QUEUES) }
  const on = () => random.pick(later)
  const prompts = (least = 0) => Array.from({ length: random.between(least, 3) }, () => random.pick(PROMPTS))
  const some = <T>(what: () => T) =>
    Object.fromEntries(Array.from({ length: random.upTo(4) }, () => [random.pick(WORDS), what()]))
  const asked = {
    ...{ prompts: prompts(1), again: prompts(1), tries: random.between(1, 3), patienceMs: 5_000 },
    ...{ name: random.pick(WORDS), otherwise: on() },
  }
  const grow: (() => Node)[] = [
    () => ({ type: 'play', prompts: prompts(1), next: on() }),
    () => ({
      ...{ type: 'say', as: random.pick(KINDS), value: anExpression(random), before: prompts(), after: prompts() },
      ...{ next: on(), otherwise: on() },
    }),
    () => aMenu(random, all, { ...asked, wrongKey: prompts(), noKey: prompts() }),
    () => aRating(random, all, asked),
    () => ({
      ...{ type: 'collect', ...asked, least: random.between(1, 4), most: random.between(4, 32), betweenMs: 500 },
      ...(random.chance(0.5) && { terminator: random.pick(['#', '*'] as const) }),
      ...(random.chance(0.5) && {
        pattern: random.pick(['[0-9]{0,32}[0-9]{0,32}1', '1?2?[3-9]{1,30}', '[0-9]{1,32}|1|', '#{0,32}']),
      }),
      next: random.pick(all),
    }),
    () => ({ type: 'set', values: some(() => anExpression(random)), next: on() }),
    () => ({
      type: 'branch',
      cases: Array.from({ length: random.between(1, 3) }, () => ({ when: anExpression(random), next: on() })),
      otherwise: on(),
    }),
    () => ({
      type: 'schedule',
      calendar: 'office',
      ...(random.chance(0.5) && { queue: 'sales' }),
      open: on(),
      closed: on(),
    }),
    () => ({
      ...{
        type: 'lookup',
        system: 'billing',
        method: random.pick(['GET', 'POST'] as const),
        path: '/a/b',
        timeoutMs: 100,
      },
      ...{
        send: some(() => anExpression(random)),
        take: some(() => anExpression(random, ANSWERED)),
        prompts: prompts(),
      },
      ...{ next: on(), otherwise: on() },
    }),
    () => {
      const { name: _, ...message } = { ...asked, review: prompts(1), queue: random.pick(QUEUES), next: on() }
      return { type: 'voicemail', ...message, leastMs: 1_000, mostMs: 60_000, silenceMs: 2_000 }
    },
    () => {
      const { patienceMs: _, ...comment } = { ...asked, next: on() }
      return { type: 'comment', ...comment, leastMs: 1_000, mostMs: 60_000, silenceMs: 2_000 }
    },
    () => ({
      type: 'callback',
      queue: random.pick(QUEUES),
      ...(random.chance(0.5) && { number: random.pick(WORDS) }),
      next: on(),
      otherwise: on(),
    }),
    () => ({
      ...{ type: 'transfer-out', number: anExpression(random), prompts: prompts(), ringMs: 5_000 },
      ...{ meanwhile: random.pick(MEANWHILE), busy: on(), noAnswer: on(), refused: on() },
    }),
    () => ({
      type: 'flow',
      flow: random.pick(['returning', 'help', 'survey']),
      ...(random.chance(0.7) && { next: on() }),
    }),
    () => ({ type: 'language', language: random.pick(['zh', 'en', 'other'] as const), next: on() }),
  ]
  return random.pick(grow)()
}

function aMenu(random: Random, all: string[], asked: Omit<MenuNode, 'type' | 'keys'> & object): Node {
  const keys = Array.from({ length: random.between(1, 5) }, () => [random.pick([...'0123456789*#']), random.pick(all)])
  const { name: _, again: __, ...menu } = asked as typeof asked & { name?: string; again?: string[] }
  return { ...menu, type: 'menu', keys: Object.fromEntries(keys) }
}

function aRating(random: Random, all: string[], asked: Omit<RateNode, 'type' | 'scale' | 'next'>): Node {
  const scale = random.pick(SCALES)
  const low = random.chance(0.5) && { lowAtOrUnder: scale === 'yes-no' ? 0 : 1 }
  return { type: 'rate', ...asked, scale, ...low, next: random.pick(all) }
}

const NUMBERS = ['0', '1', '-1', '12.5', '1e308', '9007199254740993', '0.1 + 0.2', 'size(account)', 'int(account)']
const TEXTS = [
  '"13"',
  '"💥"',
  '"2026-02-30"',
  '"09:05"',
  '"1".split("")[0]',
  'account',
  'language',
  'string(balance)',
  '"\\u0000"',
]
const TRUTHS = ['true', 'vip', 'account.startsWith("13")', 'tries > 1', '"1" in ["1", "2"]', 'account.size() == 4']
export const ANSWERED = [
  ...['answer', 'answer.balance', 'answer.order', 'answer.bills[0].due', 'answer.bills.exists(b, b.due > 1)'],
  ...['answer.bills.filter(b, has(b.due)).size()', 'answer.constructor', 'answer.name', 'answer.bills.all(b, b == b)'],
]

/** Of whatever makes sense or none: a type that does not fit is a fault that a caller survives. */
export function anExpression(random: Random, first: readonly string[] = WORDS): string {
  const small = () => random.pick(random.pick([NUMBERS, TEXTS, TRUTHS, WORDS]))
  const sign = random.pick([' + ', ' - ', ' * ', ' / ', ' % ', ' == ', ' > ', ' && ', ' || ', ' in '])
  const one = random.chance(0.5) ? random.pick(first) : small()
  if (random.chance(0.5)) return one
  if (random.chance(0.6)) return `(${one})${sign}(${small()})`
  return `(${small()}) ? (${small()}) : (${one})${sign}(${small()})`
}

/** What no way leads to would be refused. */
function onlyReached(flow: Flow): Flow {
  const reached = new Set([flow.start])
  for (const name of reached) for (const { to } of waysOf([name, flow.nodes[name]!])) reached.add(to)
  return { ...flow, nodes: Object.fromEntries([...reached].map(name => [name, flow.nodes[name]!])) }
}
