import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'
import { median, quantile } from './figures.ts'
import type { Ground } from './ground.ts'
import { rush } from './rush.ts'
import type { Extent } from './series.ts'

export type EventsHeard = {
  /** Asterisk's own event socket, with calls by Dial(), or Hotline's stream. */
  way: 'dial' | 'hotline'
  listeners: number
  /** So many each of them was to hear, and how many of all were not heard within the patience, or out of order. */
  events: number
  missed: number
  disordered: number
  /** From what happened until one listener has it, ms. */
  p50: number
  p95: number
  failed: number
}

const AGENTS = 200
const PER_SECOND = 50
const CALL_MS = 1_000
const LISTENERS = [1, 100, 1_000]
/** More applications of their own, each told of everything, Asterisk does not bear: with 100 it does not answer any more. */
const MOST_OF_ARI = 1
/** So many of them are looked at event by event; of the others it is counted what they hear. */
const READ = 10
const PATIENCE_MS = 30_000

/** At 50 calls a second: how soon does who listens hear of it, and do they all hear all? */
export async function events(ground: Ground, { seconds, quick }: Extent): Promise<EventsHeard[]> {
  const lines: EventsHeard[] = []
  for (const listeners of LISTENERS) {
    if (listeners <= MOST_OF_ARI) lines.push(await heardOf('dial', ground, listeners, seconds))
    if (!quick || listeners !== 100) lines.push(await heardOf('hotline', ground, listeners, seconds))
  }
  return lines
}

async function heardOf(way: 'dial' | 'hotline', ground: Ground, listeners: number, seconds: number) {
  await ground.prepare(way, AGENTS)
  const all = Array.from({ length: listeners }, (_, i) => (way === 'dial' ? ofAri : ofHotline)(ground, i))
  await Promise.all(all.map(({ there }) => there))
  const before = all.map(({ heard }) => heard())
  const made = await rush(ground, {
    way,
    agents: AGENTS,
    perSecond: PER_SECOND,
    calls: PER_SECOND * seconds,
    callMs: CALL_MS,
  })
  const told = (): number[] => all.map(({ heard }, i) => heard() - before[i]!)
  const expected = await settled(told)
  const waits = all.slice(0, READ).flatMap(({ waits }) => waits)
  for (const { close } of all) close()
  return {
    ...{ way, listeners, events: expected, failed: made.failed },
    missed: told().reduce((sum, count) => sum + (expected - count), 0),
    disordered: all.reduce((sum, { disordered }) => sum + disordered(), 0),
    ...{ p50: median(waits), p95: quantile(waits, 0.95) },
  }
}

/** Resolves, when nobody hears more, with the most that anybody has heard. */
async function settled(told: () => number[]): Promise<number> {
  const deadline = Date.now() + PATIENCE_MS
  for (let last = -1; Date.now() < deadline; ) {
    const sum = told().reduce((one, other) => one + other, 0)
    if (sum === last) break
    last = sum
    await pause(2_000)
  }
  return Math.max(...told())
}

type Listener = {
  there: Promise<unknown>
  waits: number[]
  heard: () => number
  disordered: () => number
  close: () => void
}

function ofHotline(ground: Ground, index: number): Listener {
  const waits: number[] = []
  let heard = 0
  let disordered = 0
  let last = 0
  let rest = ''
  const read = (text: string): void => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop()!
    const now = Date.now()
    for (const block of blocks) {
      const [, id, at] = /^id: (\d+)\ndata: .*?"at":"([^"]+)"/.exec(block) ?? []
      if (!id) continue
      heard += 1
      if (Number(id) <= last) disordered += 1
      last = Number(id)
      waits.push(now - Date.parse(at!))
    }
  }
  const { port, key } = ground.api
  const asked = get({ host: '127.0.0.1', port, path: '/api/events', headers: { 'x-api-key': key }, agent: false })
  const there = new Promise((done, failed) => {
    asked.on('error', failed).on('response', response => {
      response.on('error', () => {})
      if (index < READ) response.setEncoding('utf8').on('data', read)
      else
        response.on(
          'data',
          counter(() => (heard += 1)),
        )
      done(null)
    })
  })
  return { there, waits, heard: () => heard, disordered: () => disordered, close: () => asked.destroy() }
}

const MARK = Buffer.from('"version"')

/** Calls once for each event, also for one whose mark comes in two parts. */
function counter(one: () => void): (chunk: Buffer) => void {
  let tail = Buffer.alloc(0)
  return chunk => {
    const all = Buffer.concat([tail, chunk])
    for (let at = all.indexOf(MARK); at >= 0; at = all.indexOf(MARK, at + MARK.length)) one()
    tail = all.subarray(Math.max(0, all.length - MARK.length + 1))
  }
}

function ofAri(ground: Ground, index: number): Listener {
  const waits: number[] = []
  let heard = 0
  const socket = new WebSocket(ground.eventSocket(`bench${index}`))
  socket.on('message', message => {
    heard += 1
    if (index >= READ) return
    const { timestamp } = JSON.parse(String(message)) as { timestamp?: string }
    if (timestamp) waits.push(Date.now() - Date.parse(timestamp))
  })
  const there = new Promise((done, failed) => socket.on('open', done).on('error', failed))
  return { there, waits, heard: () => heard, disordered: () => 0, close: () => socket.close() }
}
