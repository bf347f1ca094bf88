import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { countDoor } from '../../src/http/doorMetrics.ts'

test('who was not let in and who is refused is counted as it is when it is asked for', async () => {
  const registry = new Registry()
  const door = { failures: 0, bans: 0, banned: [] as string[] }
  countDoor(registry, door)
  const shown = async () => (await registry.metrics()).split('\n').filter(line => /^hotline/.test(line))
  expect(await shown()).toEqual(['hotline_sip_failures_total 0', 'hotline_sip_bans_total 0', 'hotline_sip_banned 0'])
  Object.assign(door, { failures: 25, bans: 2, banned: ['203.0.113.9'] })
  for (const _ of ['once', 'twice'])
    expect(await shown()).toEqual(['hotline_sip_failures_total 25', 'hotline_sip_bans_total 2', 'hotline_sip_banned 1'])
})
