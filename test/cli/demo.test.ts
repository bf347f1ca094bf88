import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lackOf } from '../../src/demo/lack.ts'
import { BASE } from '../ports.ts'
import { Program } from '../program.ts'

const ALL = { made: 20, refusals: [], filed: 20, answered: 15 }

test('a demo lacks nothing where all calls are on record and somebody was answered', () => {
  expect(lackOf(ALL)).toEqual([])
  expect(lackOf({ made: 0, refusals: [], filed: 0, answered: 0 })).toEqual([])
})

test('a demo says what it lacks', () => {
  expect(lackOf({ ...ALL, filed: 19 })).toEqual(['Only 19 of the 20 calls that were made are on record.'])
  expect(lackOf({ ...ALL, answered: 0 })).toEqual(['Not one call was answered.'])
})

test('a demo that is to end after its calls is told how many', async () => {
  const demo = new Program('node bin/hotline.js demo --exit', process.env)
  expect(await demo.ended).toBe(2)
  expect(demo.output).toBe('--exit needs --calls: it ends when these are over.\n')
})

test('a bench of a series that there is not is refused', async () => {
  const bench = new Program('node bin/hotline.js bench --only rate', process.env)
  expect(await bench.ended).toBe(1)
  expect(bench.output).toContain('Allowed choices are rates, sizes,')
})

test('a demo that nobody gets into ends with code 1, and says why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotline-demo-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  // Its callers phone from this machine, which is not the trunk then.
  const env = { ...process.env, HOTLINE_TRUNK: '203.0.113.7' }
  const words = `node bin/hotline.js demo --calls 2 --exit --folder ${folder} --ports ${BASE}`
  const demo = new Program(words, env)
  expect(await demo.ended, demo.output).toBe(1)
  expect(demo.output).toContain('Only 0 of the 2 calls that were made are on record.')
  expect(demo.output).toMatch(/^Refused: 2 \(.*401.*\)\.$/m)
  expect(demo.output).toContain('Not one call was answered.')
})
