import { type Clock, listeningTime } from './clock.ts'
import { NotHeard } from './failure.ts'
import { type Decibels, loudness, RATE, samplesIn, toneLevel, tonesIn } from './tone.ts'

export interface Wait {
  /** How long it must last. */
  forMs?: number
  /** How long to wait for it at most. */
  withinMs?: number
  /** From which level on it counts, in dBFS. */
  above?: Decibels
}

interface Listener {
  /** Asked with every packet. True: this is it. */
  judge: (ms: number) => boolean
  settle: (failure?: string) => void
}

const KEPT = 10 * RATE
// Nobody speaks for this long: sound has stopped, rather than its packets being a little late.
const JITTER_MS = 60
const WINDOW_MS = 100

/**
 * What a phone has been sent: the last seconds of it, to be measured and to be waited for. What is waited for must
 * come after the asking: what was heard before proves nothing about now.
 */
export class Heard {
  #clock: Clock
  #ring = new Int16Array(RATE)
  #written = 0
  #lastArrival = Number.NEGATIVE_INFINITY
  #listeners = new Set<Listener>()
  #taps = new Set<(pcm: Int16Array) => void>()
  #over: string | undefined

  constructor(clock: Clock) {
    this.#clock = listeningTime(clock)
  }

  /** Takes in what came; `gap` is how many samples of nothing the sender says lie before it. */
  take(pcm: Int16Array, gap = 0): void {
    const now = this.#clock.now()
    // A sender that starts anew may jump in its own time; nothing longer than what really passed counts as silence.
    const passed = this.#written === 0 ? 0 : samplesIn(Math.max(0, now - this.#lastArrival)) - pcm.length
    const silence = Math.max(0, Math.min(gap, passed))
    this.#lastArrival = now
    for (let left = silence; left > 0; left -= KEPT) this.#write(new Int16Array(Math.min(left, KEPT)))
    this.#write(pcm)
    const ms = ((silence + pcm.length) * 1000) / RATE
    for (const listener of this.#listeners) if (listener.judge(ms)) listener.settle()
  }

  #write(pcm: Int16Array): void {
    this.#makeRoom(pcm.length)
    const start = this.#written % this.#ring.length
    const fits = Math.min(pcm.length, this.#ring.length - start)
    this.#ring.set(pcm.subarray(0, fits), start)
    this.#ring.set(pcm.subarray(fits), 0)
    this.#written += pcm.length
    for (const tap of this.#taps) tap(pcm)
  }

  /** Most calls of a test are short: the ring is as long as the call, until it is full. */
  #makeRoom(samples: number): void {
    const needed = Math.min(KEPT, this.#written + samples)
    if (needed <= this.#ring.length) return
    const longer = new Int16Array(Math.min(KEPT, Math.max(needed, 2 * this.#ring.length)))
    longer.set(this.#ring)
    this.#ring = longer
  }

  /** Everything from now on, also the silences. What comes back ends it. */
  tap(take: (pcm: Int16Array) => void): () => void {
    this.#taps.add(take)
    return () => this.#taps.delete(take)
  }

  /** The sound of the last milliseconds, up to now: where nothing has come, silence. */
  last(ms: number): Int16Array {
    const wanted = Math.min(samplesIn(ms), KEPT)
    const pcm = new Int16Array(wanted)
    const quietMs = this.#clock.now() - this.#lastArrival - JITTER_MS
    const quiet = quietMs > 0 ? Math.min(wanted, samplesIn(Math.min(quietMs, ms))) : 0
    const length = Math.min(wanted - quiet, this.#written)
    const offset = wanted - quiet - length
    const start = (this.#written - length) % this.#ring.length
    const fits = Math.min(length, this.#ring.length - start)
    pcm.set(this.#ring.subarray(start, start + fits), offset)
    pcm.set(this.#ring.subarray(0, length - fits), offset + fits)
    return pcm
  }

  /** How loud a frequency is, or all of it together, over the last milliseconds. */
  level(hz?: number, { ms = 200 }: { ms?: number } = {}): Decibels {
    const pcm = this.last(ms)
    return hz === undefined ? loudness(pcm) : toneLevel(pcm, hz)
  }

  /** Resolves as soon as a tone has been there for so long without a break, alone or among others. */
  tone(hz: number, { forMs = 200, withinMs = 5000, above = -35 }: Wait = {}): Promise<void> {
    const windowMs = Math.min(WINDOW_MS, forMs)
    let fresh = 0
    let lasted = 0
    const judge = (ms: number) => {
      fresh += ms
      if (fresh < windowMs) return false
      const pcm = this.last(windowMs)
      const level = toneLevel(pcm, hz)
      // A tone that is one of several still has a good part of the power; in speech and music no frequency keeps it.
      if (level < above || level < loudness(pcm) - 12) lasted = 0
      else lasted += lasted === 0 ? windowMs / 2 : ms
      return lasted >= forMs
    }
    return this.#listen(`${hz} Hz for ${forMs} ms`, withinMs, judge).heard
  }

  /** Resolves when so much sound that is no tone was heard, pauses not counted: somebody speaks, or music plays. */
  speech({ forMs = 400, withinMs = 5000, above = -40 }: Wait = {}): Promise<void> {
    let fresh = 0
    let spoken = 0
    const judge = (ms: number) => {
      fresh += ms
      if (fresh < WINDOW_MS) return false
      fresh = 0
      const pcm = this.last(WINDOW_MS)
      // Where a tone begins or ends, it does not look like one; so only what is loud all through is judged.
      if (loudPart(pcm, above).length === pcm.length && tonesIn(pcm).share < 0.95) spoken += WINDOW_MS
      return spoken >= forMs
    }
    return this.#listen(`speech for ${forMs} ms`, withinMs, judge).heard
  }

  /** Resolves when nothing louder than that was heard for so long, also when no packets come at all. */
  silence({ forMs = 500, withinMs = 5000, above = -50 }: Wait = {}): Promise<void> {
    let quietSince = this.#clock.now()
    const missing = () => forMs - (this.#clock.now() - quietSince)
    const { heard, settle } = this.#listen(`silence for ${forMs} ms`, withinMs, ms => {
      if (loudness(this.last(ms)) > above) quietSince = this.#clock.now()
      return missing() <= 0
    })
    // Silence may well be that no packet comes, so that nothing but the clock can tell.
    const check = () => {
      if (missing() > 0) cancel = this.#clock.after(missing(), check)
      else settle()
    }
    let cancel = this.#clock.after(forMs, check)
    return heard.finally(() => cancel())
  }

  #listen(what: string, withinMs: number, judge: Listener['judge']) {
    let settle: (failure?: string) => void = () => {}
    const heard = new Promise<void>((resolve, reject) => {
      const listener = { judge, settle: (failure?: string) => settle(failure) }
      const before = this.#clock.stoodStill()
      const late = () => settle(`within ${withinMs} ms${leftOut(this.#clock.stoodStill() - before)}`)
      const cancel = this.#clock.after(withinMs, late)
      settle = failure => {
        cancel()
        this.#listeners.delete(listener)
        if (failure === undefined) resolve()
        else reject(new NotHeard(`${what} was not heard ${failure}; heard instead: ${this.describe()}`))
      }
      this.#listeners.add(listener)
      if (this.#over !== undefined) settle(`before ${this.#over}`)
    })
    return { heard, settle }
  }

  /** The call is over: nothing more will come. */
  end(why: string): void {
    if (this.#over !== undefined) return
    this.#over = why
    for (const listener of this.#listeners) listener.settle(`before ${why}`)
    this.#taps.clear()
  }

  /** What came, piece by piece and in words, for whoever must find out why it was not what was expected. */
  describe({ ms = 2000 }: { ms?: number } = {}): string {
    if (this.#written === 0) return 'nothing at all, no packet came'
    const pcm = this.last(Math.min(ms, (this.#written * 1000) / RATE))
    const piece = samplesIn(WINDOW_MS)
    const runs: { what: string; ms: number }[] = []
    for (let end = pcm.length; end >= piece; end -= piece) {
      const what = named(pcm.subarray(end - piece, end))
      if (runs[0]?.what === what) runs[0].ms += WINDOW_MS
      else runs.unshift({ what, ms: WINDOW_MS })
    }
    return runs.map(run => `${run.what} for ${run.ms} ms`).join(', ') || 'less than can be told'
  }
}

const leftOut = (ms: number): string =>
  ms > 0 ? ` (beside ${Math.round(ms)} ms in which the listener itself stood still)` : ''

function named(pcm: Int16Array): string {
  const overall = loudness(pcm)
  if (overall < -60) return 'silence'
  const { peaks, share } = tonesIn(loudPart(pcm, overall - 20))
  if (share < 0.9) return 'sound that is no tone'
  const clear = peaks.filter(peak => peak.level > overall - 15).sort((a, b) => a.hz - b.hz)
  // To five hertz, so that the pieces of one tone are seen as one.
  return `${clear.map(({ hz }) => Math.round(hz / 5) * 5).join(' + ')} Hz`
}

/** Without the quieter quarters before and after. */
function loudPart(pcm: Int16Array, above: Decibels): Int16Array {
  const quarter = Math.floor(pcm.length / 4)
  const loud = [0, 1, 2, 3].filter(i => loudness(pcm.subarray(i * quarter, (i + 1) * quarter)) >= above)
  return loud.length === 4 ? pcm : pcm.subarray((loud[0] ?? 0) * quarter, ((loud.at(-1) ?? -1) + 1) * quarter)
}
