import type { Change, Memory } from '../../src/switchboard/ports.ts'
import type { Random } from '../random.ts'
import type { FakeClock } from './clock.ts'
import type { Disk } from './disk.ts'

/** One service's way to the disk: slow, in batches, in order. Dies with its service. */
export class SlowMemory implements Memory {
  readonly #disk: Disk
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #slowestMs: number
  #pending: { change: Change; done: () => void }[] = []
  #writing: Change[] = []
  #isDead = false
  #isStalled = false
  isPresent = true

  constructor(disk: Disk, clock: FakeClock, random: Random, slowestMs: number) {
    this.#disk = disk
    this.#clock = clock
    this.#random = random
    this.#slowestMs = slowestMs
  }

  remember(change: Change): Promise<void> {
    return new Promise(done => {
      if (this.#isDead) return
      this.#pending.push({ change, done })
      if (this.#writing.length === 0 && !this.#isStalled) this.#write()
    })
  }

  /** Resolves when all that was told so far is remembered. */
  settled(): Promise<void> {
    return this.remember({ agents: [] })
  }

  /** Postgres is gone: nothing is written, until the spool takes over. */
  leaves(): void {
    this.#isStalled = true
  }

  goesOn(): void {
    this.#isStalled = false
    this.isPresent = false
    if (this.#writing.length === 0 && this.#pending.length > 0) this.#write()
  }

  /** What was on its way may have arrived, or not; what had not yet left is lost. */
  die(): void {
    this.#isDead = true
    if (this.#random.chance(0.5)) this.#disk.write(this.#writing)
  }

  #write(): void {
    const batch = this.#pending
    this.#pending = []
    this.#writing = batch.map(({ change }) => change)
    this.#clock.after(this.#random.upTo(this.#slowestMs + 1), () => {
      if (this.#isDead) return
      this.#disk.write(this.#writing)
      this.#writing = []
      for (const { done } of batch) done()
      if (this.#pending.length > 0 && !this.#isStalled) this.#write()
    })
  }
}
