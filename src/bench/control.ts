import { setTimeout as pause } from 'node:timers/promises'
import type { Dialog } from '../softphone/dialog.ts'
import { Softphone } from '../softphone/softphone.ts'
import { loudness } from '../softphone/tone.ts'
import { median, quantile } from './figures.ts'
import type { Ground, Way } from './ground.ts'
import type { Extent } from './series.ts'

export type Control = {
  way: Way
  perSecond: number
  /** How many were put on hold, and how many of them then heard nothing. */
  held: number
  failed: number
  /** From the request to the first sound of the music, ms. */
  p50: number
  p95: number
}

/** One in so many callers is a phone of ours, that listens. */
const PROBES = 10
const PER_SECOND = 50
const AGENTS = 400
const CALL_MS = 3_000
const PATIENCE_MS = 3_000
/** Music, however softly it begins. */
const SOUND = -50

/** A caller is put on hold by a request: how soon do they hear the music? Beside a Redirect by AMI to MusicOnHold(). */
export async function control(ground: Ground, { rounds, seconds }: Extent): Promise<Control[]> {
  const found: Control[] = []
  for (const way of ['record', 'hotline'] as const) {
    const waits: number[] = []
    for (let round = 0; round < rounds; round++) {
      await ground.prepare(way, AGENTS)
      waits.push(...(await holding(ground, way, seconds)))
    }
    const heard = waits.filter(Number.isFinite)
    const failed = waits.length - heard.length
    found.push({
      way,
      perSecond: PER_SECOND,
      held: waits.length,
      failed,
      p50: median(heard),
      p95: quantile(heard, 0.95),
    })
  }
  return found
}

/** What each of our phones waited; infinity where nothing came. */
async function holding(ground: Ground, way: Way, seconds: number): Promise<number[]> {
  const { sipp, ports } = ground
  const agents = await sipp.phones('agent', ports.agents)
  const dialled = ground.dialled(way, AGENTS)
  const calls = PER_SECOND * seconds
  const probes = calls / PROBES
  const others = calls - probes
  const load = { scenario: 'caller', port: ports.callers, dialled, callMs: CALL_MS } as const
  const rest = sipp.call({ ...load, perSecond: others / seconds, calls: others })
  const waits: Promise<number>[] = []
  for (let i = 0; i < probes; i++) {
    waits.push(probe(ground, way, dialled[i % dialled.length]!, `1370000${String(i).padStart(4, '0')}`))
    await pause((seconds * 1_000) / probes)
  }
  const all = await Promise.all(waits)
  await rest
  await agents.stop()
  return all
}

async function probe(ground: Ground, way: Way, dialled: string, user: string): Promise<number> {
  const phone = await Softphone.open({ server: { host: '127.0.0.1', port: ground.config.ports.sip }, user })
  try {
    const dialog = await phone.invite(dialled).answered
    const channel = await ground.channelOf(user)
    // Agents send no sound, so that what is heard is the music.
    await pause(CALL_MS / 3)
    const sound = firstSound(dialog)
    const askedAt = performance.now()
    await (way === 'hotline' ? ground.ask('POST', `/api/calls/${channel.id}/hold-call`) : ground.redirect(channel.name))
    return (await sound) - askedAt
  } catch {
    // Refused, or not heard: what is counted is that it failed.
    return Number.POSITIVE_INFINITY
  } finally {
    await phone.close()
  }
}

/** When the first packet with a sound came. Rejects where none comes in time. */
function firstSound(dialog: Dialog): Promise<number> {
  return new Promise((heard, failed) => {
    const deadline = setTimeout(() => {
      untap()
      failed(new Error('nothing was heard'))
    }, PATIENCE_MS)
    const untap = dialog.heard.tap(pcm => {
      if (loudness(pcm) < SOUND) return
      clearTimeout(deadline)
      untap()
      heard(performance.now())
    })
  })
}
