/** Who tries passwords is refused for a while, by their address. Times in ms. */

/** So many failures within the window, and all from that address is refused. A phone with a mistyped password makes one a minute. */
export const FAILURES_AT_MOST = 20
export const WINDOW_MS = 10 * 60_000
export const BANNED_MS = 15 * 60_000
/** Who has not answered a challenge by then did not want to, and has failed as well: they look for accounts. */
export const ANSWER_WITHIN_MS = 5_000
/**
 * Behind one address there may be many phones. Where one has proved its password within this time (a long weekend), nobody is
 * refused for what another does there, or for what somebody sends in its name (UDP): that one is told of, and no more.
 */
export const WORKS_FOR_MS = 7 * 24 * 3_600_000
/** How often it is written down that an address works. */
const NOTED_EVERY_MS = 3_600_000
/** Of more addresses at once, those that failed longest ago are forgotten, and those that are refused longest let in: memory has an end. */
export const ADDRESSES_AT_MOST = 10_000
export const BANS_AT_MOST = 1_000

/** `tries`: so many failures it is for. */
export type Ban = { readonly beganAt: number; readonly endsAt: number; readonly tries: number }
export type Banned = Ban & { readonly address: string }
export type Known = { readonly address: string; readonly workedAt: number | null; readonly ban: Ban | null }

/** `spared`: it would be refused, but that phones of ours work there. Told once a window. */
export type Verdict = 'counted' | 'banned' | 'spared'

type Tries = { asked: number[]; failed: number[] }

/**
 * What is counted is the same for an account that there is and for one that there is not: else who guesses could tell them apart
 * by when they are refused.
 */
export class Bans {
  readonly #isExempt: (address: string) => boolean
  /** By address: when they were asked for a password and have not answered yet, and when they failed. The latest stands last. */
  readonly #tries = new Map<string, Tries>()
  readonly #worked = new Map<string, number>()
  readonly #bans = new Map<string, Ban>()

  constructor(isExempt: (address: string) => boolean) {
    this.#isExempt = isExempt
  }

  /** What was known before: of what is known since, the later counts. */
  learn(known: readonly Known[]): void {
    for (const { address, workedAt, ban } of known) {
      if (workedAt !== null) this.#worked.set(address, Math.max(workedAt, this.#worked.get(address) ?? 0))
      if (ban && !this.#bans.has(address)) this.#bans.set(address, ban)
    }
  }

  /** They were asked for a password. */
  asked(address: string, at: number): Verdict {
    return this.#tried(address, at, ({ asked, failed }) => ({ asked: [...asked, at], failed }))
  }

  /** What they answered was wrong. */
  failed(address: string, at: number): Verdict {
    return this.#tried(address, at, ({ asked, failed }) => ({ asked: asked.slice(1), failed: [...failed, at] }))
  }

  #tried(address: string, at: number, tried: (before: Tries) => Tries): Verdict {
    if (this.#bans.has(address) || this.#isExempt(address)) return 'counted'
    const before = this.#tries.get(address) ?? { asked: [], failed: [] }
    const isRecent = (past: number): boolean => past > at - WINDOW_MS
    const tries = tried({ asked: before.asked.filter(isRecent), failed: before.failed.filter(isRecent) })
    this.#tries.delete(address)
    this.#tries.set(address, tries)
    if (this.#tries.size > ADDRESSES_AT_MOST) forgetFirst(this.#tries)
    const unanswered = tries.asked.filter(past => past <= at - ANSWER_WITHIN_MS)
    const failures = tries.failed.length + unanswered.length
    return failures < FAILURES_AT_MOST ? 'counted' : this.#judge(address, failures, at)
  }

  #judge(address: string, tries: number, at: number): Verdict {
    this.#tries.delete(address)
    if (at - (this.#worked.get(address) ?? Number.NEGATIVE_INFINITY) < WORKS_FOR_MS) return 'spared'
    this.#bans.set(address, { beganAt: at, endsAt: at + BANNED_MS, tries })
    if (this.#bans.size > BANS_AT_MOST) forgetFirst(this.#bans)
    return 'banned'
  }

  /** A phone has proved its password. Returns whether that is to be written down. */
  worked(address: string, at: number): boolean {
    this.#tries.get(address)?.asked.shift()
    const isNews = at - (this.#worked.get(address) ?? 0) >= NOTED_EVERY_MS
    if (isNews) this.#worked.set(address, at)
    return isNews
  }

  /** Lets those in whose time is over. Returns whether there were any. */
  lift(at: number): boolean {
    return this.#letIn((_, { endsAt }) => endsAt <= at)
  }

  /** Lets those in who were refused before somebody said that they are to be. Returns whether there were any. */
  pardon(lifted: ReadonlyMap<string, number>): boolean {
    return this.#letIn((address, { beganAt }) => beganAt < (lifted.get(address) ?? Number.NEGATIVE_INFINITY))
  }

  #letIn(is: (address: string, ban: Ban) => boolean): boolean {
    const these = [...this.#bans].filter(([address, ban]) => is(address, ban))
    for (const [address] of these) this.#bans.delete(address)
    return these.length > 0
  }

  get all(): Banned[] {
    return [...this.#bans].map(([address, ban]) => ({ address, ...ban }))
  }
}

function forgetFirst(map: Map<string, unknown>): void {
  const [first] = map.keys()
  map.delete(first!)
}
