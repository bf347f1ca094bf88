import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { Softphone } from '../../src/softphone/softphone.ts'
import { samplesIn, toneLevel } from '../../src/softphone/tone.ts'
import { BASE, BASE_BESIDE } from '../ports.ts'
import { BARESIP_HZ, Baresip } from './baresip.ts'
import { channelsOf } from './tape.ts'

/**
 * Phones that others have made, at a hotline as `npm start` starts it: what is known of it is what it prints, what its phones
 * hear, and what its API tells.
 */

const AGENT = '8001'
const VOICE = 440
const home = fileURLToPath(new URL('../..', import.meta.url))
const quiet = (): void => {}
const ANNOUNCED = 'Hears digit/8 digit/0 digit/0 digit/1 agent-serves-after'

type Call = {
  call: { id: string; endedAt: string | null; agent: string; queue: string; outcome: string; recording: Tape | null }
  legs: { agent: string; rangAt: string | null; connectedAt: string | null }[]
  story: { kind: string; text: string }[]
}
type Tape = { file: string; faults: string[] }

let folder: string
let hotline: ChildProcess
let printed = ''
let phone: Baresip
const settings = () => ({ HOTLINE_FOLDER: folder, HOTLINE_PORTS: String(BASE), HOTLINE_LOG: 'warn' })
const config = () => readConfig(settings(), home)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-foreign-'))
  await startHotline()
  const { cacheFolder } = config()
  const account = accountPrinted()
  const ports = { control: BASE_BESIDE, sip: BASE_BESIDE + 2 }
  phone = await Baresip.open({ cacheFolder, folder: join(folder, 'baresip'), account, ports, say: quiet })
  await phone.register()
  await phone.dial('*1')
})

afterAll(async () => {
  await phone?.close()
  if (hotline?.exitCode === null) {
    hotline.kill('SIGINT')
    await once(hotline, 'close')
  }
  await rm(folder, { recursive: true, force: true })
})

test('baresip, with the account that npm start prints, is rung, answers, is announced by its id, and talks', async () => {
  const since = phone.told.length
  const server = { host: '127.0.0.1', port: config().ports.sip }
  const caller = await Softphone.open({ server, user: '13800138000', tone: { hz: VOICE } })
  try {
    const dialog = await caller.invite(numberPrinted()).answered
    await dialog.heard.speech({ withinMs: 30_000 })
    await dialog.press('1')
    const rung = await phone.until('CALL_INCOMING', { since })
    expect(rung.peeruri).toContain('13800138000')

    phone.command('accept')
    await phone.until('CALL_ESTABLISHED', { since })
    await dialog.heard.speech({ forMs: 800, withinMs: 30_000 })
    await dialog.heard.tone(BARESIP_HZ, { forMs: 1_000, withinMs: 30_000 })
    phone.command('hangup')
    await phone.until('CALL_CLOSED', { since })
    await dialog.heard.speech({ withinMs: 30_000 })
    await dialog.press('5')
    await dialog.ended
  } finally {
    await caller.close()
  }

  const { call, legs, story } = await filed('13800138000')
  expect(call).toMatchObject({ outcome: 'answered', queue: 'sales', agent: AGENT, rating: 5 })
  expect(legs).toMatchObject([{ agent: AGENT, rangAt: expect.any(String), connectedAt: expect.any(String) }])
  const told = story.map(line => line.text)
  expect(told).toContain(ANNOUNCED)
  expect(told.indexOf(ANNOUNCED)).toBeLessThan(story.findIndex(line => line.kind === 'Connected'))
  expect(call.recording!.faults).toEqual([])
  const tape = await channelsOf(join(config().recordingsFolder, call.recording!.file))
  expect(tape.left.throughout(VOICE, 0, tape.left.ms)).toBeGreaterThan(-30)
  expect(tape.right.level(VOICE, 0, tape.right.ms)).toBeLessThan(-50)
  // baresip may be slow to close what it has written.
  await expect.poll(async () => msOfVoiceIn(phone.heardFile), { timeout: 30_000 }).toBeGreaterThan(500)
})

// ── The hotline, from outside ──

/** As `npm start` does. */
async function startHotline(): Promise<void> {
  const env = { ...process.env, ...settings() }
  hotline = spawn(process.execPath, ['bin/hotline.js', 'start'], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise<void>((done, failed) => {
    const hear = (text: Buffer): void => {
      printed += text
      if (/user 8004 +password \S+\n/.test(printed)) done()
    }
    hotline.stdout!.on('data', hear)
    hotline.stderr!.on('data', hear)
    hotline.on('close', () => failed(new Error(`the hotline ended: ${printed}`)))
  })
}

function accountPrinted(): { server: string; user: string; password: string } {
  const server = /softphone at (\S+)/.exec(printed)![1]!
  const password = new RegExp(`user ${AGENT} +password (\\S+)`).exec(printed)![1]!
  return { server, user: AGENT, password }
}

const numberPrinted = (): string => /Dial (\d+)/.exec(printed)![1]!

async function api<T>(path: string): Promise<T> {
  const { apiKey } = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8'))
  const answer = await fetch(`http://127.0.0.1:${config().ports.http}/api/${path}`, {
    headers: { 'x-api-key': apiKey },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

/** The one call of this caller, as soon as it is so. */
async function callOf(caller: string, isSo: (call: Call) => boolean): Promise<Call> {
  for (const deadline = Date.now() + 60_000; ; await pause(200)) {
    const { calls } = await api<{ calls: { id: string }[] }>(`calls?caller=${caller}`)
    const call = calls[0] && (await api<Call>(`calls/${calls[0].id}`))
    if (call && isSo(call)) return call
    if (Date.now() > deadline) throw new Error(`the call of ${caller} is still: ${JSON.stringify(call)}`)
  }
}

const filed = (caller: string): Promise<Call> => callOf(caller, ({ call }) => call.recording !== null)
/** For how long the caller's voice was there. */
async function msOfVoiceIn(file: string): Promise<number> {
  const wav = await readFile(file)
  const pcm = new Int16Array(wav.buffer, wav.byteOffset + 44, Math.max(0, (wav.length - 44) >> 1))
  const piece = samplesIn(100)
  const pieces = Array.from({ length: Math.floor(pcm.length / piece) }, (_, i) =>
    pcm.subarray(i * piece, (i + 1) * piece),
  )
  return 100 * pieces.filter(part => toneLevel(part, VOICE) > -20).length
}
