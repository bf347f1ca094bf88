import type { Log } from '../log.ts'
import type { Told } from './events.ts'
import { isLatest, type LeaseClaim } from './leaseClaim.ts'
import { LineFile } from './lineFile.ts'

/** A change, and the claim under which it was decided; without one, before there were claims. */
type Spooled = Told & { claim?: LeaseClaim | undefined }

/**
 * Changes that Postgres could not take, on disk; where the disk refuses as well, calls go on all the same: memory is what
 * is left, and it must not die now.
 */
export class Spool {
  /** Our own, once we have it. */
  claim: LeaseClaim | undefined
  readonly #path: string
  readonly #log: Log
  readonly #file: LineFile
  readonly #refused: LineFile
  #waiting: Spooled[]

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
    this.#file = new LineFile(path, log)
    this.#refused = new LineFile(`${path}.refused`, log)
    this.#waiting = this.#file.read() as Spooled[]
  }

  get length(): number {
    return this.#waiting.length
  }

  append(changes: readonly Told[]): void {
    const spooled = changes.map(change => ({ ...change, claim: this.claim }))
    this.#waiting.push(...spooled)
    this.#file.append(spooled)
  }

  /** Keeps it beside, where a person finds it. */
  setAside(change: Told): void {
    this.#refused.append([change])
  }

  /** Where another service has gone on with these calls: read in now, they would reopen what is long over. */
  setOutdatedAside(last: LeaseClaim | undefined): void {
    const isOutdated = ({ claim }: Spooled): boolean => claim !== undefined && !isLatest(claim, last)
    const outdated = this.#waiting.filter(isOutdated)
    if (outdated.length === 0) return
    this.#refused.append(outdated)
    this.#waiting = this.#waiting.filter(change => !isOutdated(change))
    this.forget(0)
    this.#log.error(
      { changes: outdated.length, file: `${this.#path}.refused` },
      'another service has driven this Asterisk since: what the spool held is not read in, but kept for a person',
    )
  }

  /** The oldest changes, without taking them away. */
  next(atMost: number): Told[] {
    return this.#waiting.slice(0, atMost)
  }

  /** The oldest are in the database now. Reading one in twice would do no harm, so the file shrinks only at its end. */
  forget(count: number): void {
    this.#waiting.splice(0, count)
    this.#file.needOnly(this.#waiting.length)
    // What could not be set aside is on no disk but here.
    if (this.#waiting.length === 0 && this.#refused.unwritten === 0) this.#file.remove()
  }

  close(): void {
    this.#file.close('the disk refuses the spool to the last: these changes are lost')
    this.#refused.close('the disk refuses to the last what was set aside: only what the spool’s own file holds is left')
  }
}
