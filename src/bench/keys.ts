import { setTimeout as pause } from 'node:timers/promises'
import { publish } from '../database/flows.ts'
import type { Flow } from '../ivr/flow.ts'
import type { Dialog } from '../softphone/dialog.ts'
import { Softphone } from '../softphone/softphone.ts'
import { toneLevel } from '../softphone/tone.ts'
import { KEYS_NUMBER } from './centre.ts'
import { median, quantile } from './figures.ts'
import type { Ground, Way } from './ground.ts'
import type { Extent } from './series.ts'
import { ANSWER, OTHER_QUESTION, QUESTION } from './sounds.ts'

export type Keys = {
  way: Way
  perSecond: number
  /** How many pressed a key, and how many of them then heard nothing. */
  pressed: number
  failed: number
  /** From the end of the key to the first sound of the next prompt, ms. */
  p50: number
  p95: number
}

/** From the publishing of a flow until the first call that hears it is made, ms. */
export type Published = { times: number; p50: number; p95: number; longest: number }

/** One in so many callers is a phone of ours, that listens; the others are SIPp's, and press the same key. */
const PROBES = 10
const RATES = [5, 50]
/** Nobody needs them but the calls with which a service warms up. */
const AGENTS = 200
const CALL_MS = 1_500
const PATIENCE_MS = 3_000
const KEY_MS = 40
/** After its end a key is told of twice again, and then nothing is sent for a packet's time. */
const AFTER_KEY_MS = 60

/** A caller presses a key in a menu that is being spoken: how soon do they hear what follows? Beside Background() in the dialplan. */
export async function keys(ground: Ground, { rounds, seconds }: Extent): Promise<Keys[]> {
  const found: Keys[] = []
  for (const perSecond of RATES) {
    for (const way of ['background', 'hotline'] as const) {
      const waits: number[] = []
      for (let round = 0; round < rounds; round++) {
        await ground.prepare(way, AGENTS)
        if (way === 'hotline') await askBy(ground, QUESTION.prompt)
        waits.push(...(await pressing(ground, way, perSecond, seconds)))
      }
      const heard = waits.filter(Number.isFinite)
      const failed = waits.length - heard.length
      const figures = { p50: median(heard), p95: quantile(heard, 0.95) }
      found.push({ way, perSecond, pressed: waits.length, failed, ...figures })
    }
  }
  return found
}

/** What each of our phones waited; infinity where nothing came. */
async function pressing(ground: Ground, way: Way, perSecond: number, seconds: number): Promise<number[]> {
  const { sipp, ports } = ground
  const dialled = ground.menuNumber(way)
  const calls = perSecond * seconds
  const probes = Math.max(calls / PROBES, 2 * seconds)
  const others = calls - probes
  const load = { scenario: 'key-caller', port: ports.callers, dialled: [dialled], callMs: CALL_MS } as const
  const rest = others > 0 ? sipp.call({ ...load, perSecond: others / seconds, calls: others }) : Promise.resolve()
  const waits: Promise<number>[] = []
  for (let i = 0; i < probes; i++) {
    waits.push(probe(ground, dialled))
    await pause((seconds * 1_000) / probes)
  }
  const all = await Promise.all(waits)
  await rest
  return all
}

async function probe(ground: Ground, dialled: string): Promise<number> {
  const phone = await phoneOf(ground)
  try {
    const dialog = await phone.invite(dialled).answered
    await firstSound(dialog, QUESTION.hz)
    const sound = firstSound(dialog, ANSWER.hz)
    await dialog.press('1', { ms: KEY_MS, gapMs: 0 })
    const pressedAt = performance.now() - AFTER_KEY_MS
    return (await sound) - pressedAt
  } catch {
    // Refused, or not heard: what is counted is that it failed.
    return Number.POSITIVE_INFINITY
  } finally {
    await phone.close()
  }
}

const phoneOf = ({ config }: Ground): Promise<Softphone> =>
  Softphone.open({ server: { host: '127.0.0.1', port: config.ports.sip }, user: '13700000000' })

/** When the first packet with this tone came. Rejects where none comes in time. */
function firstSound(dialog: Dialog, hz: number): Promise<number> {
  return new Promise((heard, failed) => {
    const deadline = setTimeout(() => {
      untap()
      failed(new Error(`${hz} Hz were not heard`))
    }, PATIENCE_MS)
    const untap = dialog.heard.tap(pcm => {
      if (toneLevel(pcm, hz) < -30) return
      clearTimeout(deadline)
      untap()
      heard(performance.now())
    })
  })
}

const PUBLISHED_TIMES = 10
const NEXT_CALL_MS = 50

/** A flow is published, and call after call is made, until one hears it. */
export async function publishing(ground: Ground, { quick }: Extent): Promise<Published> {
  await ground.prepare('hotline', AGENTS)
  await askBy(ground, QUESTION.prompt)
  const waits: number[] = []
  const times = quick ? 3 : PUBLISHED_TIMES
  for (let i = 0; i < times; i++) {
    const { prompt, hz } = i % 2 === 0 ? OTHER_QUESTION : QUESTION
    await publish(ground.knex, menuOf(prompt))
    const since = performance.now()
    let calledAt = performance.now()
    while (!(await hears(ground, hz))) {
      await pause(NEXT_CALL_MS)
      calledAt = performance.now()
    }
    waits.push(calledAt - since)
  }
  return { times, p50: median(waits), p95: quantile(waits, 0.95), longest: Math.max(...waits) }
}

/** Which of the two questions a call that is made now is asked. */
async function hears(ground: Ground, hz: number): Promise<boolean> {
  const phone = await phoneOf(ground)
  try {
    const dialog = await phone.invite(KEYS_NUMBER).answered
    const either = [QUESTION.hz, OTHER_QUESTION.hz].map(async tone => {
      await firstSound(dialog, tone)
      return tone
    })
    // Before the first flow is there, neither.
    return (await Promise.any(either).catch(() => undefined)) === hz
  } finally {
    await phone.close()
  }
}

/** Resolves when callers are asked so. */
async function askBy(ground: Ground, prompt: string): Promise<void> {
  await publish(ground.knex, menuOf(prompt))
  while (!(await hears(ground, QUESTION.hz))) await pause(NEXT_CALL_MS)
}

const menuOf = (prompt: string): Flow => ({
  id: 'bench-keys',
  start: 'menu',
  nodes: {
    menu: {
      ...{ type: 'menu', prompts: [prompt], keys: { 1: 'told' }, wrongKey: [], noKey: [], tries: 1 },
      ...{ patienceMs: 5_000, otherwise: 'end' },
    },
    told: { type: 'play', prompts: [ANSWER.prompt], next: 'end' },
    end: { type: 'hangup' },
  },
})
