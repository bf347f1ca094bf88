import type { Figures } from './bench.ts'
import type { Line } from './series.ts'
import { targets } from './targets.ts'

const WAYS = {
  dial: 'Dial()',
  record: 'Dial() + MixMonitor',
  queue: 'app_queue',
  recordqueue: 'app_queue + MixMonitor',
  background: 'Background() + MixMonitor',
  hotline: 'Hotline',
} as const

const one = (value: number): string => value.toFixed(1)

/** All that was measured, as text. */
export function tableOf(figures: Figures): string {
  const { lines, turns, talks, highest, memory, keys, published, control } = figures
  return [
    lines.length > 0 && rows(HEAD, lines.map(rowOf)),
    turns.length > 0 &&
      rows(
        ['agent free → next rings', 'turns', 'failed', 'p50 ms', 'p95 ms', 'CPU ms a call'],
        turns.map(turn => [WAYS[turn.way], turn.turns, turn.failed, one(turn.p50), one(turn.p95), one(turn.cpuTotal)]),
      ),
    talks.length > 0 &&
      rows(
        ['100 recorded talks', '% of a core', 'by round', 'CPU ms a call, whole', 'failed'],
        talks.map(talk => [
          WAYS[talk.way],
          one(talk.percent),
          talk.percentByRound.map(one).join(' '),
          one(talk.wholeMs),
          talk.failed,
        ]),
      ),
    highest.length > 0 &&
      rows(
        ['highest rate', 'calls/s without a failed call', 'first with one'],
        highest.map(found => [WAYS[found.way], found.perSecond, found.failedAt ?? 'none tried']),
      ),
    memory &&
      rows(
        ['memory of Node', 'calls', 'failed', 'heap at end MB', 'heap MB/h', 'RSS at end MB', 'RSS MB/h'],
        [
          [
            `${memory.minutes} min`,
            memory.calls,
            memory.failed,
            one(memory.samples.at(-1)?.heapMb ?? 0),
            one(memory.heapMbAnHour),
            one(memory.samples.at(-1)?.rssMb ?? 0),
            one(memory.rssMbAnHour),
          ],
        ],
      ),
    keys.length > 0 &&
      rows(
        ['key → next prompt', 'calls/s', 'pressed', 'failed', 'p50 ms', 'p95 ms'],
        keys.map(({ way, perSecond, pressed, failed, p50, p95 }) => [
          ...[WAYS[way], perSecond, pressed, failed],
          ...[one(p50), one(p95)],
        ]),
      ),
    published &&
      rows(
        ['published → next call hears it', 'p50 ms', 'p95 ms', 'longest'],
        [[`${published.times} times`, one(published.p50), one(published.p95), one(published.longest)]],
      ),
    control.length > 0 &&
      rows(
        ['hold → music', 'calls/s', 'held', 'failed', 'p50 ms', 'p95 ms'],
        control.map(({ way, perSecond, held, failed, p50, p95 }) => [
          ...[WAYS[way], perSecond, held, failed],
          ...[one(p50), one(p95)],
        ]),
      ),
    rows(
      ['target', 'measured', 'met'],
      targets(figures).map(({ sentence, is, met }) => [sentence, is, met === null ? '–' : met ? 'yes' : 'NO']),
    ),
    doubtsOf(figures),
  ]
    .filter(part => typeof part === 'string' && part !== '')
    .join('\n\n')
}

export const HEAD = [
  'series',
  'way',
  'agents',
  'calls/s',
  'waiting (% of a core)',
  'calls',
  'failed',
  'rings p50 ms',
  'p95 ms',
  'Asterisk',
  'Node',
  'Postgres',
  'CPU ms a call',
]

export const rowOf = (line: Line): (string | number)[] => [
  line.series,
  WAYS[line.way],
  line.agents,
  line.perSecond,
  line.waiting > 0 ? `${line.waiting} (${line.standingPercent.map(one).join(' ')})` : 0,
  line.calls,
  line.failed,
  one(line.ringP50),
  one(line.ringP95),
  one(line.cpu.asterisk),
  one(line.cpu.node),
  one(line.cpu.postgres),
  `${one(line.cpuTotal)} (${line.cpuByRound.map(one).join(' ')})`,
]

/** In the shape of Markdown, so that it can be pasted where it is to be read. */
function rows(head: readonly string[], body: readonly (readonly (string | number)[])[]): string {
  const all = [head, ...body].map(row => row.map(String))
  const widths = head.map((_, column) => Math.max(...all.map(row => row[column]!.length)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [line(all[0]!), `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...all.slice(1).map(line)].join(
    '\n',
  )
}

function doubtsOf({ lines, talks }: Figures): string {
  const doubts = [
    ...lines.map(line => ({ of: `${line.series}, ${line.agents} agents, ${line.perSecond}/s`, ...line })),
    ...talks.map(talk => ({ of: '100 talks', ...talk })),
  ]
  return doubts.flatMap(({ of, doubts }) => doubts.map(doubt => `! ${of}: ${doubt}`)).join('\n')
}
