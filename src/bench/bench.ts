import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../config.ts'
import { Ground } from './ground.ts'
import { type Highest, highest } from './highest.ts'
import { type MemoryOverTime, memory } from './memory.ts'
import { type Extent, type Line, rates, sizes, waiting } from './series.ts'
import { tableOf } from './table.ts'
import { type Talks, talks } from './talks.ts'
import { type Turns, turns } from './turns.ts'

export type BenchOptions = {
  /** Two or three minutes: to see that all is well, not to believe the figures. */
  quick: boolean
  /** Nothing but an hour of calls, for the memory. */
  hour: boolean
  /** Only these series. */
  only?: readonly string[]
  /** Where the bench keeps its things, and the first of its ports. */
  folder?: string
  ports?: string
  /** For the service's Node, such as --cpu-prof. */
  node?: readonly string[]
}

export type Figures = {
  startedAt: string
  machine: string
  lines: Line[]
  turns: Turns[]
  talks: Talks[]
  highest: Highest[]
  memory: MemoryOverTime | null
}

export const SERIES = ['rates', 'sizes', 'waiting', 'turns', 'talks', 'highest', 'memory'] as const

const FULL: Extent = { rounds: 3, seconds: 15, talkSeconds: 30, memoryMinutes: 5, quick: false }
const QUICK: Extent = { rounds: 1, seconds: 5, talkSeconds: 8, memoryMinutes: 1, quick: true }

const home = fileURLToPath(new URL('../..', import.meta.url))

/** An Asterisk, a Postgres and a folder of the bench's own, whatever the environment names for a hotline in earnest. */
function configOf({ folder = 'var/bench', ports = '19000' }: BenchOptions): Config {
  const sounds = join(resolve(home, folder), 'sounds')
  const { HOTLINE_CACHE } = process.env
  const own = { HOTLINE_FOLDER: folder, HOTLINE_PORTS: ports, HOTLINE_SOUNDS: sounds, HOTLINE_LOG: 'warn' }
  return readConfig({ HOTLINE_CACHE, ...own }, home)
}

/** Measures, prints, and writes the figures down. Resolves with the exit code: 1 where a call of Hotline's failed at up to 50/s. */
export async function bench(options: BenchOptions): Promise<number> {
  const say = (line: string): void => console.error(line)
  const config = configOf(options)
  const ground = await Ground.open(config, join(home, 'sounds'), say)
  const end = (): void => void ground.close().then(() => process.exit(130))
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    ground.nodeOptions = [...(options.node ?? [])]
    const figures = await measureAll(ground, options, say)
    const path = join(config.folder, 'results', `${figures.startedAt.replace(/[:.]/g, '-')}.json`)
    await mkdir(join(config.folder, 'results'), { recursive: true })
    await writeFile(path, `${JSON.stringify(figures, null, 1)}\n`)
    console.log(`${figures.startedAt}, ${figures.machine}\n\n${tableOf(figures)}\n\nWritten to ${path}.`)
    return figures.lines.some(({ way, perSecond, failed }) => way === 'hotline' && perSecond <= 50 && failed > 0)
      ? 1
      : 0
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
    await ground.close()
  }
}

async function measureAll(ground: Ground, options: BenchOptions, say: (line: string) => void): Promise<Figures> {
  const extent = options.quick ? QUICK : FULL
  const wanted = options.hour ? ['memory'] : (options.only ?? SERIES)
  const when = async <T>(name: (typeof SERIES)[number], otherwise: T, measure: () => Promise<T>): Promise<T> => {
    if (!wanted.includes(name)) return otherwise
    say(`Measuring: ${name} …`)
    return measure()
  }
  const tell = (line: Line): void =>
    say(
      `  ${line.way}, ${line.agents} agents, ${line.perSecond}/s: p95 ${line.ringP95.toFixed(1)} ms, CPU ${line.cpuTotal.toFixed(1)} ms, ${line.failed} failed`,
    )
  return {
    startedAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
    lines: [
      ...(await when('rates', [], () => rates(ground, extent, tell))),
      ...(await when('sizes', [], () => sizes(ground, extent, tell))),
      ...(await when('waiting', [], () => waiting(ground, extent, tell))),
    ],
    turns: await when('turns', [], () => turns(ground, extent)),
    talks: await when('talks', [], () => talks(ground, extent)),
    highest: await when('highest', [], () => highest(ground, extent)),
    memory: await when('memory', null, () => memory(ground, options.hour ? 60 : extent.memoryMinutes)),
  }
}
