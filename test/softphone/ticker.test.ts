import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Ticker } from '../../src/softphone/ticker.ts'

/** Nothing in this process goes on meanwhile, as on a machine that has too much to do. */
const standStill = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

test('a phone that stood still for half a second makes up for it: its voice is as long as the call', async () => {
  let beats = 0
  const end = new Ticker().each(() => {
    beats += 1
  })
  standStill(500)
  await pause(20)
  end()
  expect(beats).toBeGreaterThanOrEqual(25)
})

test('how long it stood still is known at once, before the next beat, and counted once', async () => {
  const ticker = new Ticker()
  const end = ticker.each(() => {})
  standStill(500)
  expect(ticker.stoodStill).toBeGreaterThanOrEqual(490)
  await pause(40)
  end()
  expect(ticker.stoodStill).toBeGreaterThanOrEqual(490)
  expect(ticker.stoodStill).toBeLessThan(900)
})

test('a phone that is not in a call does not stand still', async () => {
  const ticker = new Ticker()
  ticker.each(() => {})()
  standStill(200)
  expect(ticker.stoodStill).toBe(0)
})
