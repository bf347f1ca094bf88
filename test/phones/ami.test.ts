import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Ami, openAmi } from '../../src/asterisk/ami.ts'
import { portsFrom } from '../../src/config/ports.ts'
import { type RunningAsterisk, startAsterisk } from '../../src/embedded/asterisk.ts'
import type { Log } from '../../src/log.ts'
import { asteriskOptions } from '../embedded/ground.ts'
import { BASE, BASE_BESIDE } from '../ports.ts'
import { Wire } from './wire.ts'

let asterisk: RunningAsterisk
let folder: string
let wire: Wire

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-ami-'))
  const { sip, tls, ari: http, ami, rtp } = portsFrom(BASE)
  const ports = { sip, tls, http, ami, rtpStart: rtp[0], rtpEnd: rtp[1] }
  asterisk = await startAsterisk(await asteriskOptions({ folder, ports }))
  wire = await Wire.open(BASE_BESIDE, ami)
})

afterAll(async () => {
  await wire?.cut('loudly')
  await asterisk?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function using(secret: string, work: (ami: Ami, said: string[]) => Promise<void>): Promise<void> {
  const said: string[] = []
  const say = (_: object, text: string) => said.push(text)
  const log = { info: say, warn: say, error: say } as unknown as Log
  const ami = openAmi({ host: '127.0.0.1', port: wire.port, user: 'hotline', secret, log })
  try {
    await work(ami, said)
  } finally {
    await ami.close()
  }
}

const isUp = (ami: Ami, up: boolean, withinMs: number) => vi.waitFor(() => expect(ami.isUp).toBe(up), withinMs)
const ping = { action: 'Ping' }

test('a line that falls silent is noticed within 15 s, and the service comes back when it is mended', async () => {
  await using('ami-secret', async ami => {
    await isUp(ami, true, 2_000)
    await wire.cut('silently')
    await expect(ami.action(ping, { withinMs: 500 })).rejects.toMatchObject({ id: 'late' })
    await isUp(ami, false, 15_000)
    await wire.mend()
    await isUp(ami, true, 11_000)
    await expect(ami.action(ping)).resolves.toMatchObject({ ping: 'Pong' })
  })
})

test('a line that is cut is noticed at once, and found again', async () => {
  await using('ami-secret', async ami => {
    await isUp(ami, true, 2_000)
    const underWay = ami.list({ action: 'QueueStatus' }, 'QueueParams')
    await wire.cut('loudly')
    await Promise.allSettled([underWay])
    await isUp(ami, false, 1_000)
    await wire.mend()
    await isUp(ami, true, 6_000)
    expect((await ami.list({ action: 'QueueStatus' }, 'QueueParams')).length).toBeGreaterThan(3)
  })
})

test('a wrong secret is told once, whatever Asterisk says to the tries that follow', async () => {
  await using('wrong', async (ami, said) => {
    await vi.waitFor(() => expect(said).toHaveLength(1), 2_000)
    await new Promise(done => setTimeout(done, 2_000))
    expect(said).toEqual(["Asterisk's manager refuses our login: see manager.conf"])
    expect(ami.isUp).toBe(false)
  })
})

test('what we may not do is refused, and what could do it in disguise never leaves us', async () => {
  await using('ami-secret', async ami => {
    await isUp(ami, true, 2_000)
    const originate = { action: 'Originate', channel: 'Local/1@x', application: 'System', data: 'id' }
    await expect(ami.action(originate)).rejects.toMatchObject({ id: 'refused', message: 'Permission denied' })
    const disguised = { action: 'QueueAdd', queue: 'lifeboat', interface: 'x\r\n\r\nAction: Originate' }
    await expect(ami.action(disguised)).rejects.toMatchObject({ id: 'bad-input' })
    await expect(ami.action(ping)).resolves.toBeDefined()
  })
})
