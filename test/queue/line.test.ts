import { describe, expect, test } from 'vitest'
import { chooseCaller, WaitingLines } from '../../src/queue/line.ts'
import { placeOf, type Waiting } from '../../src/queue/queue.ts'
import { anAgent, aQueue, NOON } from '../call/given.ts'
import { random } from '../random.ts'

const since = (call: string, seconds: number, queue = 'sales', relaxed = 0): Waiting => ({
  call,
  queue: relaxed === 0 ? aQueue(queue) : aQueue(queue, { skills: {} }),
  relaxed,
  place: NOON + seconds * 1_000,
  missedBy: [],
})
const first = (lines: WaitingLines, queue = 'sales') => lines.heads().find(head => head.queue.id === queue)

function lineOf(...waiting: Waiting[]): WaitingLines {
  const lines = new WaitingLines()
  for (const one of waiting) lines.join(one)
  return lines
}

describe('a line', () => {
  test('is served oldest first, whatever the order of coming', () => {
    const lines = lineOf(since('b', 2), since('c', 3), since('a', 1))
    const served: string[] = []
    for (let next = first(lines); next; next = first(lines)) {
      served.push(next.call)
      lines.leave(next.call)
    }
    expect(served).toEqual(['a', 'b', 'c'])
  })

  test('has kept the place of a caller who comes back from a ring in vain', () => {
    const one = since('a', 1)
    const lines = lineOf(one, since('b', 2))
    lines.leave('a')
    expect(first(lines)!.call).toBe('b')
    lines.join({ ...one, missedBy: ['8001'] })
    expect(first(lines)).toEqual({ ...one, missedBy: ['8001'] })
  })

  test('holds a caller once, in one line', () => {
    const lines = lineOf(since('a', 1), since('a', 1), since('a', 1, 'support'))
    expect([lines.length('sales'), lines.length('support')]).toEqual([0, 1])
  })

  test('does not mind who is not in it', () => {
    const lines = lineOf(since('a', 1))
    lines.leave('nobody')
    expect(lines.length('sales')).toBe(1)
    expect(first(lines, 'support')).toBeUndefined()
  })

  test('knows how many came before a moment', () => {
    const lines = lineOf(since('a', 1), since('b', 2), since('c', 3))
    expect([0, 1, 2, 3, 4].map(s => lines.ahead('sales', NOON + s * 1_000))).toEqual([0, 0, 1, 2, 3])
    expect(lines.ahead('support', NOON)).toBe(0)
  })

  test('knows who comes before a moment, of all lines, in order', () => {
    const lines = lineOf(since('c', 3), since('b', 2, 'support'), since('a', 1), since('d', 4, 'sales', 1))
    expect(lines.before(NOON + 4_000).map(({ call }) => call)).toEqual(['a', 'b', 'c'])
  })

  test('takes them by their places: a head start is worth so much waiting, and no more', () => {
    const vip = aQueue('vip', { headStartMs: 5_000 })
    const joined = (call: string, seconds: number): Waiting => ({
      ...since(call, seconds),
      queue: vip,
      place: placeOf(NOON + seconds * 1_000, vip.headStartMs),
    })
    const lines = lineOf(since('a', 1), since('b', 4), joined('c', 7), joined('d', 5))
    expect(lines.heads().map(({ call }) => call)).toEqual(['d', 'a'])
    expect(lines.ahead('vip', NOON + 2_500)).toBe(2)
  })

  test('counts as a plain list would, through any coming and going', () => {
    const { upTo, chance } = random(7)
    const lines = new WaitingLines()
    const plain = new Map<string, number>()
    for (let i = 0; i < 2_000; i += 1) {
      const call = `c${upTo(60)}`
      if (chance(0.5)) {
        lines.leave(call)
        plain.delete(call)
      } else {
        const one = since(call, upTo(500))
        lines.join(one)
        plain.set(call, one.place)
      }
      const moment = NOON + upTo(500) * 1_000
      expect(lines.ahead('sales', moment)).toBe([...plain.values()].filter(at => at < moment).length)
      expect(first(lines)?.place).toBe(plain.size ? Math.min(...plain.values()) : undefined)
    }
  })
})

describe('a free agent', () => {
  const lines = lineOf(since('support-1', 1, 'support'), since('sales-2', 2), since('sales-3', 3))

  test('gets the longest waiting caller of all lines', () => {
    expect(chooseCaller(anAgent('8001'), lines.heads())!.call).toBe('support-1')
  })

  test('gets only callers whom they can serve', () => {
    expect(chooseCaller(anAgent('8001', { skills: { sales: 1 } }), lines.heads())!.call).toBe('sales-2')
    expect(chooseCaller(anAgent('8001', { skills: {} }), lines.heads())).toBeUndefined()
  })

  test('is not kept by a caller who still waits for a master from one behind them who is content with less', () => {
    const apprentice = anAgent('8001', { skills: {} })
    expect(chooseCaller(apprentice, lineOf(since('new', 1), since('old', 2, 'sales', 1)).heads())!.call).toBe('old')
  })

  test('has none where nobody waits', () => {
    expect(chooseCaller(anAgent('8001'), new WaitingLines().heads())).toBeUndefined()
  })
})
