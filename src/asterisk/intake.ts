import type { Dialled } from '../switchboard/centre.ts'
import type { Clock } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import type { Desk } from './desk.ts'
import { type AriEvent, happenedAt, meaning } from './events.ts'

export type IntakeParts = {
  board: Switchboard
  desk: Desk
  clock: Clock
  dialled: (number: string) => Dialled
  /** Another program has taken over our ARI application. */
  onReplaced: () => void
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

  /** Whether what this channel has come for is among those that wait. */
  isTold(channel: string): boolean {
    return this.#kept?.some(event => event.type === 'StasisStart' && event.channel.id === channel) ?? false
  }

  /** Lets the waiting events through, in order, and those to come. */
  letThrough(): void {
    const kept = this.#kept ?? []
    this.#kept = undefined
    for (const event of kept) this.take(event)
  }

  take(event: AriEvent): void {
    if (event.type === 'ApplicationReplaced') this.#parts.onReplaced()
    if (this.#kept) {
      this.#kept.push(event)
      return
    }
    const { board, desk, clock, dialled, isRemembering } = this.#parts
    for (const told of meaning(event, happenedAt(event, clock.now()), dialled)) {
      if (told.to === 'call') {
        const { happening } = told
        if (happening.kind === 'KeyPressed' && desk.keyed(told.call, happening.key)) continue
        board.happen(told.call, happening)
        if (happening.kind === 'LegKey') void desk.pressed(told.call, happening.leg, happening.key, happening.at)
        if (happening.kind === 'KeyPressed') void desk.pressed(told.call, told.call, happening.key, happening.at)
        if (!isRemembering() && happening.kind === 'Arrived') {
          board.happen(told.call, { kind: 'DatabaseAway', at: clock.now() })
        }
      } else if (told.kind === 'dialled') void desk.dialled(told.channel, told.phone, told.number)
      else if (told.kind === 'told') void desk.told(told.channel)
      else if (told.kind === 'unanswered') void desk.unanswered(told.channel)
      else desk.left(told.channel)
    }
  }
}
