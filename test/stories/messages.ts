import type { Command } from '../../src/call/commands.ts'
import { callOf } from '../../src/ids.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'
import type { Random } from '../random.ts'
import type { FakeClock } from './clock.ts'
import type { Event } from './link.ts'

/** What callers speak into Asterisk, some at length, some nothing. */
export class Messages {
  readonly #clock: FakeClock
  readonly #random: Random
  readonly #tell: (event: Omit<Event, 'at'>) => void
  /** By the channel of whoever speaks. */
  readonly #beingSpoken = new Map<string, string>()
  readonly #spoken = new Set<string>()

  constructor(clock: FakeClock, random: Random, tell: (event: Omit<Event, 'at'>) => void) {
    this.#clock = clock
    this.#random = random
    this.#tell = tell
  }

  get spoken(): string[] {
    return [...this.#spoken]
  }

  get beingSpoken(): string[] {
    return [...this.#beingSpoken.values()]
  }

  seen(message: string): [string, 'being-spoken' | 'spoken'][] {
    if (this.#channelOf(message) !== undefined) return [[message, 'being-spoken']]
    return this.#spoken.has(message) ? [[message, 'spoken']] : []
  }

  perform(command: Command & { do: 'record' | 'end-message' | 'forget-message' }): void {
    if (command.do === 'record') this.#record(command)
    else if (command.do === 'end-message') this.#end(command.message)
    else this.#forget(command.message)
  }

  #record({ channel, message, mostMs }: Command & { do: 'record' }): void {
    if (this.seen(message).length > 0) throw new PhoneRefused('gone', `there is a recording ${message}`)
    this.#beingSpoken.set(channel, message)
    const ms = Math.min(mostMs, this.#random.about(20_000))
    this.#clock.after(ms, () => {
      if (this.#beingSpoken.get(channel) === message) this.ends(channel)
    })
  }

  /** By #, by silence, by its length, or with its caller. */
  ends(channel: string): void {
    const message = this.#beingSpoken.get(channel)
    if (message === undefined) return
    this.#beingSpoken.delete(channel)
    this.#spoken.add(message)
    const spokenMs = this.#random.pick([0, 1_000, 5_000, 30_000])
    this.#tell({ call: callOf(channel), happening: { kind: 'MessageSpoken', message, spokenMs } })
  }

  /** Its caller has left, and it is kept elsewhere. */
  take(message: string): void {
    this.#spoken.delete(message)
  }

  #end(message: string): void {
    const channel = this.#channelOf(message)
    if (channel === undefined) throw new PhoneRefused('gone', `nobody speaks ${message}`)
    this.ends(channel)
  }

  /** Also while it is being spoken. */
  #forget(message: string): void {
    const isSpoken = this.#beingSpoken.delete(this.#channelOf(message) ?? '')
    if (!isSpoken && !this.#spoken.delete(message)) throw new PhoneRefused('gone', `there is no recording ${message}`)
  }

  #channelOf(message: string): string | undefined {
    return [...this.#beingSpoken].find(([, one]) => one === message)?.[0]
  }

  /** What was being spoken is lost. */
  die(): void {
    this.#beingSpoken.clear()
  }
}
