import type { Flow } from './flow.ts'

/** A flow as it was published once. Numbers are counted through all flows. */
export type Release = { readonly number: number; readonly flow: Flow }

/**
 * All that was ever published. A call keeps to what was in force when it came, through every flow that it meets: so its
 * survey asks what the greeting promised, whatever is published meanwhile.
 */
export class Library {
  readonly #releases = new Map<string, Release[]>()
  #latest = 0

  constructor(releases: Iterable<Release> = []) {
    this.add(releases)
  }

  /** In any order; one that is known already changes nothing. */
  add(releases: Iterable<Release>): void {
    for (const release of releases) {
      const { number, flow } = release
      const others = (this.#releases.get(flow.id) ?? []).filter(other => other.number !== number)
      this.#releases.set(
        flow.id,
        [...others, release].sort((a, b) => a.number - b.number),
      )
      this.#latest = Math.max(this.#latest, number)
    }
  }

  /** The number of what was published last, 0 where nothing was. */
  get latest(): number {
    return this.#latest
  }

  /** As it was in force then; as it was first, where that was later (a call from before flows were published). */
  flow(id: string, number: number): Flow | undefined {
    return this.release(id, number)?.flow
  }

  /** Which of its own releases that is. */
  release(id: string, number: number): Release | undefined {
    const releases = this.#releases.get(id)
    return releases?.findLast(release => release.number <= number) ?? releases?.[0]
  }

  /** Each flow as it is in force now. */
  get current(): Flow[] {
    return this.at(this.#latest)
  }

  /** Each flow as a caller meets it who keeps to that release. */
  at(number: number): Flow[] {
    return [...this.#releases.keys()].map(id => this.flow(id, number)!)
  }
}
