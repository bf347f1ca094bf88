import { pino } from 'pino'
import { openLegs } from '../../src/call/call.ts'
import type { Fact } from '../../src/call/facts.ts'
import type { Booking } from '../../src/call/promises.ts'
import type { Waiting } from '../../src/duty/duty.ts'
import { type Acts, actsOn } from '../../src/switchboard/acts.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Clock, Phone } from '../../src/switchboard/ports.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { anAgent, aQueue, NOON } from '../call/given.ts'

/** A whole switchboard with callbacks in its line. Its agents rest until they say otherwise. */

export const ANNA = '13800138000'
export const BOB = '13900139000'

export class Hotline {
  now = NOON
  /** In which callbacks are promised. */
  line = 'sales'
  readonly told: [call: string, fact: Fact][] = []
  readonly board: Switchboard
  readonly acts: Acts
  readonly centre: Centre

  constructor(...agents: string[]) {
    const clock: Clock = { now: () => this.now, at: () => () => {} }
    const phone: Phone = { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) }
    const callback = { keepsPlace: true, withinMs: 7_200_000, pausesMs: [300_000], afterLowScore: false }
    this.centre = new Centre(
      ['sales', 'support'].map(id => aQueue(id, { callback, wrapUpMs: 0 })),
      new Map(),
    )
    const memory = { remember: async () => {} }
    const log = pino({ level: 'silent' })
    this.board = new Switchboard({ centre: this.centre, namedQueues: [], phone, memory, clock, log })
    this.acts = actsOn({ board: this.board, centre: this.centre, clock, isAwake: () => true })
    this.board.watch((call, facts) => void this.told.push(...facts.map(fact => [call!.id, fact] as [string, Fact])))
    this.board.restore(
      agents.map(id => anAgent(id, { state: 'paused', reason: 'rest' })),
      [],
    )
    this.board.wake()
  }

  get at(): number {
    return this.now
  }

  /** A second after what was before. */
  calls(id: string, from: string): void {
    this.now += 1_000
    const { board, at } = this
    board.happen(id, {
      ...{ kind: 'Arrived', channel: id, from, name: '', to: '4008001000', flow: 'direct-sales', language: 'zh', at },
    })
    board.happen(id, { kind: 'Answered', at })
  }

  hangsUp(id: string): void {
    this.board.happen(id, { kind: 'CallerGone', cause: 16, by: 'caller', at: this.at })
  }

  keepsPlace(id: string, from: string): void {
    this.calls(id, from)
    this.board.happen(id, { kind: 'KeyPressed', key: '1', at: this.at })
    this.hangsUp(id)
  }

  async isReady(agent: string): Promise<void> {
    await this.board.dial(agent, { kind: 'wish', wish: { kind: 'ready' } })
  }

  /** The agent whom the call has answers; with a callback they press 1 and so dial. */
  takes(id: string): void {
    const leg = this.board.call(id)!.leg!.id
    this.board.happen(id, { kind: 'LegAnswered', leg, at: this.at })
    if (this.board.call(id)!.callback) this.board.happen(id, { kind: 'LegKey', leg, key: '1', at: this.at })
  }

  get callbacks() {
    return this.board.calls.filter(call => call.callback)
  }

  /** Where the callbacks stand, by number. */
  get stand(): string[] {
    return this.callbacks.map(({ from, phase, outcome }) => `${from} ${outcome ?? phase}`)
  }

  /** Their callback, which is promised for these. */
  leavesMessages(from: string, ...messages: string[]): string {
    return this.promised(from, 'message', ...messages)
  }

  /** A callback that is promised for this, and renewed for each message. */
  promised(from: string, because: Booking['because'], ...messages: string[]): string {
    const id = `cb-${this.line}-${from}`
    const { at } = this
    const opening = {
      of: 'x',
      from,
      name: '',
      to: '4008001000',
      flow: 'hotline',
      language: 'zh',
      callingIn: [],
    } as const
    const promise = { queue: this.line, place: at, promisedAt: at, promisedUntil: at + 7_200_000 }
    const told = messages.map(one => ({ because: 'message' as const, message: { id: one, file: one } }))
    const bookings = because === 'message' ? told : [{ because }, ...told]
    for (const [i, booking] of bookings.entries())
      this.board.happen(id, { kind: 'Booked', ...opening, ...promise, id: i === 0 ? id : `${id}-${i}`, ...booking, at })
    return id
  }

  waits(id: string, callback: string, from: string): Waiting {
    return {
      id,
      file: id,
      queue: 'sales',
      from,
      to: '4008001000',
      date: '2026-01-05',
      time: '09:00',
      callback,
      asked: [],
    }
  }

  dialsInForDuty(id: string): void {
    const { board, at } = this
    const arrival = {
      channel: id,
      from: '13700137000',
      name: '',
      to: '4008001009',
      flow: 'duty',
      language: 'zh',
    } as const
    board.happen(id, { kind: 'Arrived', ...arrival, at })
    board.happen(id, { kind: 'Answered', at })
  }

  /** Somebody dials in, is let in, and hears the first. */
  entersDuty(id: string, ...waiting: Waiting[]): void {
    this.dialsInForDuty(id)
    this.presses(id, '#')
    this.presses(id, '#')
    const { board, at } = this
    board.happen(id, { kind: 'PinChecked', result: { person: '7', until: at + 3_600_000, waiting }, at })
  }

  /** A second after what was before. */
  presses(id: string, key: string): void {
    this.now += 1_000
    this.board.happen(id, { kind: 'KeyPressed', key, at: this.at })
  }

  /** Whom they have dialled. */
  customerOf(id: string, kind: 'LegAnswered' | 'LegEnded', cause = 16): void {
    this.now += 1_000
    const leg = this.board.call(id)!.outside!.id
    this.board.happen(id, { ...(kind === 'LegEnded' ? { kind, cause } : { kind }), leg, at: this.at })
  }

  /** Which messages, in order. */
  toldTo(id: string): string[] {
    return this.told.flatMap(([call, fact]) => (call === id && fact.kind === 'MessageTold' ? [fact.message] : []))
  }
}

/** At whose phones they ring. */
export const rungFor = ({ board }: Hotline, id: string): string[] => openLegs(board.call(id)!).map(({ agent }) => agent)

export const CALLED_BACK = `cb-sales-${ANNA}`

/** 8001 has called Anna back, and sent her on. 8002 is ready, and 8003 talks. */
export async function calledBackAndSentOn(to: { agent: string } | { queue: string }): Promise<Hotline> {
  const hotline = new Hotline('8001', '8002', '8003')
  const { board } = hotline
  await hotline.isReady('8003')
  hotline.calls('a', BOB)
  hotline.takes('a')
  await hotline.isReady('8001')
  hotline.promised(ANNA, 'asked')
  hotline.takes(CALLED_BACK)
  await hotline.isReady('8002')
  const leg = board.call(CALLED_BACK)!.channel
  for (const kind of ['LegAnswered', 'OnTape'] as const) board.happen(CALLED_BACK, { kind, leg, at: hotline.at })
  hotline.now += 60_000
  board.happen(CALLED_BACK, { kind: 'SingleStepTransfer', to, by: 'agent:8001', at: hotline.at })
  return hotline
}
