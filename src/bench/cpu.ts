import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of CPU. */
export type Cpu = { asterisk: number; node: number; postgres: number }

export const NO_CPU: Cpu = { asterisk: 0, node: 0, postgres: 0 }

export const total = ({ asterisk, node, postgres }: Cpu): number => asterisk + node + postgres

/** Part by part: `combine` is given the same part of both. */
export const both = (one: Cpu, other: Cpu, combine: (a: number, b: number) => number): Cpu => ({
  asterisk: combine(one.asterisk, other.asterisk),
  node: combine(one.node, other.node),
  postgres: combine(one.postgres, other.postgres),
})

export const minus = (one: Cpu, other: Cpu): Cpu => both(one, other, (a, b) => a - b)
export const plus = (one: Cpu, other: Cpu): Cpu => both(one, other, (a, b) => a + b)
export const times = (one: Cpu, factor: number): Cpu => both(one, one, a => a * factor)

/** The kernel counts in hundredths of a second, on every Linux that Node runs on. */
const TICK_MS = 10

type Program = { parent: number; own: number; reaped: number }

/**
 * What a program and all that it started have used since they began. A child that ends adds its time to its parent's
 * `reaped`, so nothing is lost between two looks.
 */
export function cpuMs(root: number | undefined): number {
  if (root === undefined) return 0
  const programs = new Map<number, Program>()
  for (const name of readdirSync('/proc')) {
    const program = /^\d+$/.test(name) ? read(name) : undefined
    if (program) programs.set(Number(name), program)
  }
  const inTree = (pid: number): boolean => pid === root || (pid > 1 && inTree(programs.get(pid)?.parent ?? 0))
  let ticks = 0
  for (const [pid, { own, reaped }] of programs) if (inTree(pid)) ticks += own + reaped
  return ticks * TICK_MS
}

/** See proc(5): the fields of /proc/PID/stat after the name, which may hold anything. */
function read(pid: string): Program | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const number = (at: number): number => Number(fields[at - 3])
    return { parent: number(4), own: number(14) + number(15), reaped: number(16) + number(17) }
  } catch {
    return undefined // It has ended meanwhile.
  }
}
