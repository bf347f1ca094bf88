import { KEPT, type Language, type Prompt } from './flow.ts'

/** Sentences put together from recorded fragments. Each returns prompt keys of `sounds/catalogue.json`, in order. */

/** An agent id is read digit by digit. */
export const digits = (id: string): Prompt[] => [...id].filter(d => /\d/.test(d)).map(d => `digit/${d}`)

/** 「8001号客服代表为您服务」 / "Agent 8 0 0 1 is at your service". */
export function agentServes(agent: string, language: Language): Prompt[] {
  const before = language === 'en' ? ['agent-serves-before'] : []
  return [...before, ...digits(agent), 'agent-serves-after']
}

/** What the agent hears before the caller: the queue's name, or a plain "new call". */
export const queueName = (queue: string, named: readonly string[]): Prompt[] => [
  named.includes(queue) ? `queue/${queue}` : 'queue/call',
]

/** What an agent hears of a callback before they take it: whose it is, what was spoken (a file below the recordings), and the keys. */
export const callbackOffer = (
  queue: string,
  named: readonly string[],
  messages: readonly { file: string }[],
  isFirst: boolean,
): Prompt[] => [
  ...(isFirst ? ['callback-offer', ...(named.includes(queue) ? [`queue/${queue}`] : [])] : []),
  ...messages.map(({ file }) => KEPT + file),
  'callback-accept',
]

/** 「您前面还有 3 位客户在等待，您的等待时间预计不超过 2 分钟」. `ahead`: callers who come first; wait at most, ms, undefined if unknown. */
export const placeInLine = (ahead: number, waitMs: number | undefined): Prompt[] => [
  ...place(ahead),
  ...(waitMs === undefined ? [] : wait(waitMs)),
]

function place(ahead: number): Prompt[] {
  if (ahead === 0) return ['position-next']
  return ahead === 1 ? ['position-one'] : ['position-before', ...count(ahead), 'position-after']
}

function wait(waitMs: number): Prompt[] {
  if (waitMs < 60_000) return ['wait-less-than-a-minute']
  const minutes = Math.ceil(waitMs / 60_000)
  return minutes === 1 ? ['wait-one-minute'] : ['wait-before', ...count(minutes), 'wait-minutes']
}

/** So many of something: in Mandarin just two of them are 两, not 二. */
export const count = (n: number): Prompt[] => (n === 2 ? ['number/pair'] : number(Math.min(n, HIGHEST)))

const HIGHEST = 999

/**
 * A whole number from 0 to 999 in fragments, the same for both languages: each hundred is one recording, and so is what
 * follows it up to 19, because there Mandarin says 零五 and 一十五.
 */
export function number(n: number): Prompt[] {
  if (n <= 20) return [`number/${n}`]
  const [hundreds, tens, ones] = [n - (n % 100), (n % 100) - (n % 10), n % 10]
  if (hundreds === 0) return ones === 0 ? [`number/${tens}`] : [`number/${tens}`, `number/${ones}`]
  const rest = n % 100
  if (rest === 0) return [`number/${hundreds}`]
  return [`number/${hundreds}`, ...(rest < 20 ? [`number/and/${rest}`] : number(rest))]
}
