import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Tapes } from '../../src/asterisk/tapes.ts'
import type { Call } from '../../src/call/call.ts'
import { BYTES_A_MS, fileOf } from '../../src/recording/tape.ts'
import {
  aCallerInLine,
  aCallerInTheMenu,
  anAgentIsChosen,
  CALL,
  given,
  later,
  theAgentAnswers,
  theAgentHolds,
  theAgentRetrieves,
  theAgentsPromptEnds,
  theCallerHangsUp,
  theDiskRefusesItsTape,
  thePromptEnds,
} from '../call/given.ts'

const CALL_MS = 3_000
const ended = given(aCallerInTheMenu, later(CALL_MS), theCallerHangsUp).call!
const refused = given(aCallerInTheMenu, later(CALL_MS), theCallerHangsUp, theDiskRefusesItsTape).call!

/** A file that cannot be removed is nothing that root could make on every machine. */
vi.mock(import('node:fs/promises'), async real => {
  const actual = await real()
  return { ...actual, rm: vi.fn(actual.rm), rename: vi.fn(actual.rename) }
})
vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(async () => {}) }))

let folder: string
let tapes: Tapes
const log = pino({ level: 'silent' })
const alarm = vi.spyOn(log, 'error')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-tapes-'))
  await mkdir(join(folder, 'live'))
  tapes = new Tapes(folder, log)
})
afterEach(async () => {
  alarm.mockClear()
  vi.mocked(pause).mockClear()
  await rm(folder, { recursive: true })
})

/** Every byte of it the same: 0 is silence. */
const tapeOf = (ms: number, call = CALL, byte = 1) =>
  writeFile(join(folder, 'live', `${call}.raw`), Buffer.alloc(ms * BYTES_A_MS, byte))
const file = async (call: Call) => (await tapes.file(call)).recording
const left = () => readdir(join(folder, 'live'))

test('a tape is filed whole, and is taken away', async () => {
  await tapeOf(CALL_MS)
  expect(await file(ended)).toMatchObject({ file: fileOf(CALL, ended.arrivedAt), ms: CALL_MS, faults: [] })
  expect(await left()).toEqual([])
})

test('a tape that holds no sound where there must be some says which, and when', async () => {
  const talked = given(
    aCallerInLine,
    later(4_000),
    thePromptEnds,
    anAgentIsChosen(),
    theAgentAnswers,
    theAgentsPromptEnds,
    thePromptEnds,
    later(3_000),
    theAgentHolds,
    later(60_000),
    theAgentRetrieves,
    later(5_000),
    theCallerHangsUp,
  ).call!
  await tapeOf(72_000, CALL, 0)
  expect((await file(talked)).faults).toEqual([
    "the caller's side is silent for the whole talk",
    "the agent's side is silent for the whole talk",
    'nothing is heard of what the caller was told at 0:00',
  ])
})

test('a tape that was refused before is at rest: where it is short, nobody waits for more of it', async () => {
  await tapeOf(1_000)
  expect(await file(refused)).toMatchObject({ ms: 1_000, faults: ['2.0 s shorter than the call'] })
  expect(pause).not.toHaveBeenCalled()
})

test('a tape that cannot be taken away is filed all the same, and somebody is told; filed again, it is the same', async () => {
  await tapeOf(CALL_MS)
  vi.mocked(rm).mockRejectedValueOnce(new Error('EROFS: read-only file system'))
  const filed = await file(ended)
  expect(filed).toMatchObject({ ms: CALL_MS, faults: [] })
  expect(filed.refused).toBeUndefined()
  expect(await left()).toEqual([`${CALL}.raw`])
  expect(alarm).toHaveBeenCalledExactlyOnceWith(
    { call: CALL, tape: CALL, error: 'EROFS: read-only file system' },
    'the recording is filed, but its tape in live/ must be removed by hand',
  )

  const wav = await readFile(join(folder, filed.file!))
  expect(await file(ended)).toEqual(filed)
  expect(await readFile(join(folder, filed.file!))).toEqual(wav)
  expect(await left()).toEqual([])
})

test('a call that is filed twice at once is filed once, and then measured', async () => {
  await tapeOf(CALL_MS)
  const [first, second] = await Promise.all([file(ended), file(ended)])
  expect(first).toMatchObject({ ms: CALL_MS, faults: [] })
  expect(second).toEqual(first)
  expect(await left()).toEqual([])
})

test('a call whose Asterisk died before it wrote anything of the tape was over about when it was answered', async () => {
  expect(await tapes.endOf(ended)).toBeUndefined()
  await tapeOf(0)
  expect(await tapes.endOf(ended)).toBe(ended.answeredAt)
})

test('the phone of everybody in a talk has a recording of its own, of whom they heard, and nothing is left', async () => {
  const tape = { since: null, id: `${CALL}~8002~9`, answeredAt: ended.answeredAt!, joinedAt: ended.answeredAt! + 100 }
  const party = {
    ...tape,
    endedAt: ended.answeredAt! + 20_100,
    cause: 16,
    talks: [{ from: tape.joinedAt, to: tape.joinedAt + 20_000 }],
  }
  const gone = { ...party, id: `${CALL}~8003~9`, endedAt: party.endedAt - 15_000, talks: [] }
  await tapeOf(CALL_MS)
  await tapeOf(20_000, party.id, 0)
  const { recording, parties } = await tapes.file({ ...ended, tapes: [party, gone] })
  expect(recording).toMatchObject({ file: fileOf(CALL, ended.arrivedAt), faults: [] })
  expect(parties).toMatchObject({
    [party.id]: {
      file: fileOf(party.id, ended.arrivedAt),
      ms: 20_000,
      faults: ['their own side is silent for the whole talk', 'what they heard is silent for the whole talk'],
    },
    [gone.id]: { file: null, faults: ['nothing was recorded'] },
  })
  expect(await left()).toEqual([])
})

test('a recording of a party that the disk refuses is tried again with that of the call', async () => {
  const party = {
    since: null,
    talks: [],
    id: `${CALL}~8002~9`,
    answeredAt: 0,
    joinedAt: 100,
    endedAt: 20_100,
    cause: 16,
  }
  await tapeOf(CALL_MS)
  await tapeOf(20_000, party.id)
  vi.mocked(rename).mockImplementationOnce(vi.mocked(rename).getMockImplementation()!)
  vi.mocked(rename).mockRejectedValueOnce(new Error('ENOSPC: no space left on device'))
  const refused = await tapes.file({ ...ended, tapes: [party] })
  expect(refused.recording).toMatchObject({ file: fileOf(CALL, ended.arrivedAt), refused: true })
  const filed = await tapes.file({ ...ended, tapes: [party], recording: refused.recording })
  expect(filed).toMatchObject({ recording: { faults: [] }, parties: { [party.id]: { ms: 20_000, faults: [] } } })
  expect(filed.recording.refused).toBeUndefined()
  expect(await left()).toEqual([])
})

test('where many calls end at once, four tapes are read at a time', async () => {
  const real = vi.mocked(rename).getMockImplementation()!
  const atOnce: number[] = []
  vi.mocked(rename).mockImplementation((part, place) => {
    atOnce.push(readdirSync(dirname(String(part))).filter(name => name.endsWith('.part')).length)
    return real(part, place)
  })
  const calls = Array.from({ length: 20 }, (_, i) => ({ ...ended, id: `hotline-1.${i}` }))
  await Promise.all(calls.map(({ id }) => tapeOf(CALL_MS, id)))
  const filed = await Promise.all(calls.map(call => file(call)))
  expect(filed.every(({ faults }) => faults.length === 0)).toBe(true)
  expect(Math.max(...atOnce)).toBe(4)
})
