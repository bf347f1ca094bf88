import { type Interval, stamp } from '../report/interval.ts'

/** The same with every time, whose key is `at` or ends in `At`, written as the centre's clocks showed it. */
export type Stamped<T> = T extends readonly (infer Item)[]
  ? Stamped<Item>[]
  : T extends object
    ? { [K in keyof T]: K extends 'at' | `${string}At` ? Time<T[K]> : Stamped<T[K]> }
    : T
type Time<T> = T extends number ? string : T

export function stamped<T>(value: T, zone: string): Stamped<T> {
  if (Array.isArray(value)) return value.map(item => stamped(item, zone)) as Stamped<T>
  if (typeof value !== 'object' || value === null) return value as Stamped<T>
  // Key by key: to take it apart into pairs takes four times as long, and a board has thousands of rows.
  const written: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const held = (value as Record<string, unknown>)[key]
    written[key] = isTime(key, held) ? stamp(held, zone) : stamped(held, zone)
  }
  return written as Stamped<T>
}

const isTime = (key: string, held: unknown): held is number =>
  (key === 'at' || key.endsWith('At')) && typeof held === 'number'

/** Of what an answer tells. */
export const bounds = ({ from, to }: Interval, zone: string) => ({ from: stamp(from, zone), to: stamp(to, zone), zone })
