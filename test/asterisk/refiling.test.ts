import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { Refiling } from '../../src/asterisk/refiling.ts'
import { type Call, isRefused } from '../../src/call/call.ts'
import type { Recording } from '../../src/call/facts.ts'
import { anEndedCall, given, itsTapeIsFiled, theDiskRefusesItsTape } from '../call/given.ts'

const refused = given(anEndedCall, theDiskRefusesItsTape).call!
const filed = given(anEndedCall, itsTapeIsFiled).call!
const recording: Recording = filed.recording!

let calls: Map<string, Call>
/** What was begun, and what each still waits for. */
let begun: string[]
let ends: ((thrown?: Error) => void)[]
let refiling: Refiling

beforeEach(() => {
  calls = new Map(['a', 'b', 'c'].map(id => [id, { ...refused, id }]))
  begun = []
  ends = []
  const board = {
    get calls() {
      return [...calls.values()]
    },
    call: (id: string) => calls.get(id),
  }
  const file = ({ id }: Call) => {
    begun.push(id)
    return new Promise<void>((done, failed) => ends.push(thrown => (thrown ? failed(thrown) : done())))
  }
  refiling = new Refiling({ board, file, log: pino({ level: 'silent' }) })
})

/** The filing that is under way comes to its end, and what follows from it has begun. */
async function itEnds(thrown?: Error): Promise<void> {
  const id = begun.at(-1)!
  if (!thrown) calls.set(id, { ...refused, id, recording })
  ends.at(-1)!(thrown)
  await new Promise(setImmediate)
}

test('what the disk refused is filed again one call after another, and nothing else is', async () => {
  calls.set('talking', { ...refused, id: 'talking', recording: null })
  refiling.start()
  expect(begun).toEqual(['a'])
  await itEnds()
  expect(begun).toEqual(['a', 'b'])
  await itEnds()
  await itEnds()
  expect(begun).toEqual(['a', 'b', 'c'])
  expect([...calls.values()].filter(isRefused)).toEqual([])
})

test('what was filed or forgotten before its turn is left out', async () => {
  refiling.start()
  calls.delete('b')
  calls.set('c', { ...filed, id: 'c' })
  await itEnds()
  expect(begun).toEqual(['a'])
})

test('each is filed as it is known at its turn', async () => {
  const seen: Call[] = []
  const board = { calls: [...calls.values()], call: (id: string) => ({ ...refused, id, rating: 5 }) }
  const again = new Refiling({ board, file: async call => void seen.push(call), log: pino({ level: 'silent' }) })
  again.start()
  await again.stop()
  expect(seen).toMatchObject([{ id: 'a', rating: 5 }])
})

test('one that fails keeps no other from being filed', async () => {
  refiling.start()
  await itEnds(new Error('not today'))
  expect(begun).toEqual(['a', 'b'])
})

test('a second start does nothing while one is under way, and begins again after it', async () => {
  refiling.start()
  refiling.start()
  expect(begun).toEqual(['a'])
  for (let i = 0; i < 3; i++) await itEnds(new Error('still full'))
  expect(begun).toEqual(['a', 'b', 'c'])
  refiling.start()
  expect(begun).toEqual(['a', 'b', 'c', 'a'])
})

test('a stop waits for the one under way alone, and nothing begins after it', async () => {
  refiling.start()
  let isStopped = false
  const stopped = refiling.stop().then(() => {
    isStopped = true
  })
  await new Promise(setImmediate)
  expect(isStopped).toBe(false)
  await itEnds()
  await stopped
  refiling.start()
  expect(begun).toEqual(['a'])
})
