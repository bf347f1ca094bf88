import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Event } from '../../src/events/event.ts'
import { Deliveries, type Shelf } from '../../src/webhooks/deliveries.ts'
import { ANSWER_WITHIN_MS, EVENTS_AT_ONCE, type Webhook } from '../../src/webhooks/webhook.ts'
import { webhook } from './given.ts'

const REFUSED = -1

/** So many events wait for a receiver that takes that long for them, or refuses; time passes as it works. Resolves with how many it was sent each time. */
async function sent(
  waiting: number,
  msFor: (count: number, at: { position: number; now: number }) => number,
): Promise<{ sizes: number[]; took: number }> {
  let row: Webhook = webhook
  let now = 0
  let took = 0
  const sizes: number[] = []
  const shelf: Shelf = {
    all: async () => [row],
    find: async () => row,
    async next(_, atMost) {
      const left = Array.from({ length: Math.min(atMost, waiting - row.position) }, (_, i) =>
        anEvent(row.position + i + 1),
      )
      return left.length > 0 ? { events: [left[0]!, ...left.slice(1)], isLetter: false } : undefined
    },
    delivered: async (_, { events }) => (row = { ...row, position: events.at(-1)!.id, tries: 0, dueAt: null }),
    failed: async (_, __, failed) => (row = { ...row, ...failed }),
  }
  const deliveries = new Deliveries({
    shelf,
    live: { hear: () => () => {} },
    async post(_, { events }) {
      sizes.push(events.length)
      const ms = msFor(events.length, { position: row.position, now })
      if (ms === REFUSED) throw new Error('connection refused')
      now += Math.min(ms, ANSWER_WITHIN_MS)
      if (ms > ANSWER_WITHIN_MS) throw new Error('no answer')
    },
    clock: {
      now: () => now,
      at(time, wake) {
        now = Math.max(now, time)
        const soon = setImmediate(wake)
        return () => clearImmediate(soon)
      },
    },
    log: pino({ level: 'silent' }),
  })
  onTestFinished(() => deliveries.stop())
  deliveries.start()
  await vi.waitUntil(() => row.position === waiting)
  took = now
  return { sizes, took }
}

const anEvent = (id: number) => ({ id }) as Event

test('who takes 300 ms for each is sent as many as they can do, and those but once', async () => {
  const { sizes, took } = await sent(500, count => count * 300)
  expect(sizes.slice(0, 4)).toEqual([EVENTS_AT_ONCE, 12, 15, 18])
  expect(sizes.reduce((sum, size) => sum + size)).toBe(500 + EVENTS_AT_ONCE)
  expect(took).toBeLessThan(500 * 300 + ANSWER_WITHIN_MS + 2_000)
})

test('who is fast again is soon sent as many as ever', async () => {
  const { sizes } = await sent(500, (count, at) => count * (at.position < 60 ? 300 : 1))
  expect(sizes).toEqual([50, 12, 15, 18, 22, 27, 50, 50, 50, 50, 50, 50, 50, 50, 6])
})

test('who was away, and takes three seconds however many there are, is sent as many as before', async () => {
  const { sizes } = await sent(500, (_, { now }) => (now < 30_000 ? REFUSED : 3_000))
  expect(sizes.slice(-3)).toEqual([50, 50, expect.any(Number)])
  expect(sizes.length).toBeLessThan(25)
})
