import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { loudness, toneLevel } from '../../src/softphone/tone.ts'
import { TRUNK_PORT } from '../ports.ts'
import { settled } from './settled.ts'
import { expectWholeTapes } from './tape.ts'
import { hotline as typed } from './typed.ts'
import { World } from './world.ts'

/** Each party of a talk has a voice of its own, so that one can measure who hears whom. */
export const TONES = { caller: 440, agent: 880, second: 1_300, outside: 620, supervisor: 1_750, third: 2_150 } as const
export type Name = keyof typeof TONES

const WINDOW_MS = 300

/** Whom they hear now. Music and speech are nobody's voice. */
export function hearing(dialog: Dialog): Name[] {
  const pcm = dialog.heard.last(WINDOW_MS)
  const all = loudness(pcm)
  return (Object.keys(TONES) as Name[]).filter(name => {
    const level = toneLevel(pcm, TONES[name])
    return level > -35 && level > all - 12
  })
}

export type Hearing = Record<string, [Dialog, ...Name[]]>

/** Resolves when everybody hears just those, all at the same time: `{ caller: [dialog, 'agent'], … }`. */
export async function hear(who: Hearing): Promise<void> {
  const wanted = Object.fromEntries(Object.entries(who).map(([name, [, ...others]]) => [name, [...others].sort()]))
  await vi.waitFor(
    () => {
      const heard = Object.fromEntries(Object.entries(who).map(([name, [dialog]]) => [name, hearing(dialog).sort()]))
      expect(heard).toEqual(wanted)
    },
    { timeout: 8_000, interval: 20 },
  )
}

export type Told = { status: number; body: { id?: string; detail?: string } & Record<string, unknown> }

/** Asks the API of this world's service, as the centre's own key. */
export async function ask(world: World, method: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`http://127.0.0.1:${world.config.ports.http}${path}`, {
    method,
    headers: { 'x-api-key': world.surroundings.apiKey, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}

export type Talk = { id: string; caller: Dialog; agent: Dialog }

/**
 * A world for one file. 8001 (`agent`) serves callers; 8002 (`second`) rests, and can be consulted; 8003 (`supervisor`) and 8004 (`third`)
 * have phones, and are signed out. What is dialled outside rings at `outside`. Each test must leave nothing behind, and whole tapes.
 */
export class Parties {
  world!: World
  agent!: Softphone
  second!: Softphone
  supervisor!: Softphone
  third!: Softphone
  outside!: Softphone
  readonly #folder = mkdtempSync(join(tmpdir(), 'hotline-parties-'))

  /** Called where a file begins: it says what comes before and after its tests. */
  constructor({ wired = false } = {}) {
    beforeAll(async () => {
      this.world = await World.open({ wired })
      this.outside = await this.world.phone({ user: 'outside', port: TRUNK_PORT, tone: { hz: TONES.outside } })
      for (const queue of ['sales', 'support']) await this.typed(`queue set ${queue} wrap-up=0 survey=none`)
      this.second = await this.world.signedIn('8002', { tone: { hz: TONES.second } })
      await this.world.dial(this.second, '*41')
      this.agent = await this.world.signedIn('8001', { tone: { hz: TONES.agent } })
      this.supervisor = await this.world.agent('8003', { tone: { hz: TONES.supervisor } })
      this.third = await this.world.agent('8004', { tone: { hz: TONES.third } })
    })
    afterEach(async () => {
      await settled(this.world)
      await expectWholeTapes(this.world.knex)
    })
    afterAll(async () => {
      await this.world?.close()
      rmSync(this.#folder, { recursive: true })
    })
  }

  typed(line: string): ReturnType<typeof typed> {
    return typed(this.world, this.#folder, line)
  }

  /** A caller and 8001, who hear each other. */
  async talk(from: string): Promise<Talk> {
    const { caller, agent } = await this.world.talk(from, this.agent)
    const { id } = await this.world.recordOf(from)
    return { id, caller, agent }
  }

  /** Done with that call over the API, as the centre. */
  async act({ id }: { id: string }, what: string, body?: object, method = 'POST'): Promise<Told['body']> {
    const answer = await ask(this.world, method, `/api/calls/${id}/${what}`, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }

  /** Something is done for which this phone rings, and it is answered. */
  async answers(phone: Softphone, done: () => Promise<unknown>): Promise<Dialog> {
    const ring = phone.nextInvite({ withinMs: 15_000 })
    await done()
    const incoming = await ring
    incoming.ring()
    return incoming.answer()
  }

  /** The agent consults, and the other answers. */
  consults(call: { id: string }, phone: Softphone, to: object): Promise<Dialog> {
    return this.answers(phone, () => this.act(call, 'consultation-call', to))
  }

  /** Their phone rings, and they pick up. */
  supervises(call: { id: string }, mode: string, phone = this.supervisor, of = '8003'): Promise<Dialog> {
    return this.answers(phone, () => this.act(call, 'supervision', { mode, phone: of }))
  }
}

export async function press(dialog: Dialog, keys: string): Promise<void> {
  for (const key of keys) await dialog.press(key)
}

export const listening = ({ caller, agent }: Talk, boss: Dialog): Hearing => ({
  ...{ caller: [caller, 'agent'], agent: [agent, 'caller'], boss: [boss, 'agent', 'caller'] },
})
export const coaching = (call: Talk, boss: Dialog): Hearing => ({
  ...listening(call, boss),
  agent: [call.agent, 'caller', 'supervisor'],
})
export const barging = (call: Talk, boss: Dialog): Hearing => ({
  ...coaching(call, boss),
  caller: [call.caller, 'agent', 'supervisor'],
})
