import type { Figures } from './bench.ts'
import type { Way } from './ground.ts'
import type { Line } from './series.ts'

export type Target = { sentence: string; is: string; met: boolean | null }

const ms = (value: number): string => `${value.toFixed(1)} ms`
const more = (value: number, than: number): number => (value / than - 1) * 100

/** What was promised, and whether it is so; null where it was not measured. */
export function targets({ lines, turns, talks, keys, published, control }: Figures): Target[] {
  const at = (series: string, way: Way, fits: (line: Line) => boolean): Line | undefined =>
    lines.find(line => line.series === series && line.way === way && fits(line))
  const fifty = at('rates', 'hotline', line => line.perSecond === 50)
  const dial = at('rates', 'dial', line => line.perSecond === 50)
  const size = (agents: number) => at('sizes', 'hotline', line => line.agents === agents)
  const waiting = (count: number) => at('waiting', 'hotline', line => line.waiting === count)
  const turn = turns.find(({ way }) => way === 'hotline')
  const key = keys.find(({ way, perSecond }) => way === 'hotline' && perSecond === 50)
  const held = control.find(({ way }) => way === 'hotline')
  const talk = (way: Way) => talks.find(found => found.way === way)
  return [
    judged('free agent → next phone rings ≤ 30 ms (p95)', turn, it => [it.p95, 30]),
    judged('caller → ringing ≤ 30 ms above Dial() (p95, 50 calls/s)', fifty && dial, () => [
      fifty!.ringP95 - dial!.ringP95,
      30,
    ]),
    judged('key → next prompt ≤ 100 ms (p95, 50 calls/s)', key, it => [it.p95, 100]),
    judged('act → phone reacts ≤ 50 ms (p95, 50 calls/s)', held, it => [it.p95, 50]),
    judged('published → next call hears it ≤ 1 s', published ?? undefined, it => [it.longest, 1_000]),
    judged(
      'no failed call at 50 calls/s',
      fifty,
      it => [it.failed, 0],
      it => `${it.failed} of ${it.calls}`,
    ),
    judged('CPU a call of all three ≤ 20 ms (50 calls/s)', fifty, it => [it.cpuTotal, 20]),
    judged(
      'CPU a call with 1,000 agents ≤ 10 % above 10',
      size(10) && size(1_000),
      () => [more(size(1_000)!.cpuTotal, size(10)!.cpuTotal), 10],
      percent,
    ),
    judged(
      'CPU a call with 300 waiting ≤ 10 % above none',
      waiting(0) && waiting(300),
      // Of calls that failed for want of CPU, what they took of it says nothing.
      () => (waiting(300)!.failed > 0 ? 'calls failed' : [more(waiting(300)!.cpuTotal, waiting(0)!.cpuTotal), 10]),
      percent,
    ),
    judged(
      '100 recorded talks ≤ 10 % above Dial() + MixMonitor',
      talk('record') && talk('hotline'),
      () => [more(talk('hotline')!.percent, talk('record')!.percent), 10],
      percent,
    ),
  ]
}

const percent = (_: unknown, value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(1)} %`

function judged<T>(
  sentence: string,
  measured: T | undefined,
  of: (it: T) => [value: number, atMost: number] | string,
  said: (it: T, value: number) => string = (_, value) => ms(value),
): Target {
  if (measured === undefined) return { sentence, is: 'not measured', met: null }
  const found = of(measured)
  if (typeof found === 'string') return { sentence, is: found, met: false }
  const [value, atMost] = found
  return { sentence, is: said(measured, value), met: value <= atMost }
}
