import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { Ari } from '../../src/asterisk/ari.ts'
import { openLog } from '../../src/log.ts'
import { keptOnDisk } from './astdb.ts'
import { aboard, openManager } from './crew.ts'
import { settled } from './settled.ts'
import { expectWhole } from './tape.ts'
import { bothHear, NUMBER, WARN, World } from './world.ts'

/** Asterisk takes the service for present, and it hears nothing, or is not heard. */

const LOST = { level: WARN, msg: 'the link to Asterisk (ARI) is lost' }
const RECOVERED = { level: WARN - 10, msg: 'recovered' }

let world: World

beforeAll(async () => {
  world = await World.open({ wired: true, environment: { HOTLINE_LOG: 'info' } })
})
afterAll(() => world?.close())
afterEach(async () => {
  world.signalService('SIGCONT')
  await world.wires.mend()
  await settled(world)
})

/** Asterisk has not been vouched for by the service for so long, by its own clock. */
async function notVouchedFor(seconds: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { value } = await world.ari<{ value: string }>('asterisk/variable?variable=HOTLINE_HEARD')
      expect(Date.now() / 1_000 - Number(value)).toBeGreaterThan(seconds + 1)
    },
    { timeout: (seconds + 10) * 1_000, interval: 500 },
  )
}

test('who calls while the service stands still is the lifeboat’s, and in the books once it goes on', async () => {
  const phone = await world.signedIn('8001')
  world.signalService('SIGSTOP')
  await notVouchedFor(15)
  const ring = phone.nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn('13800006001')
  const agent = await (await ring).answer()
  await bothHear(caller, agent)
  world.signalService('SIGCONT')
  await world.until('the lifeboat’s talk is known', () => world.callOf('13800006001')?.phase === 'talking')
  await bothHear(caller, agent)
  await agent.hangUp()
  await caller.ended
  await world.quiet()
  const record = await world.recordOf('13800006001')
  expect(record).toMatchObject({ outcome: 'answered', agent_id: '8001', ended_by: 'agent', via_lifeboat: true })
  expectWhole(record)
  // As soon as it has vouched again, callers are its own.
  await world.talk('13800006002', phone)
  await world.hangUpAll()
  await world.quiet()
  expect(await world.recordOf('13800006002')).toMatchObject({ outcome: 'answered', via_lifeboat: false })
})

/** Registers our application in Asterisk, and answers nobody; to be told when it may go. */
async function applicationAlone(): Promise<() => void> {
  const { ariPort: port, ariSecret: password, ...address } = world.surroundings.asterisk
  const nothing = () => {}
  return new Promise(done => {
    const on = { onUp: () => done(() => ari.stop()), onAlive: nothing, onDown: nothing, onEvent: nothing }
    const ari = new Ari({ ...address, port, password, log: openLog('silent'), ...on })
    ari.start()
  })
}

test('who calls a service that has answered nobody since Asterisk started is the lifeboat’s after a while', async () => {
  const phone = await world.signedIn('8001')
  const manager = await openManager(world)
  await vi.waitFor(async () => expect(await aboard(manager)).toEqual({ 'PJSIP/8001': '0' }), 10_000)
  await manager.close()
  const { cacheFolder } = world.config
  await keptOnDisk({ cacheFolder, folder: join(world.config.folder, 'asterisk') })
  await world.killService()
  world.killAsterisk()
  await world.startAsterisk()
  await phone.register()
  const leave = await applicationAlone()
  const inVain = (await world.caller('13800006005')).invite(NUMBER)
  await notVouchedFor(15)
  const ring = phone.nextInvite({ withinMs: 60_000 })
  const caller = await world.callIn('13800006006')
  await bothHear(caller, await (await ring).answer())
  await inVain.cancel()
  await expect(inVain.answered).rejects.toMatchObject({ status: 487 })
  await caller.hangUp()
  leave()
  await world.startService()
  await world.quiet()
  expect(await world.recordOf('13800006005')).toMatchObject({ outcome: 'abandoned-in-flow' })
  expect(await world.recordOf('13800006006')).toMatchObject({ outcome: 'answered', via_lifeboat: true })
})

test('who calls and gives up before anybody has noticed that the link is cut is in the books', async () => {
  const recovered = world.countLogged(RECOVERED)
  await world.wires.ari.cut('silently')
  const phone = await world.caller('13800006003')
  const arrivedAt = Date.now()
  const call = phone.invite(NUMBER)
  await vi.waitFor(async () => expect(await world.leftInAsterisk()).toHaveLength(1))
  await call.cancel()
  await vi.waitFor(async () => expect(await world.leftInAsterisk()).toEqual([]))
  const goneAt = Date.now()
  await world.wires.ari.mend()
  await world.until('it is reconciled', () => recovered() > 0)
  await vi.waitFor(async () =>
    expect(await world.recordOf('13800006003')).toMatchObject({ outcome: 'abandoned-in-flow', called: NUMBER }),
  )
  const { arrived_at, ended_at, ended_by } = await world.recordOf('13800006003')
  expect(ended_by).toBe('caller')
  expect(Math.abs(arrived_at - arrivedAt)).toBeLessThan(500)
  expect(Math.abs(ended_at - goneAt)).toBeLessThan(500)
})

test('what Asterisk does not answer is asked again: the caller hears the menu, late', async () => {
  const [lost, recovered] = [world.countLogged(LOST), world.countLogged(RECOVERED)]
  world.wires.ari.cutAllButWebSockets()
  const call = (await world.caller('13800006004')).invite(NUMBER)
  await world.until('the call is known', () => world.callOf('13800006004')?.phase === 'arriving')
  await world.until('the link is given up', () => lost() > 0, 20_000)
  await world.wires.ari.mend()
  await world.until('it is reconciled', () => recovered() > 0, 20_000)
  const caller = await call.answered
  await caller.heard.speech({ withinMs: 10_000 })
  await caller.hangUp()
  await world.quiet()
  expect(await world.recordOf('13800006004')).toMatchObject({ outcome: 'abandoned-in-flow' })
})
