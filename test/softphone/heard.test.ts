import { beforeEach, describe, expect, test } from 'vitest'
import { NotHeard } from '../../src/softphone/failure.ts'
import { Heard, type Wait } from '../../src/softphone/heard.ts'
import { sine } from '../../src/softphone/tone.ts'
import { ManualClock } from './manualClock.ts'

let clock: ManualClock
let heard: Heard

beforeEach(() => {
  clock = new ManualClock()
  heard = new Heard(clock)
})

/** Lets it arrive, packet by packet. */
function hear(pcm: Int16Array): void {
  for (let i = 0; i + 160 <= pcm.length; i += 160) {
    clock.advance(20)
    heard.take(pcm.subarray(i, i + 160))
  }
}

const tone = (hz: number | number[], ms: number) => sine(hz, { ms })
const silence = (ms: number) => new Int16Array(ms * 8)

/** Something like a voice: harmonics of a gliding pitch, in syllables. */
function speech(ms: number): Int16Array {
  let phase = 0
  return Int16Array.from({ length: ms * 8 }, (_, n) => {
    phase += (2 * Math.PI * (140 + 40 * Math.sin(n / 3000))) / 8000
    const harmonics = [1, 2, 3, 4, 5, 6, 8, 11].reduce((sum, k) => sum + Math.sin(k * phase) / Math.sqrt(k), 0)
    return 2500 * harmonics * Math.max(0, Math.sin(n / 800))
  })
}

/** When it was resolved or rejected, on the test's clock. */
async function outcome(promise: Promise<void>, act: () => void): Promise<string> {
  let result = 'waiting'
  promise.then(
    () => {
      result = 'heard'
    },
    error => {
      result = error instanceof NotHeard ? error.message : `other: ${error}`
    },
  )
  act()
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  return result
}

describe('what was heard', () => {
  test('is kept for ten seconds, and is silence where nothing came', () => {
    hear(tone(440, 9000))
    hear(tone(880, 2000))
    expect(heard.level(880)).toBeCloseTo(-12, 1)
    expect(heard.level(440)).toBeLessThan(-60)
    expect(heard.last(10_000).length).toBe(80_000)
    clock.advance(1000)
    expect(heard.level()).toBe(Number.NEGATIVE_INFINITY)
    expect(heard.level(880, { ms: 1500 })).toBeGreaterThan(-40)
  })

  test('has a silence where the sender made a pause, but none where only we were slow', () => {
    hear(tone(440, 200))
    clock.advance(300)
    heard.take(tone(440, 20), 0)
    expect(heard.level(440, { ms: 200 })).toBeCloseTo(-12, 1)
    clock.advance(300)
    heard.take(tone(440, 20), 300 * 8)
    expect(heard.level(440, { ms: 200 })).toBeLessThan(-30)
  })
})

describe('a tone that is waited for', () => {
  test('is heard as soon as it has lasted long enough', async () => {
    expect(await outcome(heard.tone(440), () => hear(tone(440, 160)))).toBe('waiting')
    expect(await outcome(heard.tone(440), () => hear(tone(440, 280)))).toBe('heard')
  })

  test('is heard among others', async () => {
    expect(await outcome(heard.tone(440), () => hear(tone([440, 880, 1320], 300)))).toBe('heard')
  })

  test('must come after the asking', async () => {
    hear(tone(440, 1000))
    expect(await outcome(heard.tone(440), () => hear(silence(300)))).toBe('waiting')
  })

  test('must last without a break', async () => {
    const broken = () => {
      for (let i = 0; i < 5; i++) {
        hear(tone(440, 200))
        hear(silence(200))
      }
    }
    expect(await outcome(heard.tone(440, { forMs: 400 }), broken)).toBe('waiting')
  })

  test('is not mistaken for a voice or another tone, and the failure says what came instead', async () => {
    const wait: Wait = { withinMs: 1010 }
    const other = () => {
      hear(silence(500))
      hear(tone([480, 620], 500))
      clock.advance(10)
    }
    expect(await outcome(heard.tone(440, wait), other)).toBe(
      '440 Hz for 200 ms was not heard within 1010 ms; heard instead: silence for 500 ms, 480 + 620 Hz for 500 ms',
    )
    expect(await outcome(heard.tone(440, wait), () => hear(speech(1020)))).toMatch('sound that is no tone')
  })

  test('never comes when no packet comes', async () => {
    expect(await outcome(heard.tone(440), () => clock.advance(5000))).toBe(
      '440 Hz for 200 ms was not heard within 5000 ms; heard instead: nothing at all, no packet came',
    )
  })

  test('is not waited for beyond the end of the call', async () => {
    expect(await outcome(heard.tone(440), () => heard.end('the call was ended'))).toMatch('before the call was ended')
    await expect(heard.tone(440)).rejects.toThrow(NotHeard)
  })
})

/** The phones of a test live in the test's own process, and that stands still where other programs take the machine. */
describe('a listener that stands still', () => {
  const wait: Wait = { forMs: 60_000, withinMs: 65_000 }
  const unbroken = (act: () => void) => outcome(heard.tone(440, wait), act)
  /** The first packet that comes after so long, from a sender whose time went on. */
  const goesOn = (ms: number) => heard.take(tone(440, 20), ms * 8)

  test('blames nobody for the sound that it missed, nor counts it as heard', async () => {
    const missed = () => {
      hear(tone(440, 30_000))
      clock.standStill(20_000)
      goesOn(20_000)
      hear(tone(440, 29_000))
    }
    expect(await unbroken(missed)).toBe('waiting')
    expect(
      await unbroken(() => {
        missed()
        hear(tone(440, 1_100))
      }),
    ).toBe('heard')
  })

  test('still finds a break of the sender’s, before or after', async () => {
    const broken = () => {
      hear(tone(440, 10_000))
      clock.standStill(20_000)
      goesOn(20_000)
      hear(tone(440, 10_000))
      clock.advance(300)
      goesOn(300)
      hear(tone(440, 44_000))
      clock.advance(1_000)
    }
    expect(await unbroken(broken)).toMatch(
      /^440 Hz for 60000 ms was not heard within 65000 ms \(beside 20000 ms in which the listener itself stood still\)/,
    )
  })

  test('finds a break that is longer than it stood still', async () => {
    const broken = () => {
      hear(tone(440, 10_000))
      clock.standStill(2_000)
      clock.advance(300)
      goesOn(2_300)
      hear(tone(440, 54_000))
    }
    expect(await unbroken(broken)).toBe('waiting')
  })
})

describe('speech', () => {
  test('is heard, pauses and all', async () => {
    expect(await outcome(heard.speech(), () => hear(speech(2000)))).toBe('heard')
  })

  test.each([[[450]], [[440, 480]], [[440, 880, 1320]]])('is no tone of %j Hz, however often it begins', async hz => {
    const busy = () => {
      for (let i = 0; i < 5; i++) {
        hear(tone(hz, 340))
        hear(silence(340))
      }
    }
    expect(await outcome(heard.speech(), busy)).toBe('waiting')
  })
})

describe('silence', () => {
  test('is heard when nothing comes', async () => {
    expect(await outcome(heard.silence(), () => clock.advance(499))).toBe('waiting')
    expect(await outcome(heard.silence(), () => clock.advance(500))).toBe('heard')
  })

  test('is heard when what comes is silent', async () => {
    const quietAtLast = () => {
      hear(tone(440, 300))
      hear(silence(520))
    }
    expect(await outcome(heard.silence(), quietAtLast)).toBe('heard')
  })

  test('is not heard through sound', async () => {
    expect(await outcome(heard.silence({ withinMs: 900 }), () => hear(tone(440, 1000)))).toMatch(
      'heard instead: 440 Hz',
    )
  })
})
