import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../config.ts'
import { type Control, control } from './control.ts'
import { Ground } from './ground.ts'
import { type Highest, highest } from './highest.ts'
import { type Keys, keys, type Published, publishing } from './keys.ts'
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
  keys: Keys[]
  published: Published | null
  control: Control[]
}

export const SERIES = ['rates', 'sizes', 'waiting', 'turns', 'talks', 'highest', 'memory', 'keys', 'control'] as const

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
    const startedAt = new Date().toISOString()
    const path = join(config.folder, 'results', `${startedAt.replace(/[:.]/g, '-')}.json`)
    await mkdir(join(config.folder, 'results'), { recursive: true })
    // After each series: an hour's figures are not lost by what goes wrong in its last minute.
    const keep = (figures: Figures): Promise<void> => writeFile(path, `${JSON.stringify(figures, null, 1)}\n`)
    const figures = await measureAll(ground, { ...options, startedAt, keep }, say)
    console.log(`${startedAt}, ${figures.machine}\n\n${tableOf(figures)}\n\nWritten to ${path}.`)
    return figures.lines.some(({ way, perSecond, failed }) => way === 'hotline' && perSecond <= 50 && failed > 0)
      ? 1
      : 0
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
    await ground.close()
  }
}

type Measuring = BenchOptions & { startedAt: string; keep: (figures: Figures) => Promise<void> }

async function measureAll(ground: Ground, options: Measuring, say: (line: string) => void): Promise<Figures> {
  const extent = options.quick ? QUICK : FULL
  const wanted = options.hour ? ['memory'] : (options.only ?? SERIES)
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`
  const figures: Figures = {
    ...{ startedAt: options.startedAt, machine },
    ...{ lines: [], turns: [], talks: [], highest: [], memory: null, keys: [], published: null, control: [] },
  }
  const tell = (line: Line): void =>
    say(
      `  ${line.way}, ${line.agents} agents, ${line.perSecond}/s: p95 ${line.ringP95.toFixed(1)} ms, CPU ${line.cpuTotal.toFixed(1)} ms, ${line.failed} failed`,
    )
  const measure: Record<(typeof SERIES)[number], () => Promise<void>> = {
    rates: async () => void figures.lines.push(...(await rates(ground, extent, tell))),
    sizes: async () => void figures.lines.push(...(await sizes(ground, extent, tell))),
    waiting: async () => void figures.lines.push(...(await waiting(ground, extent, tell))),
    turns: async () => void figures.turns.push(...(await turns(ground, extent))),
    talks: async () => void figures.talks.push(...(await talks(ground, extent))),
    highest: async () => void figures.highest.push(...(await highest(ground, extent))),
    memory: async () => {
      figures.memory = await memory(ground, options.hour ? 60 : extent.memoryMinutes)
    },
    keys: async () => {
      figures.keys.push(...(await keys(ground, extent)))
      figures.published = await publishing(ground, extent)
    },
    control: async () => void figures.control.push(...(await control(ground, extent))),
  }
  for (const series of SERIES.filter(name => wanted.includes(name))) {
    say(`Measuring: ${series} …`)
    await measure[series]()
    await options.keep(figures)
  }
  return figures
}
