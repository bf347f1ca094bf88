import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Lamp, Lamps } from '../../src/switchboard/lamps.ts'
import { PhoneRefused, SomePhonesRefused } from '../../src/switchboard/ports.ts'
import { ANNA, BOB, Hotline } from './aHotline.ts'

/** What the lamps of phones are told. Time goes by when it is said to. */

let hotline: Hotline
let messages: Map<string, number>
let told: Lamp[][]
let refusal: Error | undefined
let lamps: Lamps
let timers: { at: number; wake: () => void }[]
const logged: string[] = []

beforeEach(async () => {
  hotline = new Hotline('8001', '8002')
  messages = new Map([['sales', 2]])
  told = []
  refusal = undefined
  timers = []
  logged.length = 0
  const log = pino({ level: 'warn' }, { write: line => void logged.push(line) })
  lamps = new Lamps({
    ...{ board: hotline.board, centre: hotline.centre, log },
    clock: {
      now: () => hotline.now,
      at(at, wake) {
        const timer = { at, wake }
        timers.push(timer)
        return () => void timers.splice(timers.indexOf(timer), 1)
      },
    },
    messages: async () => messages,
    async show(shown) {
      if (refusal) throw refusal
      told.push([...shown])
    },
  })
  lamps.anew()
  await passes(250)
  told.length = 0
})

/** Resolves when all that was due by then is done. */
async function passes(ms: number): Promise<void> {
  hotline.now += ms
  for (const timer of timers.filter(({ at }) => at <= hotline.now)) {
    timers.splice(timers.indexOf(timer), 1)
    timer.wake()
  }
  await new Promise(done => setImmediate(done))
}

const lamp = (phone: string, waiting: number): Lamp => ({ phone, waiting })

describe('the lamp of an agent’s phone', () => {
  test('tells how many messages and callbacks wait in the lines that they serve, all that came together at once', async () => {
    hotline.promised(ANNA, 'asked')
    hotline.line = 'support'
    hotline.promised(BOB, 'place-kept')
    await passes(250)
    expect(told).toEqual([[lamp('8001', 4), lamp('8002', 4)]])
  })

  test('counts a callback that was promised for a message once: as the message', async () => {
    hotline.promised(ANNA, 'message', 'm-1')
    await passes(250)
    expect(told).toEqual([])
  })

  test('is that of the phone where they sit; the one that they have left is dark', async () => {
    hotline.centre.phones = new Set(['2001'])
    await hotline.board.dial('8001', { kind: 'sign-in', phone: '2001' })
    await passes(250)
    expect(told).toEqual([[lamp('8001', 0), lamp('2001', 2)]])
  })

  test('tells no more of a callback that somebody has made', async () => {
    const id = hotline.promised(ANNA, 'asked')
    await passes(250)
    hotline.board.happen(id, { kind: 'Withdrawn', because: 'cancelled', at: hotline.at })
    await passes(250)
    expect(told.map(([first]) => first)).toEqual([lamp('8001', 3), lamp('8001', 2)])
  })

  test('is dark where they are signed out, and on again when they sign in', async () => {
    await hotline.board.dial('8001', { kind: 'wish', wish: { kind: 'sign-out' } })
    await passes(250)
    await hotline.board.dial('8001', { kind: 'sign-in' })
    await passes(250)
    expect(told).toEqual([[lamp('8001', 0)], [lamp('8001', 2)]])
  })

  test('is told anew when a phone comes in, where there is something to tell; all of them when Asterisk is back', async () => {
    lamps.came('8001')
    await passes(250)
    expect(told).toEqual([[lamp('8001', 2)]])
    messages.clear()
    lamps.look()
    await passes(250)
    lamps.came('8001')
    await passes(250)
    lamps.anew()
    await passes(250)
    expect(told.slice(1)).toEqual(Array(2).fill([lamp('8001', 0), lamp('8002', 0)]))
  })

  test('is told again, where it could not be', async () => {
    refusal = new PhoneRefused('away', 'no link')
    messages.set('sales', 5)
    lamps.look()
    await passes(250)
    refusal = undefined
    await passes(5_000)
    expect(told).toEqual([[lamp('8001', 5), lamp('8002', 5)]])
  })

  test('is tried no more where Asterisk refuses that, which is said once', async () => {
    refusal = new PhoneRefused('refused', 'Authentication failed')
    for (const count of [5, 6]) {
      messages.set('sales', count)
      lamps.look()
      await passes(250)
    }
    await passes(5_000)
    expect([told, timers]).toEqual([[], []])
    expect(logged).toHaveLength(1)
  })

  test('is not told again where one of another phone alone is refused', async () => {
    refusal = new SomePhonesRefused(['8001'], 'Unable to retrieve endpoint 8001')
    messages.set('sales', 5)
    lamps.look()
    await passes(250)
    refusal = undefined
    lamps.look()
    await passes(250)
    expect(told).toEqual([[lamp('8001', 5)]])
  })

  test('is not looked after any more once that is over', async () => {
    await lamps.close()
    hotline.promised(ANNA, 'asked')
    await passes(5_000)
    expect([told, timers]).toEqual([[], []])
  })
})
