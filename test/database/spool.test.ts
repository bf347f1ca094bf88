import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Spool } from '../../src/database/spool.ts'
import type { Change } from '../../src/switchboard/ports.ts'

let folder: string
let away: string
/** In a folder that is not there yet: a disk that refuses. */
let path: string
let logged: { level: number; msg: string; changes?: number; file?: string }[]
const log = pino({ level: 'info' }, { write: line => void logged.push(JSON.parse(line)) })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-spool-'))
  away = join(folder, 'away')
  path = join(away, 'spool.jsonl')
  logged = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const change = (version: number): Change => ({ agents: [{ before: { version }, after: { version } }] }) as never
const [first, second, third] = [change(1), change(2), change(3)]
const whatWaits = (): Change[] => new Spool(path, log).next(9)
const levels = (): string[] => logged.map(({ level }) => pino.levels.labels[level]!)

test('what the spool has taken is read again by the next service', () => {
  mkdirSync(away)
  new Spool(path, log).append([first, second])
  expect(whatWaits()).toEqual([first, second])
})

test('a line that a crash cut short is not there, and the next is not glued to it', () => {
  mkdirSync(away)
  new Spool(path, log).append([first])
  appendFileSync(path, '{"agents":[')
  const spool = new Spool(path, log)
  expect(spool.next(9)).toEqual([first])
  spool.append([second])
  expect(whatWaits()).toEqual([first, second])
})

test('what was set aside when a crash cut a line short is not glued to it', () => {
  mkdirSync(away)
  new Spool(path, log).setAside(first)
  appendFileSync(`${path}.refused`, '{"agents":[')
  new Spool(path, log).setAside(second)
  expect(readFileSync(`${path}.refused`, 'utf8')).toBe(`${JSON.stringify(first)}\n${JSON.stringify(second)}\n`)
})

test('what the disk refuses waits in memory, and is written in its order when there is room, though nothing happens', async () => {
  const spool = new Spool(path, log)
  spool.append([first])
  spool.append([second, third])
  expect(spool.next(9)).toEqual([first, second, third])
  expect(levels()).toEqual(['error'])
  mkdirSync(away)
  await vi.waitFor(() => expect(levels()).toEqual(['error', 'info']), 5_000)
  expect(whatWaits()).toEqual([first, second, third])
})

test('what the disk took of a line that it then refused is not there, and the next is not glued to it', () => {
  mkdirSync(away)
  const spool = new Spool(path, log)
  spool.append([first])
  appendFileSync(path, '{"agents":[')
  spool.append([second])
  expect(whatWaits()).toEqual([first, second])
})

test('what waited in memory alone and is in the database is not written any more', () => {
  const spool = new Spool(path, log)
  spool.append([first, second])
  spool.forget(2)
  expect(spool.length).toBe(0)
  mkdirSync(away)
  spool.append([third])
  expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(third)}\n`)
})

test('a service that stops while the disk refuses says how much is lost by it', () => {
  const spool = new Spool(path, log)
  spool.append([first, second])
  spool.close()
  expect(logged.at(-1)).toMatchObject({ level: 50, changes: 2 })
})

test('what another service has gone on with is kept for a person, who is told how much and where', () => {
  mkdirSync(away)
  const written = new Spool(path, log)
  written.claim = { term: 3, session: 'ours' }
  written.append([first, second])
  const spool = new Spool(path, log)
  spool.setOutdatedAside({ term: 4, session: 'another' })
  spool.close()
  expect(whatWaits()).toEqual([])
  expect(readFileSync(`${path}.refused`, 'utf8').match(/"ours"/g)).toHaveLength(2)
  expect(logged).toMatchObject([{ level: 50, changes: 2, file: `${path}.refused` }])
})

test('what was spooled before there were claims is read in', () => {
  mkdirSync(away)
  new Spool(path, log).append([first])
  const spool = new Spool(path, log)
  spool.setOutdatedAside({ term: 4, session: 'another' })
  expect(spool.next(9)).toEqual([first])
})

test('ten thousand changes that the disk refuses make none of them slow', () => {
  const spool = new Spool(path, log)
  const before = process.cpuUsage()
  for (let i = 0; i < 10_000; i++) spool.append([first])
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(1_000)
  mkdirSync(away)
  spool.close()
  expect(new Spool(path, log).length).toBe(10_000)
})

test('what can be set aside nowhere stays in the spool’s file', () => {
  mkdirSync(`${path}.refused`, { recursive: true })
  const spool = new Spool(path, log)
  spool.append([first])
  spool.setAside(first)
  spool.forget(1)
  spool.close()
  expect(existsSync(path)).toBe(true)
  expect(whatWaits()).toEqual([first])
})
