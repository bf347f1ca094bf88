import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAgent, changeAgent } from '../../src/database/agents.ts'
import { settled } from './settled.ts'
import { bothHear, VOICES, World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())

const stateOf = async (agent: string): Promise<unknown> => {
  const headers = { 'x-api-key': world.surroundings.apiKey }
  const answer = await fetch(`http://127.0.0.1:${world.config.ports.http}/api/agents/${agent}`, { headers })
  return answer.json()
}

test('who is added, and set otherwise, while calls go on is served so at once, without a new start', async () => {
  const password = (await addAgent(world.knex, '8050', { name: 'Lei', skills: { support: 1 } }))!
  await expect.poll(() => stateOf('8050'), { timeout: 10_000 }).toMatchObject({ state: 'signed-out' })
  const lei = await world.phone({ user: '8050', password, tone: { hz: VOICES.agent } })
  await lei.register()
  await world.dial(lei, '*1')
  await world.agentIs('8050', 'ready')
  // For whom a caller may wait: at rest.
  await world.dial(await world.signedIn('8001'), '*41')
  const since = world.facts.length
  const caller = await world.callIn()
  await caller.press('1')
  await world.fact('Queued', { since })
  const ring = lei.nextInvite({ withinMs: 15_000 })
  await changeAgent(world.knex, '8050', { skills: { sales: 1 } })
  await bothHear(caller, await (await ring).answer())
  await caller.hangUp()
  await settled(world)
})
