import type { IncomingCall } from '../../src/softphone/call.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { bothHear, type World } from './world.ts'

/** A caller for whom the phone of this agent rings. */
export type Rung = { id: string; caller: Dialog; incoming: IncomingCall }
export type Talk = { id: string; caller: Dialog; agent: Dialog }

/** Agents of the sales line, of whom a test signs in the ones it wants, and callers who get whoever is free. */
export class Team {
  readonly #world: World
  readonly #ids: string[]
  readonly #phones = new Map<string, Softphone>()

  private constructor(world: World, ids: string[]) {
    this.#world = world
    this.#ids = ids
  }

  /** While the service is down, which learns of them at its start. */
  static async hire(world: World, ids: string[]): Promise<Team> {
    await world.knex('agents').insert(ids.map(id => ({ id, name: id, sip_password: `secret-${id}` })))
    await world.knex('agent_skills').insert(ids.map(id => ({ agent_id: id, skill: 'sales', level: 5 })))
    return new Team(world, ids)
  }

  /** Their phones register; nobody signs in yet. */
  async arrive(): Promise<void> {
    for (const id of this.#ids) {
      const phone = await this.#world.agent(id)
      // One for each caller who is waited for.
      phone.setMaxListeners(this.#ids.length * 2)
      this.#phones.set(id, phone)
    }
  }

  phone(id: string): Softphone {
    return this.#phones.get(id)!
  }

  /** This agent and nobody else becomes free. */
  async signIn(id: string): Promise<Softphone> {
    const phone = this.phone(id)
    await this.#world.dial(phone, '*1')
    await this.#world.agentIs(id, 'ready')
    return phone
  }

  /** All sign out, and nobody waits for a ring any more. */
  async goHome(): Promise<void> {
    await Promise.all(this.#ids.map(id => this.#signOut(id)))
  }

  async #signOut(id: string): Promise<void> {
    const state = (): string => this.#world.agents.get(id)!.state
    await this.#world.until(`no call holds ${id}`, () => !/^(ringing|talking)$/.test(state()))
    this.phone(id).removeAllListeners('invite')
    if (state() !== 'signed-out') await this.#world.dial(this.phone(id), '*2')
  }

  /** The first phone that is asked to ring for this caller from now on, whoever's it is. */
  ringFor(from: string): Promise<Omit<Rung, 'caller'>> {
    return new Promise(done => {
      const looks = [...this.#phones].map(([id, phone]) => {
        const look = (incoming: IncomingCall): void => {
          if (incoming.from !== from) return
          for (const stop of looks) stop()
          incoming.ring()
          done({ id, incoming })
        }
        phone.on('invite', look)
        return () => phone.off('invite', look)
      })
    })
  }

  /** A caller presses the key for the line, and a phone rings. */
  async ringing(from: string): Promise<Rung> {
    const ring = this.ringFor(from)
    const caller = await this.#world.callIn(from)
    await caller.press('1')
    return { caller, ...(await ring) }
  }

  /** A caller talks to whoever is free. */
  async talking(from: string): Promise<Talk> {
    return answered(await this.ringing(from))
  }
}

export async function answered({ id, caller, incoming }: Rung): Promise<Talk> {
  const agent = await incoming.answer()
  await bothHear(caller, agent)
  return { id, caller, agent }
}
