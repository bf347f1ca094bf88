import type { Command } from '../../src/call/commands.ts'
import { callOf, isCustomer, isOurs } from '../../src/ids.ts'
import { PhoneRefused, type Seen, type UnderWay } from '../../src/switchboard/ports.ts'
import type { Random } from '../random.ts'
import { Bridges } from './bridges.ts'
import { type Channel, seen } from './channel.ts'
import type { FakeClock } from './clock.ts'
import { Customer } from './customers.ts'
import { dialled as leads } from './duty.ts'
import { Lifeboat } from './lifeboat.ts'
import type { Event } from './link.ts'
import { Messages } from './messages.ts'
import { OUTSIDE, Outside } from './outside.ts'
import type { Handset, Person } from './people.ts'
import { Playbacks } from './playbacks.ts'

const USER_BUSY = 17

/** An Asterisk as far as we use one: channels, playbacks that end, bridges, phones. It holds the truth. */
export class Asterisk {
  startedAt: number
  #isUp = true
  readonly lifeboat: Lifeboat
  readonly messages: Messages
  readonly handsets = new Map<string, Handset>()
  readonly channels = new Map<string, Channel>()
  readonly #rooms: Bridges
  readonly #clock: FakeClock
  readonly #playbacks: Playbacks
  readonly #random: Random
  readonly #tell: (event: Omit<Event, 'at'>) => void
  /** Length of each tape, by the time its call was gone. */
  readonly tapes = new Map<string, number>()

  constructor(clock: FakeClock, random: Random, tell: (event: Omit<Event, 'at'>) => void) {
    this.lifeboat = new Lifeboat(this, clock, random, this.handsets)
    this.messages = new Messages(clock, random, tell)
    this.#clock = clock
    this.#rooms = new Bridges(this.channels)
    this.#random = random
    this.#tell = tell
    this.#playbacks = new Playbacks(this.channels, clock, tell)
    this.handsets.set(OUTSIDE, new Outside(this, clock, random))
    this.startedAt = clock.now() - 1_000_000
  }

  get bridges(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#rooms.rooms
  }

  // ── What people do ──

  /** Where no application listens, the lifeboat takes the caller. */
  callArrives(id: string, number: string, dialled: string, person: Person, isHeard: boolean): void {
    this.#add({ id, role: 'caller', number, dialled, person })
    if (!isHeard) {
      this.#toLifeboat(id, 'lifeboat')
      return
    }
    const { flow, language } = leads(dialled)
    const arrived = { channel: id, from: number, name: '', to: dialled, flow, language }
    this.#tell({ call: id, happening: { kind: 'Arrived', ...arrived } })
  }

  /** An agent dials a code or a number: a channel of the desk, which is no call yet. */
  agentDials(id: string, agent: string, person: Person): void {
    this.#add({ id, role: 'agent', number: agent, dialled: '*', person })
  }

  press(id: string, key: string): void {
    if (!this.channels.has(id)) return
    const isOurOwn = isOurs(id)
    this.#tell({
      call: callOf(id),
      happening: isOurOwn ? { kind: 'LegKey', leg: id, key } : { kind: 'KeyPressed', key },
    })
    if (key === '#') this.messages.ends(id)
  }

  pickUp(leg: string): void {
    const channel = this.channels.get(leg)
    if (!channel || channel.up) return
    channel.up = true
    if (channel.ours) this.#tellOfLeg(leg, 'LegAnswered')
    else channel.person.picksUp?.()
  }

  lifeboatRings(leg: string, agent: string, person: Person): void {
    this.#add({ id: leg, role: 'other', number: agent, dialled: '', person })
    this.channels.get(leg)!.ours = false
  }

  ringsOut(leg: string): void {
    if (this.channels.get(leg)?.up === false) this.hangUp(leg, 19)
  }

  hold(leg: string, on: boolean): void {
    if (this.channels.get(leg)?.ours) this.#tellOfLeg(leg, on ? 'LegHeld' : 'LegRetrieved')
  }

  hangUp(id: string, cause: number): void {
    const channel = this.channels.get(id)
    if (!channel) return
    this.messages.ends(id)
    this.#remove(channel)
    const { number: from, dialled: to, arrivedAt } = channel
    if (channel.role === 'caller' || this.lifeboat.has(id)) this.lifeboat.ended(id, cause, { from, to, arrivedAt })
    for (const { say } of channel.playing) this.#tell({ call: callOf(id), happening: { kind: 'PromptEnded', say } })
    // Of a channel that it has dialled for us, Asterisk tells also while it is on its way through the dialplan.
    if (!channel.ours && !isCustomer(id)) return
    if (channel.role === 'caller' || channel.role === 'agent')
      this.#tell({ call: id, happening: { kind: 'CallerLeftUs' } })
    else this.#tell({ call: callOf(id), happening: { kind: 'LegEnded', leg: id, cause } })
  }

  /** Everything is gone, and nobody is told. */
  die(): void {
    this.#isUp = false
    this.lifeboat.sinks()
    this.messages.die()
    for (const channel of [...this.channels.values()]) this.#remove(channel)
    this.#rooms.die()
  }

  start(): void {
    this.#isUp = true
    this.startedAt = this.#clock.now()
    this.lifeboat.tell({ kind: 'asterisk-started', call: '' })
  }

  // ── What we ask for ──

  perform(command: Exclude<Command, { do: 'file-recording' | 'look-up' | 'check-pin' }>): void {
    if (!this.#isUp) throw new PhoneRefused('away', 'Asterisk is not there')
    switch (command.do) {
      case 'answer':
        this.#answer(this.#need(command.channel))
        break
      case 'say':
        this.#playbacks.play(this.#need(command.channel), command.say, command.prompts)
        break
      case 'stop-saying':
        this.#playbacks.stop(command.say)
        break
      case 'record':
      case 'end-message':
      case 'forget-message':
        if (command.do === 'record') this.#need(command.channel)
        this.messages.perform(command)
        break
      case 'music':
      case 'ringing':
      case 'end-meanwhile':
      case 'mute':
      case 'mute-tape':
      case 'unmute':
        this.#need(command.channel)
        break
      case 'take-out':
        this.#rooms.takeOut(command.bridge, this.#need(command.channel))
        break
      case 'ring':
        this.#ring(command)
        break
      case 'dial':
        if (isCustomer(command.leg)) this.#dial(command)
        else this.#ring({ ...command, agent: OUTSIDE })
        break
      case 'let-dial':
        this.#need(command.channel).ours = false
        break
      case 'tape':
        this.#tape(this.#need(command.channel))
        break
      case 'connect':
        this.#rooms.connect(
          command.bridge,
          command.channels.map(id => this.#need(id)),
        )
        break
      case 'disconnect':
        this.#rooms.disconnect(command.bridge)
        break
      case 'hang-up':
        // Wherever it is, also in the dialplan (Asterisk's resource_channels.c looks for it by name).
        if (!this.channels.has(command.channel)) throw new PhoneRefused('gone', `there is no ${command.channel}`)
        this.hangUp(command.channel, command.cause)
        break
      case 'lifeboat':
        this.#need(command.channel)
        this.#tell({ call: command.channel, happening: { kind: 'CallerLeftUs' } })
        this.#toLifeboat(command.channel, command.queue)
    }
  }

  look({ sayings, messages }: UnderWay): Seen {
    const said = new Set([...this.channels.values()].flatMap(channel => channel.playing.map(({ say }) => say)))
    return {
      startedAt: this.startedAt,
      channels: new Map([...this.channels].map(([id, channel]) => [id, seen(channel)])),
      bridges: new Map([...this.bridges].map(([id, inside]) => [id, [...inside]])),
      sayings: new Set(sayings.filter(say => said.has(say))),
      messages: new Map(messages.flatMap(id => this.messages.seen(id))),
      spoken: this.messages.spoken,
    }
  }

  #add(channel: Pick<Channel, 'id' | 'role' | 'number' | 'dialled' | 'person'>): void {
    const arrivedAt = this.#clock.now()
    const isNew = { up: false, ours: true, arrivedAt, answeredAt: null, bridge: null, playing: [] }
    this.channels.set(channel.id, { ...channel, ...isNew })
  }

  #toLifeboat(id: string, queue: string): void {
    const channel = this.channels.get(id)!
    channel.ours = false
    channel.up = true
    channel.answeredAt ??= this.#clock.now()
    this.lifeboat.board(id, queue, { from: channel.number, to: channel.dialled })
  }

  #remove(channel: Channel): void {
    this.channels.delete(channel.id)
    const isCalls = channel.role === 'caller' || isCustomer(channel.id)
    if (channel.answeredAt !== null && isCalls) this.tapes.set(callOf(channel.id), this.#clock.now())
    this.#rooms.leave(channel)
    channel.person.isGone()
  }

  #need(id: string): Channel {
    const channel = this.channels.get(id)
    if (!channel?.ours) throw new PhoneRefused('gone', `there is no channel ${id}`)
    return channel
  }

  #answer(channel: Channel): void {
    if (channel.up) return
    channel.up = true
    // An agent's own call is on tape on the customer's side.
    if (channel.role === 'agent') return
    channel.answeredAt = this.#clock.now()
    if (channel.role === 'caller') this.#tell({ call: channel.id, happening: { kind: 'Answered' } })
  }

  #ring({ leg, agent, forMs }: { leg: string; agent: string; forMs: number }): void {
    if (this.channels.has(leg)) throw new PhoneRefused('refused', `there is a channel ${leg}`)
    const person = this.handsets.get(agent)!.ring(leg)
    if (person === 'unregistered') throw new PhoneRefused('refused', 'Allocation failed')
    if (person === 'busy') {
      this.#tell({ call: callOf(leg), happening: { kind: 'LegEnded', leg, cause: USER_BUSY } })
      return
    }
    this.#add({ id: leg, role: 'other', number: agent, dialled: '', person })
    this.#tellOfLeg(leg, 'LegRang')
    this.#clock.after(forMs + 2_000, () => this.ringsOut(leg))
  }

  /** A customer is called, who picks up, or not. */
  #dial({ leg, number, forMs }: Command & { do: 'dial' }): void {
    if (this.channels.has(leg)) throw new PhoneRefused('refused', `there is a channel ${leg}`)
    const customer = new Customer(this, this.#clock, this.#random, leg)
    this.#add({ id: leg, role: 'other', number, dialled: '', person: customer })
    this.#clock.after(forMs + 2_000, () => this.ringsOut(leg))
    customer.isCalled()
  }

  /** Out of our application, and back. */
  #tape(channel: Channel): void {
    channel.ours = false
    this.#clock.after(this.#random.upTo(50), () => {
      if (this.channels.get(channel.id) !== channel) return
      channel.ours = true
      channel.role = 'customer'
      channel.answeredAt = this.#clock.now()
      this.#tell({ call: callOf(channel.id), happening: { kind: 'OnTape', leg: channel.id } })
    })
  }

  #tellOfLeg(leg: string, kind: 'LegRang' | 'LegAnswered' | 'LegHeld' | 'LegRetrieved'): void {
    this.#tell({ call: callOf(leg), happening: { kind, leg } })
  }
}
