import { appendFileSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLifeboatReader, type LifeboatReader, type Position } from '../../src/asterisk/lifeboatReader.ts'
import type { Log } from '../../src/log.ts'

let folder: string
let path: string
let kept: Position | undefined
let saves: number
/** The database cannot be written to. */
let isAway: boolean
let reader: LifeboatReader
const warn = vi.fn()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-queue-log-'))
  path = join(folder, 'queue_log')
  kept = undefined
  saves = 0
  isAway = false
  warn.mockClear()
  serviceStarts()
})

afterEach(() => rmSync(folder, { recursive: true }))

/** A reader that knows only what the bookmark says. */
function serviceStarts(): void {
  const set = async (position: Position): Promise<void> => {
    if (isAway) throw new Error('the database is away')
    kept = position
    saves += 1
  }
  reader = createLifeboatReader({ path, bookmark: { get: async () => kept, set }, log: { warn } as unknown as Log })
}

const lineOf = (call: string): string => `1795411764|${call}|hotline|NONE|HANGUP|1795411764448|16|\n`
const write = (...calls: string[]): void => appendFileSync(path, calls.map(lineOf).join(''))

/** `logger rotate`, as Asterisk does it: the newest is .0. */
function rotate(): void {
  const old = readdirSync(folder).filter(name => name !== 'queue_log').length
  for (let i = old; i > 0; i -= 1) renameSync(`${path}.${i - 1}`, `${path}.${i}`)
  renameSync(path, `${path}.0`)
}

async function news(): Promise<string[]> {
  const calls: string[] = []
  await reader.read(async told => {
    calls.push(...told.map(({ call }) => call))
  })
  return calls
}

test('where nothing is written yet, nothing is read', async () => {
  expect(await news()).toEqual([])
})

test('each line is read once, also over a restart', async () => {
  write('a', 'b')
  expect(await news()).toEqual(['a', 'b'])
  write('c')
  expect(await news()).toEqual(['c'])
  write('d')
  serviceStarts()
  expect(await news()).toEqual(['d'])
  expect(await news()).toEqual([])
  expect(saves).toBe(3)
})

test('a line that is still being written is left for the next time', async () => {
  const line = lineOf('中文')
  writeFileSync(path, `${lineOf('a')}${line.slice(0, 14)}`)
  expect(await news()).toEqual(['a'])
  appendFileSync(path, line.slice(14))
  expect(await news()).toEqual(['中文'])
})

test('a file that was moved aside is read to its end, and then all that came after it', async () => {
  write('a')
  await news()
  write('b')
  rotate()
  write('c')
  rotate()
  write('d')
  serviceStarts()
  expect(await news()).toEqual(['b', 'c', 'd'])
  expect(await news()).toEqual([])
  expect(warn).not.toHaveBeenCalled()
})

test('files from before are not read again', async () => {
  write('a')
  rotate()
  write('b')
  await news()
  rotate()
  write('c')
  expect(await news()).toEqual(['c'])
})

test('a file that was moved aside and taken away is told of, and the present one read from its beginning', async () => {
  write('a')
  await news()
  rotate()
  rmSync(`${path}.0`)
  write('b')
  expect(await news()).toEqual(['b'])
  expect(warn).toHaveBeenCalledOnce()
})

test('a file that was cut to nothing is read from its beginning', async () => {
  write('a', 'b', 'c')
  await news()
  truncateSync(path)
  write('d')
  expect(await news()).toEqual(['d'])
})

test('what could not be filed is handed over again', async () => {
  write('a')
  await expect(reader.read(() => Promise.reject(new Error('the database is away')))).rejects.toThrow('away')
  expect(await news()).toEqual(['a'])
})

test('a bookmark that could not be set is a trouble until it is, also where nothing more is written', async () => {
  write('a')
  isAway = true
  await expect(news()).rejects.toThrow('away')
  await expect(news()).rejects.toThrow('away')
  isAway = false
  expect(await news()).toEqual([])
  serviceStarts()
  expect(await news()).toEqual([])
})

test('a big file is read in pieces, line by line', async () => {
  const calls = Array.from({ length: 40_000 }, (_, i) => `call-${i}`)
  write(...calls)
  expect(await news()).toEqual(calls)
  expect(saves).toBeGreaterThan(1)
})
