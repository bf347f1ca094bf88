import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Spool } from '../../src/database/spool.ts'
import type { Change } from '../../src/switchboard/ports.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const change = (version: number): Change => ({ agents: [{ before: { version }, after: { version } }] }) as never
const [first, second, third] = [change(1), change(2), change(3)]

test('what the spool has taken is read again by the next service', () => {
  const path = join(folder, 'spool.jsonl')
  new Spool(path).append([first, second])
  expect(new Spool(path).next(9)).toEqual([first, second])
})

test('what the disk refuses waits in memory, and is written, in its order, with the next', () => {
  const away = join(folder, 'away')
  const path = join(away, 'spool.jsonl')
  const spool = new Spool(path)
  expect(() => spool.append([first])).toThrow('ENOENT')
  expect(() => spool.append([second])).toThrow('ENOENT')
  expect(spool.next(9)).toEqual([first, second])
  mkdirSync(away)
  spool.append([third])
  expect(new Spool(path).next(9)).toEqual([first, second, third])
})

test('what waited in memory alone and is in the database is not written any more', () => {
  const away = join(folder, 'away')
  const path = join(away, 'spool.jsonl')
  const spool = new Spool(path)
  expect(() => spool.append([first, second])).toThrow('ENOENT')
  spool.forget(2)
  expect(spool.length).toBe(0)
  mkdirSync(away)
  spool.append([third])
  expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(third)}\n`)
})
