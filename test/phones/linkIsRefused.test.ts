import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { settled } from './settled.ts'
import { bothHear, ERROR, WARN, World } from './world.ts'

/** Asterisk does not let the service in, says what nobody understands, or gives its place to another: no talk ends by it. */

let world: World
let phone: Softphone

beforeAll(async () => {
  world = await World.open({ wired: true, environment: { HOTLINE_LOG: 'info' } })
  phone = await world.signedIn('8001')
})
afterAll(() => world?.close())
afterEach(async () => {
  await world.wires.mend()
  await settled(world)
  await world.agentIs('8001', 'ready', 30_000)
})

/** Asterisk asks for another secret than the one we have, as when somebody has mistyped it; what comes back rights it. */
async function distrust(file: string, reload: string): Promise<() => Promise<void>> {
  const path = join(world.config.folder, 'asterisk', 'etc', file)
  const right = await readFile(path, 'utf8')
  await writeFile(path, right.replace(/^(password|secret) = .*$/m, '$1 = mistyped'))
  await world.console(reload)
  return async () => {
    await writeFile(path, right)
    await world.console(reload)
  }
}

describe.each([
  [
    'ARI',
    'ari.conf',
    'module reload res_ari.so',
    'Asterisk refuses ARI',
    'connected to Asterisk (ARI)',
    () => world.wires.ari,
  ],
  [
    'AMI',
    'manager.conf',
    'manager reload',
    "Asterisk's manager refuses our login",
    "connected to Asterisk's manager",
    () => world.wires.ami,
  ],
] as const)('the login to %s is refused', (_name, file, reload, refusal, welcome, wireOf) => {
  const refused = { level: ERROR, msg: refusal }
  const connected = { level: WARN - 10, msg: welcome }
  const triedAgain = async (tries: number): Promise<void> => {
    const enough = wireOf().words + tries
    await vi.waitFor(() => expect(wireOf().words).toBeGreaterThanOrEqual(enough), 60_000)
  }

  test('it is said once, tried without end, and works when it is mended; the talk goes on', async () => {
    const { caller, agent } = await world.talk('13800006001', phone)
    const [errors, welcomes] = [world.countLogged(refused), world.countLogged(connected)]
    const mend = await distrust(file, reload)
    await wireOf().cut('loudly')
    await wireOf().mend()
    await triedAgain(4)
    expect(errors()).toBe(1)
    expect(welcomes()).toBe(0)
    await bothHear(caller, agent)
    await mend()
    await world.until('it is let in', () => welcomes() === 1, 20_000)
    await agent.hangUp()
    await caller.heard.speech({ withinMs: 15_000 })
  })

  test('at the start too', async () => {
    await world.killService()
    const mend = await distrust(file, reload)
    const errors = world.countLogged(refused)
    world.launchService()
    await world.until('it is said', () => errors() === 1, 60_000)
    await triedAgain(4)
    expect(errors()).toBe(1)
    expect(world.isServiceAlive).toBe(true)
    const welcomes = world.countLogged(connected)
    await mend()
    await world.until('it is let in', () => welcomes() === 1, 20_000)
    await world.serviceReady()
    await world.talk('13800006002', phone)
  })
})

test('where another has taken our place in Asterisk, the service ends and leaves it alone; started again, it goes on', async () => {
  const { caller, agent } = await world.talk('13800008001', phone)
  const { host, ariPort, user, ariSecret } = world.surroundings.asterisk
  const ended = world.serviceEnded()
  const other = new WebSocket(`ws://${host}:${ariPort}/ari/events?app=hotline&api_key=${user}:${ariSecret}`)
  expect(await ended).toBe(1)
  await bothHear(caller, agent)
  other.close()
  await once(other, 'close')
  await world.startService()
  await bothHear(caller, agent)
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 15_000 })
  await caller.hangUp()
  await world.quiet()
  expect(await world.recordOf('13800008001')).toMatchObject({ outcome: 'answered', recording_faults: [] })
})

test('what nobody has ever heard of, or cannot be read, is survived in the middle of a call', async () => {
  const { caller, agent } = await world.talk('13800007001', phone)
  const { id } = [...world.calls.values()][0]!
  for (const line of [
    '{"type":"SomethingQuiteNew","application":"hotline","channel":{"id":"x"}}',
    '{"type":"ChannelDestroyed","cha',
    'null',
    '[]',
    '"word"',
    '7',
    '{}',
    '{"type":"StasisStart"}',
    '{"type":"StasisStart","args":[],"channel":{}}',
    '{"type":"ChannelDestroyed","channel":null}',
    `{"type":"PlaybackFinished","playback":{}}`,
    `{"type":"ChannelDtmfReceived","channel":{"id":"${id}"}}`,
    `{"type":"ChannelStateChange","timestamp":12,"channel":{"id":"${id}","state":{}}}`,
    '',
  ])
    world.wires.ari.say(line)
  await bothHear(caller, agent)
  await agent.hangUp()
  await caller.heard.speech({ withinMs: 15_000 })
  await caller.press('3')
  await caller.ended
  await world.quiet()
  expect(world.isServiceAlive).toBe(true)
  expect(await world.recordOf('13800007001')).toMatchObject({ outcome: 'answered', rating: 3, recording_faults: [] })
  await world.agentIs('8001', 'ready')
  await world.talk('13800007002', phone)
})
