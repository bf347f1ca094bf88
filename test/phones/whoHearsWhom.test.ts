import { describe, expect, test } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { type Hearing, hear, type Name, Parties, type Talk } from './parties.ts'

/**
 * Every change of a talk, under every way of supervising it, and every change of supervising, in every talk: after each it is measured
 * who hears whom, against what stands here.
 */

const parties = new Parties()

/** Who is in the agent's room: each hears the others. Who is not, hears nobody. */
const ROOMS = {
  talking: ['caller', 'agent'],
  holding: ['agent'],
  consulting: ['agent', 'second'],
  /** With the caller, while whoever is consulted is on hold. */
  alternated: ['caller', 'agent'],
  bothOnHold: ['agent'],
  conference: ['caller', 'agent', 'second'],
  /** Of the conference. */
  callerOnHold: ['agent', 'second'],
} satisfies Record<string, Name[]>
type Room = keyof typeof ROOMS
const rooms = Object.keys(ROOMS) as Room[]

/** `clear-party`: whoever was consulted leaves. */
const CHANGES: [from: Room, act: string, to: Room][] = [
  ['talking', 'hold-call', 'holding'],
  ['holding', 'retrieve-call', 'talking'],
  ['talking', 'consultation-call', 'consulting'],
  ['holding', 'consultation-call', 'consulting'],
  ['consulting', 'alternate-call', 'alternated'],
  ['consulting', 'retrieve-call', 'alternated'],
  ['consulting', 'conference-call', 'conference'],
  ['consulting', 'clear-party', 'talking'],
  ['alternated', 'alternate-call', 'consulting'],
  ['alternated', 'hold-call', 'bothOnHold'],
  ['alternated', 'conference-call', 'conference'],
  ['alternated', 'clear-party', 'talking'],
  ['bothOnHold', 'retrieve-call', 'alternated'],
  ['bothOnHold', 'alternate-call', 'consulting'],
  ['bothOnHold', 'clear-party', 'talking'],
  ['conference', 'hold-call', 'callerOnHold'],
  ['conference', 'clear-party', 'talking'],
  ['callerOnHold', 'retrieve-call', 'conference'],
  ['callerOnHold', 'clear-party', 'talking'],
]
/** Where somebody is consulted, or was, who may have the caller. */
const TRANSFERABLE: Room[] = ['consulting', 'alternated', 'bothOnHold', 'conference', 'callerOnHold']

/** Whoever takes over is with all who were there, on hold or not. */
const TAKEN_OVER: Record<Room, Room> = {
  talking: 'talking',
  holding: 'talking',
  consulting: 'conference',
  alternated: 'conference',
  bothOnHold: 'conference',
  conference: 'conference',
  callerOnHold: 'conference',
}

const MODES = ['listen', 'coach', 'barge'] as const
type Mode = (typeof MODES)[number] | 'nobody'

/** Each talk is that of a number of its own. */
let callers = 13_800_138_201

/** A talk, as it should be. */
class Stage {
  readonly #call: Talk
  readonly #phones: Partial<Record<Name, Dialog>>
  #room: Room = 'talking'
  #mode: Mode = 'nobody'
  /** Who serves the caller. */
  #chair: Name = 'agent'

  private constructor(call: Talk) {
    this.#call = call
    this.#phones = { caller: call.caller, agent: call.agent }
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await parties.talk(`${callers++}`))
    await stage.isHeard()
    return stage
  }

  get room(): Room {
    return this.#room
  }

  /** By way of what was tried already. */
  async go(room: Room): Promise<void> {
    for (const change of wayTo(this.#room, ([, , to]) => to === room)) await this.change(change)
  }

  async change([, act, to]: (typeof CHANGES)[number]): Promise<void> {
    if (act === 'consultation-call')
      this.#phones.second = await parties.consults(this.#call, parties.second, { agent: '8002' })
    else if (act === 'clear-party') await this.#clear()
    else await parties.act(this.#call, act)
    this.#room = to
    await this.isHeard(act)
  }

  async #clear(): Promise<void> {
    const talk = await parties.act(this.#call, 'talk', undefined, 'GET')
    const [{ id }] = talk.parties as [{ id: string }]
    await parties.act(this.#call, `parties/${encodeURIComponent(id)}`, undefined, 'DELETE')
    await this.#gone('second')
  }

  async supervise(mode: Mode): Promise<void> {
    const isThere = this.#mode !== 'nobody'
    if (mode === 'nobody') {
      await parties.act(this.#call, 'supervision?phone=8003', undefined, 'DELETE')
      await this.#gone('supervisor')
    } else if (isThere) await parties.act(this.#call, 'supervision', { mode, phone: '8003' }, 'PATCH')
    else this.#phones.supervisor = await parties.supervises(this.#call, mode)
    this.#mode = mode
    await this.isHeard(mode)
  }

  async transfer(): Promise<void> {
    await parties.act(this.#call, 'transfer-call')
    await this.#gone('agent')
    this.#chair = 'second'
    this.#room = 'talking'
    await this.isHeard('transfer-call')
  }

  /** Whoever supervises is in the agent's place, and supervises no more. */
  async takeOver(): Promise<void> {
    await parties.act(this.#call, 'take-over', { phone: '8003' })
    await this.#gone('agent')
    this.#chair = 'supervisor'
    this.#mode = 'nobody'
    this.#room = TAKEN_OVER[this.#room]
    await this.isHeard('take-over')
  }

  /** By force: where the caller leaves a conference, the others talk on. */
  async end(): Promise<void> {
    await parties.act(this.#call, 'force-clear')
    await Promise.all(Object.values(this.#phones).map(phone => phone.ended))
    await parties.world.quiet()
  }

  async #gone(name: Name): Promise<void> {
    await this.#phones[name]!.ended
    delete this.#phones[name]
  }

  async isHeard(after = 'the answer'): Promise<void> {
    await hear(this.#hearing()).catch(thrown => {
      expect.fail(`after ${after}, ${this.#room}, supervised by ${this.#mode}: ${thrown.message}`)
    })
  }

  #hearing(): Hearing {
    const inside = ROOMS[this.#room].map(name => (name === 'agent' ? this.#chair : name))
    const boss: Name[] = this.#mode === 'nobody' ? [] : ['supervisor']
    const isTold = (name: Name): boolean => this.#mode === 'barge' || (this.#mode === 'coach' && name === this.#chair)
    const heardBy = (name: Name): Name[] => {
      if (boss.includes(name)) return inside
      if (!inside.includes(name)) return []
      return [...inside.filter(other => other !== name), ...(isTold(name) ? boss : [])]
    }
    const present = Object.entries(this.#phones) as [Name, Dialog][]
    return Object.fromEntries(present.map(([name, phone]) => [name, [phone, ...heardBy(name)]]))
  }
}

/** The shortest way from there to a change that is wanted, with that as its last. */
function wayTo(from: Room, isWanted: (change: (typeof CHANGES)[number]) => boolean): typeof CHANGES {
  if (CHANGES.every(([, , to]) => to !== from) || !CHANGES.some(isWanted)) return []
  let ways = [[] as typeof CHANGES]
  for (;;) {
    const next = ways.flatMap(way =>
      CHANGES.filter(([at]) => at === (way.at(-1)?.[2] ?? from)).map(one => [...way, one]),
    )
    const found = next.find(way => isWanted(way.at(-1)!))
    if (found) return found
    ways = next
  }
}

describe('who hears whom', () => {
  test.each<Mode>(['nobody', ...MODES])('through every change of a talk, where there supervises: %s', async mode => {
    const stage = await Stage.open()
    if (mode !== 'nobody') await stage.supervise(mode)
    const untried = new Set(CHANGES)
    while (untried.size > 0)
      for (const change of wayTo(stage.room, one => untried.has(one))) {
        await stage.change(change)
        untried.delete(change)
      }
    await stage.end()
  })

  test.each(rooms)('through every change of supervising, in: %s', async room => {
    const stage = await Stage.open()
    if (room !== 'talking') await stage.go(room)
    // Each way in, each way out, and from each mode to each other.
    for (const mode of ['listen', 'coach', 'barge', 'listen', 'barge', 'coach', 'listen', 'nobody'] as const)
      await stage.supervise(mode)
    for (const mode of ['coach', 'nobody', 'barge', 'nobody'] as const) await stage.supervise(mode)
    await stage.end()
  })

  test.each<Mode>(['nobody', ...MODES])('when the caller is passed on, where there supervises: %s', async mode => {
    for (const room of TRANSFERABLE) {
      const stage = await Stage.open()
      await stage.go(room)
      if (mode !== 'nobody') await stage.supervise(mode)
      await stage.transfer()
      await stage.end()
    }
  })

  test.each(MODES)('when a supervisor takes over, who was there to: %s', async mode => {
    for (const room of rooms) {
      const stage = await Stage.open()
      if (room !== 'talking') await stage.go(room)
      await stage.supervise(mode)
      await stage.takeOver()
      await stage.end()
    }
  })
})
