import { expect, test } from 'vitest'
import { portsFrom } from '../src/config/ports.ts'
import { firstPort } from './ports.ts'

const files = Array.from({ length: 8 }, (_, n) => n + 1)
/** From the first to the last that a file in this place may open. */
const listening = (place: number) => files.map(file => firstPort(place, file))
const sound = (place: number) => listening(place).flatMap(base => portsFrom(base + 100).rtp)

test('what one of two test files opens is none of the other’s', () => {
  const [ends, begins] = [Math.max(...sound(1)), Math.min(...listening(2))]
  expect(ends).toBeLessThan(begins)
})

test('no phone is given a port at which something listens, and the kernel gives none of these to anybody else', () => {
  for (const place of [1, 2]) {
    expect(Math.max(...listening(place)) + 200).toBeLessThan(Math.min(...sound(place)))
    expect(Math.max(...listening(place)) + 200).toBeLessThan(32_768)
  }
})

test('a file does not get the ports of the one before it', () => {
  for (const file of files) expect(firstPort(1, file + 1)).not.toBe(firstPort(1, file))
})
