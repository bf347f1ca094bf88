import { aQueue } from '../call/given.ts'
import type { Random } from '../random.ts'

/**
 * A call centre after a published one: L. Brown, N. Gans, A. Mandelbaum, A. Sakov, H. Shen, S. Zeltyn, L. Zhao, "Statistical
 * Analysis of a Telephone Call Center: A Queueing-Science Perspective", JASA 100 (2005). Calls come as a Poisson process whose
 * rate changes over the day, and from day to day by a random factor (gamma: L. Brown, L. Zhao, H. Shen, A. Mandelbaum,
 * "Multifactor Poisson and Gamma-Poisson Models for Call Center Arrival Times", 2004); talks are log-normal, longer in busy hours.
 * Of that bank's 444,448 calls in 1999, 68 % were regular, 15 % from new customers, 9 % about stock, 5 % about the internet;
 * talks took 115 s in the median and 192 s in the mean; one in five hung up, about one for each 300 s of waiting. How kinds
 * differ from each other, the rates, agents, skills, shifts and rests are made up.
 */
export const KINDS = {
  regular: { share: 0.7, medianMs: 115_000, spread: 0.95 },
  new: { share: 0.15, medianMs: 75_000, spread: 0.95 },
  stock: { share: 0.09, medianMs: 175_000, spread: 1 },
  internet: { share: 0.06, medianMs: 230_000, spread: 1 },
} as const
export type Kind = keyof typeof KINDS

const S = 1_000
export const MINUTE = 60 * S
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
const HALF_HOUR = 30 * MINUTE

export const WRAP_UP_MS = 20 * S

export const QUEUES = {
  regular: aQueue('regular', { skills: { regular: 1 }, wrapUpMs: WRAP_UP_MS }),
  new: aQueue('new', { wrapUpMs: WRAP_UP_MS, skills: { new: 1 } }),
  stock: aQueue('stock', { wrapUpMs: WRAP_UP_MS, skills: { stock: 4 }, headStartMs: 60 * S }),
  internet: aQueue('internet', {
    wrapUpMs: WRAP_UP_MS,
    skills: { internet: 5 },
    relaxing: [{ afterMs: 45 * S, skills: { internet: 1 } }],
  }),
}
export const halfHourOf = (at: number): number => Math.floor((at % DAY) / HALF_HOUR)

/** Calls in each half hour of a middling day, from eight on; and the days of the week beside it. */
const BY_HALF_HOUR = [30, 45, 62, 75, 84, 88, 86, 80, 72, 66, 66, 72, 76, 76, 72, 68, 62, 56, 48, 42, 36, 32, 28, 24]
const BY_DAY = [1.15, 1.03, 1, 0.98, 0.97, 0.5, 0]
const AGENTS = 18
const SHIFTS = [8, 8, 8, 9, 9, 10, 10, 12, 12, 12]
/** After so many hours for so many minutes. */
const RESTS = [
  [1.7, 12],
  [3.8, 35],
  [6.2, 12],
] as const

const exponential = ({ next }: Random): number => -Math.log(1 - next())
const normal = (random: Random): number => Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * random.next())

/** When calls of a day come: the day's factor has a standard deviation of an eighth. */
export function arrivals(midnight: number, weekday: number, random: Random): number[] {
  const factor = Array.from({ length: 64 }, () => exponential(random)).reduce((sum, one) => sum + one, 0) / 64
  return BY_HALF_HOUR.flatMap((calls, i) => {
    const begin = midnight + 8 * HOUR + i * HALF_HOUR
    const meanMs = HALF_HOUR / (calls * factor * BY_DAY[weekday]!)
    const came: number[] = []
    for (let at = begin + exponential(random) * meanMs; at < begin + HALF_HOUR; at += exponential(random) * meanMs) {
      came.push(Math.round(at))
    }
    return came
  })
}

export function kindOf(random: Random): Kind {
  let left = random.next()
  for (const kind of Object.keys(KINDS) as Kind[]) {
    left -= KINDS[kind].share
    if (left < 0) return kind
  }
  return 'regular'
}

export const patienceMs = (random: Random): number => Math.round(exponential(random) * 300 * S)

export function talkMs(kind: Kind, at: number, random: Random): number {
  const { medianMs, spread } = KINDS[kind]
  const busier = 1 + 0.15 * Math.sin(((((at % DAY) / HOUR - 8) / 12) * 2 - 0.5) * Math.PI)
  return Math.max(5 * S, Math.round(medianMs * busier * Math.exp(spread * normal(random))))
}

export type Shift = {
  readonly agent: string
  readonly skills: Readonly<Record<string, number>>
  readonly from: number
  readonly to: number
  readonly rests: readonly { readonly from: number; readonly to: number }[]
}

/** Nobody is punctual. */
export function shifts(midnight: number, weekday: number, random: Random): Shift[] {
  const count = Math.ceil(AGENTS * Math.min(BY_DAY[weekday]!, 1))
  return Array.from({ length: count }, (_, i) => {
    const from = midnight + SHIFTS[i % SHIFTS.length]! * HOUR + random.about(3 * MINUTE)
    const rests = RESTS.map(([after, minutes]) => {
      const begins = Math.round(from + after * HOUR) + random.about(15 * MINUTE)
      return { from: begins, to: begins + minutes * MINUTE }
    })
    return { agent: `${8001 + i}`, skills: skillsOf(i), from, to: from + 8 * HOUR, rests }
  })
}

const skillsOf = (i: number): Record<string, number> => ({
  regular: 3 + (i % 3),
  ...(i % 2 === 0 && { new: 4 }),
  ...(i % 3 === 0 && { stock: 4 + (i % 4) }),
  ...(i % 3 === 1 && { internet: i % 2 === 0 ? 5 : 2 }),
})
