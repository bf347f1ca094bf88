import type { RateNode, Scale } from './flow.ts'

/** What keys mean on each scale. */
const SCORES: Record<Scale, ReadonlyMap<string, number>> = {
  '1-5': numbers(1, 5),
  nps: numbers(0, 10),
  'yes-no': new Map([
    ['1', 1],
    ['2', 0],
  ]),
}

/** How long another key is waited for where it would change the answer, ms. */
export const NEXT_KEY_MS = 2_000

/** What was pressed, on the scale of the question; undefined: nothing. */
export const scoreOf = (node: RateNode, keyed: string): number | undefined => SCORES[scaleOf(node)].get(keyed)

/** It may be the beginning of another answer: from 0 to 10, that of 1 is also that of 10. */
export const mayGoOn = (node: RateNode, keyed: string): boolean =>
  [...SCORES[scaleOf(node)].keys()].some(keys => keys.length > keyed.length && keys.startsWith(keyed))

/** The least and the most that can be answered. */
export function rangeOf(node: RateNode): { least: number; most: number } {
  const scores = [...SCORES[scaleOf(node)].values()]
  return { least: Math.min(...scores), most: Math.max(...scores) }
}

/** A survey that was published before scales had names asks for 1 to 5. */
export const scaleOf = ({ scale = '1-5' }: Partial<RateNode>): Scale => scale

function numbers(from: number, to: number): Map<string, number> {
  return new Map(Array.from({ length: to - from + 1 }, (_, i) => [String(from + i), from + i]))
}
