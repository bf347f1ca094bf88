import { NORMAL_CLEARING } from '../call/causes.ts'
import type { Happening } from '../call/facts.ts'
import type { Dialled } from '../switchboard/centre.ts'
import { callOn } from '../switchboard/compare.ts'
import type { Clock } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import type { Desk } from './desk.ts'
import { type AriEvent, happenedAt, meaning, type Told } from './events.ts'

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
        const { call, happening } = ofTalk(board, told)
        if (happening.kind === 'KeyPressed' && desk.keyed(call, happening.key)) continue
        board.happen(call, happening)
        if (happening.kind === 'LegKey') void desk.pressed(call, happening.leg, happening.key, happening.at)
        if (happening.kind === 'KeyPressed') void desk.pressed(call, call, happening.key, happening.at)
        if (!isRemembering() && happening.kind === 'Arrived') {
          board.happen(call, { kind: 'DatabaseAway', at: clock.now() })
        }
      } else if (told.kind === 'dialled') void desk.dialled(told.channel, told.phone, told.number)
      else if (told.kind === 'told') void desk.told(told.channel)
      else if (told.kind === 'unanswered') void desk.unanswered(told.channel)
      else desk.left(told.channel)
    }
  }
}

type OfCall = Pick<Extract<Told, { to: 'call' }>, 'call' | 'happening'>

/** What happens on a channel on which somebody has dialled to supervise a talk happens to a leg of that talk. */
function ofTalk(board: Switchboard, told: OfCall): OfCall {
  if (board.call(told.call)) return told
  const call = callOn(board, told.call)?.id
  return call === undefined ? told : { call, happening: ofLeg(told.happening, told.call) }
}

function ofLeg(happening: Happening, leg: string): Happening {
  const { kind, at } = happening
  if (kind === 'Answered') return { kind: 'LegAnswered', leg, at }
  if (kind === 'KeyPressed') return { kind: 'LegKey', leg, key: happening.key, at }
  return kind === 'CallerLeftUs' ? { kind: 'LegEnded', leg, cause: NORMAL_CLEARING, at } : happening
}
