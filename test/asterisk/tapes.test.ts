import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Tapes } from '../../src/asterisk/tapes.ts'
import { BYTES_A_MS, fileOf } from '../../src/recording/tape.ts'
import { aCallerInTheMenu, CALL, given, later, theCallerHangsUp, theDiskRefusesItsTape } from '../call/given.ts'

const CALL_MS = 3_000
const ended = given(aCallerInTheMenu, later(CALL_MS), theCallerHangsUp).call!
const refused = given(aCallerInTheMenu, later(CALL_MS), theCallerHangsUp, theDiskRefusesItsTape).call!

let folder: string
let tapes: Tapes

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-tapes-'))
  await mkdir(join(folder, 'live'))
  tapes = new Tapes(folder)
})
afterEach(() => rm(folder, { recursive: true }))

const tapeOf = (ms: number) => writeFile(join(folder, 'live', `${CALL}.raw`), Buffer.alloc(ms * BYTES_A_MS))
const left = () => readdir(join(folder, 'live'))

test('a tape is filed whole, and is taken away', async () => {
  await tapeOf(CALL_MS)
  expect(await tapes.file(ended)).toMatchObject({ file: fileOf(CALL, ended.arrivedAt), ms: CALL_MS, faults: [] })
  expect(await left()).toEqual([])
})

test('a tape that was refused before is at rest: where it is short, nobody waits for more of it', async () => {
  await tapeOf(1_000)
  const from = performance.now()
  expect(await tapes.file(refused)).toMatchObject({ ms: 1_000, faults: ['2.0 s shorter than the call'] })
  expect(performance.now() - from).toBeLessThan(1_500)
})
