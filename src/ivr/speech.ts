import type { Language, Prompt } from './flow.ts'

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

/** 「您前面还有 3 位客户在等待，预计等待时间约 2 分钟」. `ahead`: callers who come first; wait in ms, undefined if unknown. */
export function placeInLine(ahead: number, waitMs: number | undefined, language: Language): Prompt[] {
  const place =
    ahead === 0 ? ['position-next'] : ['position-before', ...number(Math.min(ahead, 999), language, true), 'position-after']
  if (waitMs === undefined) return place
  if (waitMs < 60_000) return [...place, 'wait-less-than-a-minute']
  const minutes = Math.min(Math.ceil(waitMs / 60_000), 999)
  return [...place, 'wait-before', ...number(minutes, language, true), 'wait-minutes']
}

/**
 * A whole number from 0 to 999 in fragments. In Mandarin a thing counted is 两 where the number is just two, and 一十 is
 * said after a hundred (一百一十), 零 fills an empty tens place (一百零五).
 */
export function number(n: number, language: Language, counting = false): Prompt[] {
  if (language === 'zh' && counting && n === 2) return ['number/liang']
  return language === 'zh' ? mandarin(n) : english(n)
}

function mandarin(n: number): Prompt[] {
  if (n <= 20) return [`number/${n}`]
  if (n < 100) return n % 10 === 0 ? [`number/${n}`] : [`number/${n - (n % 10)}`, `number/${n % 10}`]
  const rest = n % 100
  const hundreds = [`number/${Math.floor(n / 100)}`, 'number/100']
  if (rest === 0) return hundreds
  if (rest < 10) return [...hundreds, 'number/0', `number/${rest}`]
  if (rest < 20) return [...hundreds, 'number/1', 'number/10', ...(rest > 10 ? [`number/${rest % 10}`] : [])]
  return [...hundreds, ...mandarin(rest)]
}

function english(n: number): Prompt[] {
  if (n <= 20) return [`number/${n}`]
  if (n < 100) return n % 10 === 0 ? [`number/${n}`] : [`number/${n - (n % 10)}`, `number/${n % 10}`]
  const rest = n % 100
  return [`number/${Math.floor(n / 100)}`, 'number/100', ...(rest === 0 ? [] : english(rest))]
}
