import { pino } from 'pino'
import type { Agent } from '../../src/agent/agent.ts'
import { type Call, isClosed } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import type { Fact, Happening } from '../../src/call/facts.ts'
import type { Mode } from '../../src/call/supervisionFacts.ts'
import { bridgeId, hushId, isOurs } from '../../src/ids.ts'
import { Library } from '../../src/ivr/library.ts'
import { type Acts, actsOn } from '../../src/switchboard/acts.ts'
import { Audit } from '../../src/switchboard/audit.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { callOn } from '../../src/switchboard/compare.ts'
import {
  type Change,
  type Memory,
  type Phone,
  PhoneRefused,
  type Seen,
  type SeenChannel,
} from '../../src/switchboard/ports.ts'
import { recover } from '../../src/switchboard/recover.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { anAgent, aQueue, aTalk, CALL, given, HOTLINE_FLOWS } from '../call/given.ts'
import { insist } from '../insist.ts'
import type { Random } from '../random.ts'
import { FakeClock } from '../stories/clock.ts'

/** `on`: of an ear, the channel that it hears. `phone`: where it is of one. */
type Channel = { role: SeenChannel['role']; up: boolean; on?: string; phone?: string }

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

/** One talk of agent 8001 in a small Asterisk, and a service that may die: what survives it is on `disk`. */
export class Room implements Phone {
  readonly clock = new FakeClock()
  readonly channels = new Map<string, Channel>()
  readonly bridges = new Map<string, Set<string>>()
  readonly disk = { facts: [] as Fact[], calls: new Map<string, Call>(), agents: new Map<string, Agent>() }
  board!: Switchboard
  acts!: Acts
  /** What Asterisk has told, and the service has not heard yet. */
  #told: Happening[] = []
  #life = 0
  #audit: Audit | undefined
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
    const call = given(aTalk).call!
    for (const id of [call.channel, call.leg!.id])
      this.channels.set(id, { role: isOurs(id) ? 'other' : 'caller', up: true })
    this.bridges.set(bridgeId(call.id), new Set([call.channel, call.leg!.id]))
    this.disk.calls.set(call.id, call)
    this.disk.agents.set('8001', anAgent('8001', { state: 'talking', call: call.id, since: this.clock.now() }))
    for (const id of ['8002', '8003']) this.disk.agents.set(id, anAgent(id, { since: this.clock.now() }))
    for (const id of ['8008', '8009']) this.disk.agents.set(id, anAgent(id, { state: 'signed-out' }))
  }

  get call(): Call | undefined {
    return this.board.call(CALL)
  }

  /** Whoever can hang up: no ears. */
  get phones(): string[] {
    return [...this.channels].flatMap(([id, { on }]) => (on === undefined ? [id] : []))
  }

  /** The service starts, and compares. */
  async starts(): Promise<void> {
    const life = ++this.#life
    this.#told = []
    const library = new Library(HOTLINE_FLOWS.map(flow => ({ number: 1, flow })))
    const centre = new Centre([aQueue('sales'), aQueue('support')], new Map(), library)
    const log = pino({ level: 'silent' })
    const clock = {
      now: () => this.clock.now(),
      at: (time: number, wake: () => void) => this.clock.at(time, () => life === this.#life && wake()),
    }
    const memory: Memory = { remember: change => this.#remember(change, life) }
    const phone: Phone = {
      perform: command => (life === this.#life ? this.perform(command) : new Promise(() => {})),
      look: () => this.look(),
    }
    this.board = new Switchboard({ centre, namedQueues: [], phone, memory, clock, log })
    this.acts = actsOn({ board: this.board, centre, clock, isAwake: () => true })
    const { agents, calls } = JSON.parse(
      JSON.stringify({
        agents: [...this.disk.agents.values()],
        calls: [...this.disk.calls.values()].filter(call => !isClosed(call)),
      }),
    )
    this.board.restore(agents, calls)
    const endOf = async () => undefined
    const onRecord = async () => new Set<string>()
    const { dialled } = centre
    const recovery = { board: this.board, phone, clock, log, dialled, endOf, onRecord, isTold: () => false }
    await recover(recovery)
    this.#audit = new Audit(recovery)
  }

  /** What was on its way to the disk may arrive, or some of it. */
  dies(): void {
    this.#life += 1
    this.board.stop()
    const arrived = this.#pending.slice(0, this.#random.upTo(this.#pending.length + 1))
    this.#pending = []
    for (const change of arrived) this.#write(change)
  }

  #pending: Change[] = []

  async #remember(change: Change, life: number): Promise<void> {
    this.#pending.push(change)
    await Promise.resolve()
    if (life !== this.#life) return new Promise(() => {})
    for (const one of this.#pending.splice(0)) this.#write(one)
  }

  #write({ call, agents }: Change): void {
    if (call) {
      const { seq } = this.disk.calls.get(CALL)!
      insist(seq + call.facts.length === call.after.seq, () => `facts are missing before ${call.after.seq}`)
      this.disk.facts.push(...call.facts)
      this.disk.calls.set(CALL, call.after)
    }
    for (const { after } of agents) this.disk.agents.set(after.id, after)
  }

  // ── Asterisk ──

  async perform(command: Command): Promise<void> {
    for (let i = this.#random.upTo(4); i > 0; i -= 1) await Promise.resolve()
    if (command.do === 'file-recording')
      return this.#tell({ kind: 'Filed', recording: { file: 'a.wav', ms: 1, sha256: 'ab', faults: [] } })
    if ('channel' in command && command.do !== 'hang-up') this.#need(command.channel)
    switch (command.do) {
      case 'ring':
        if (this.channels.has(command.leg)) throw new PhoneRefused('refused', 'it is there')
        this.channels.set(command.leg, { role: 'other', up: false })
        return this.#tell({ kind: 'LegRang', leg: command.leg })
      case 'answer':
        return this.picksUp(command.channel)
      case 'listen':
        if (this.channels.has(command.ear)) throw new PhoneRefused('refused', 'it is there')
        this.channels.set(command.ear, { role: 'other', up: true, on: command.channel })
        return this.#tell({ kind: 'LegAnswered', leg: command.ear })
      case 'tape':
        this.channels.get(command.channel)!.role = 'customer'
        return this.#tell({ kind: 'OnTape', leg: command.channel })
      case 'say':
        if (command.say !== hushId(CALL)) this.#tell({ kind: 'PromptEnded', say: command.say, heard: true })
        return
      case 'connect':
        for (const id of command.channels) this.#need(id)
        this.#leaveAll(command.channels)
        this.bridges.set(command.bridge, new Set([...(this.bridges.get(command.bridge) ?? []), ...command.channels]))
        return
      case 'take-out':
        return this.#leaveAll([command.channel])
      case 'disconnect':
        if (!this.bridges.delete(command.bridge)) throw new PhoneRefused('gone', 'no bridge')
        return
      case 'hang-up':
        if (!this.channels.has(command.channel)) throw new PhoneRefused('gone', 'no channel')
        return this.hangsUp(command.channel, command.cause)
      default:
    }
  }

  hangsUp(id: string, cause = 16): void {
    if (!this.channels.delete(id)) return
    this.#leaveAll([id])
    this.#tell(id === CALL ? { kind: 'CallerLeftUs' } : { kind: 'LegEnded', leg: id, cause })
    for (const [ear, { on }] of this.channels) if (on === id) this.hangsUp(ear)
  }

  /** Somebody has dialled from that phone to supervise, and is let go where they may not. */
  async dials(phone: string, mode: Mode, by: string): Promise<void> {
    const channel = `hotline-dialled.${this.#random.upTo(1e9)}`
    this.channels.set(channel, { role: 'agent', up: false })
    this.board.busyPhones.begin(channel, phone)
    try {
      await this.acts.supervise(CALL, { do: 'supervise', phone, mode, channel }, by)
    } catch (thrown) {
      this.hangsUp(channel)
      this.board.busyPhones.end(channel)
      throw thrown
    }
  }

  picksUp(id: string): void {
    const channel = this.channels.get(id)
    if (!channel || channel.up) return
    channel.up = true
    this.#tell({ kind: 'LegAnswered', leg: id })
  }

  presses(id: string, key: string): void {
    if (this.channels.has(id)) this.#tell({ kind: 'LegKey', leg: id, key })
  }

  async look(): Promise<Seen> {
    const channels = [...this.channels].map(([id, { role, up, phone }]) => {
      const seen = { id, up, ours: true, caller: { number: '', name: '' }, dialled: '', role }
      return [id, { ...seen, ...(phone !== undefined && { phone }) }] as const
    })
    return {
      ...{ startedAt: 0, channels: new Map(channels), sayings: new Set(), messages: new Map(), spoken: [] },
      bridges: new Map([...this.bridges].map(([id, inside]) => [id, [...inside]])),
    }
  }

  #need(id: string): void {
    if (!this.channels.has(id)) throw new PhoneRefused('gone', `no channel ${id}`)
  }

  #leaveAll(ids: readonly string[]): void {
    for (const inside of this.bridges.values()) for (const id of ids) inside.delete(id)
  }

  #tell(happening: Unstamped<Happening>): void {
    this.#told.push({ ...happening, at: this.clock.now() } as Happening)
  }

  // ── Time ──

  /** The service hears what there is to hear, one thing after another. */
  async hears(most = 1_000): Promise<void> {
    for (let i = 0; i < most; i += 1) {
      await this.board.settled()
      const next = this.#told.shift()
      if (!next) return
      this.board.happen(('leg' in next && callOn(this.board, next.leg)?.id) || CALL, next)
    }
    throw new Error('it never comes to rest')
  }

  /** Until nothing is left to happen; and what a death has left is taken away when it was seen twice. */
  async passes(): Promise<void> {
    await this.hears()
    for (let i = 0; i < 500 && this.clock.step(); i += 1) await this.hears()
    for (let i = 0; i < 2; i += 1) await this.#audit!.look()
    await this.hears()
  }
}
