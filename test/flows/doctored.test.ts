import { expect, test } from 'vitest'
import { lookAtSystems } from '../../src/cli/doctor/systems.ts'
import type { Flow } from '../../src/ivr/flow.ts'
import { Library } from '../../src/ivr/library.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { SAMPLE } from '../ivr/fuzz/centre.ts'

const centreWith = (...flows: Flow[]) =>
  new Centre([], new Map(), new Library(flows.map((flow, i) => ({ number: i + 1, flow }))))
const billing = (url: string) => ({ id: 'billing', url, headers: { 'x-api-key': 'hush' } })

test('a system that no flow asks is nobody’s concern', async () => {
  expect(await lookAtSystems(centreWith(), [billing('http://nowhere.invalid/')])).toEqual([])
})

test('a system that a live flow asks and nobody has set is named, with the flow', async () => {
  expect(await lookAtSystems(centreWith(SAMPLE, { ...SAMPLE, id: 'other' }), [])).toEqual([
    {
      ok: false,
      text: 'Flow fuzzed, other asks system billing, which does not exist',
      mend: 'hotline system set billing URL',
    },
  ])
})

test('a system whose host has no address is named, without its key', async () => {
  const [finding] = await lookAtSystems(centreWith(SAMPLE), [billing('https://billing.invalid/api')])
  expect(finding).toMatchObject({
    ok: false,
    text: expect.stringContaining('whose host billing.invalid is not found (E'),
  })
  expect(JSON.stringify(finding)).not.toContain('hush')
})

test.each(['http://127.0.0.1:8080/api', 'http://[::1]/', 'http://localhost/'])('a system at %s is found', async url => {
  expect(await lookAtSystems(centreWith(SAMPLE), [billing(url)])).toMatchObject([{ ok: true }])
})

test('a system that only a former release asked is nobody’s concern', async () => {
  const centre = centreWith(SAMPLE, { ...SAMPLE, start: 'end', nodes: { end: SAMPLE.nodes.end! } })
  expect(await lookAtSystems(centre, [])).toEqual([])
})
