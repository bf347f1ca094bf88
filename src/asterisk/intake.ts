import type { Log } from '../log.ts'
import type { Clock } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import type { Desk } from './desk.ts'
import { type AriEvent, happenedAt, meaning } from './events.ts'

export type IntakeParts = {
  board: Switchboard
  desk: Desk
  clock: Clock
  log: Log
  flowOf: (number: string) => string
  /** Whether the database can vouch for what is decided. */
  isRemembering: () => boolean
}

/** Where all of Asterisk's events come in, are routed once, by id, and are kept back while recovery compares. */
export class Intake {
  readonly #parts: IntakeParts
  #kept: AriEvent[] | undefined = []

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** From now on events wait. Those that waited already are known to the next look, or no longer true. */
  keepBack(): void {
    this.#kept = []
  }

  /** Lets the waiting events through, in order, and those to come. */
  letThrough(): void {
    const kept = this.#kept ?? []
    this.#kept = undefined
    for (const event of kept) this.take(event)
  }

  take(event: AriEvent): void {
    if (this.#kept) {
      this.#kept.push(event)
      return
    }
    const { board, desk, clock, log, flowOf, isRemembering } = this.#parts
    if (event.type === 'ApplicationReplaced') log.error('another program has taken over our ARI application')
    for (const told of meaning(event, happenedAt(event, clock.now()), flowOf)) {
      if (told.to === 'call') {
        board.happen(told.call, told.happening)
        if (!isRemembering() && told.happening.kind === 'Arrived') {
          board.happen(told.call, { kind: 'DatabaseAway', at: clock.now() })
        }
      } else if (told.kind === 'dialled') void desk.dialled(told.channel, told.agent, told.number)
      else void desk.told(told.channel)
    }
  }
}
