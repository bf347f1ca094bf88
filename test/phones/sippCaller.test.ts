import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSipp } from '../../src/bench/sipp.ts'
import { CODECS } from '../../src/softphone/g711.ts'
import { sine } from '../../src/softphone/tone.ts'
import { BASE_BESIDE } from '../ports.ts'
import { channelsOf } from './tape.ts'
import { NUMBER, VOICES, World } from './world.ts'

const FROM = '13900000001'

let world: World
let sipp: ChildProcess | undefined

beforeAll(async () => {
  world = await World.open()
})
afterAll(async () => {
  sipp?.kill('SIGKILL')
  await world?.close()
})

test('a SIPp caller gets through menu and queue by a key: waits, is connected, talks, hangs up, and is filed', async () => {
  const phone = await world.signedIn('8001')
  await world.dial(phone, '*4')
  await world.agentIs('8001', 'paused')
  const ring = phone.nextInvite({ withinMs: 60_000 })
  sipp = await sippCalls()
  const closed = once(sipp, 'close')
  await world.fact('Queued', { since: 0 })
  await world.dial(phone, '*3')

  const incoming = await ring
  expect(incoming.from).toContain(FROM)
  const agent = await incoming.answer()
  const connected = await world.fact('Connected', { since: 0 })
  await agent.heard.tone(VOICES.caller, { forMs: 3_000, withinMs: 30_000 })
  hangUp(sipp)
  await Promise.all([closed, agent.ended, world.quiet()])

  const told = world.facts.map(({ fact }) => fact)
  expect(told.filter(({ kind }) => kind === 'KeyPressed')).toMatchObject([{ key: '1' }])
  expect(told.filter(({ kind }) => kind === 'Queued')).toMatchObject([{ queue: 'sales', ahead: 0 }])
  expect(told.filter(({ kind }) => kind === 'AgentOffered')).toMatchObject([{ agent: '8001' }])
  expect(connected.agent).toBe('8001')

  const calls = await world.knex('calls')
  expect(calls).toMatchObject([
    { caller: FROM, outcome: 'answered', ended_by: 'caller', queue: 'sales', agent_id: '8001', rating: null },
  ])
  const [call] = calls
  expect(call.recording_faults).toEqual([])
  const { left, right } = await channelsOf(join(world.config.recordingsFolder, call.recording_file))
  expect(Math.abs(left.ms - (call.ended_at - call.answered_at))).toBeLessThan(500)
  const talkFrom = call.connected_at - call.answered_at + 300
  const talkMs = call.talk_ended_at - call.connected_at - 600
  expect(left.throughout(VOICES.caller, talkFrom, talkMs)).toBeGreaterThan(-20)
  expect(right.throughout(VOICES.agent, talkFrom, talkMs)).toBeGreaterThan(-20)
  expect(await world.leftInAsterisk()).toEqual([])
})

/** SIPp, a caller that others have made: presses 1, speaks with a caller's voice, and stays. */
async function sippCalls(): Promise<ChildProcess> {
  const { cacheFolder, folder, ports } = world.config
  const [file, ...words] = await findSipp(cacheFolder, () => {})
  const voice = join(folder, 'voice.alaw')
  await writeFile(voice, CODECS.PCMA.encode(sine(VOICES.caller)))
  const scenario = fileURLToPath(new URL('menuCaller.xml', import.meta.url))
  const call = [`127.0.0.1:${ports.sip}`, '-sf', scenario, '-m', '1', '-key', 'number', NUMBER, '-key', 'voice', voice]
  const own = ['-i', '127.0.0.1', '-p', String(BASE_BESIDE)]
  const sound = ['-min_rtp_port', String(BASE_BESIDE + 10), '-max_rtp_port', String(BASE_BESIDE + 99)]
  return spawn(file, [...words, ...call, ...own, ...sound, '-nostdin'], { cwd: folder, stdio: 'ignore' })
}

/** By this signal SIPp ends the calls that it has: it sends their BYE. */
const hangUp = (caller: ChildProcess): boolean => caller.kill('SIGUSR1')
