import { PhoneRefused } from '../../src/switchboard/ports.ts'
import { insist } from '../insist.ts'
import type { Channel } from './channel.ts'

/** Who is with whom. Whoever is taken out and left there is alone when the others are let go. */
export class Bridges {
  readonly rooms = new Map<string, Set<string>>()
  readonly #takenOut = new Map<string, Set<string>>()
  readonly #channels: ReadonlyMap<string, Channel>

  constructor(channels: ReadonlyMap<string, Channel>) {
    this.#channels = channels
  }

  connect(bridge: string, channels: readonly Channel[]): void {
    const inside = this.rooms.get(bridge) ?? new Set()
    this.rooms.set(bridge, inside)
    insist(
      channels.every(channel => channel.up || channel.role === 'agent'),
      () => `${bridge}: connects a phone that nobody has picked up`,
    )
    const playing = channels.find(channel => channel.playing.length > 0)
    insist(!playing, () => `${bridge}: connects while ${playing!.playing[0]!.say} is being said`)
    for (const channel of channels) {
      channel.bridge = bridge
      inside.add(channel.id)
      this.#takenOut.get(bridge)?.delete(channel.id)
    }
    for (const channel of channels) channel.person.isConnected()
  }

  takeOut(bridge: string, channel: Channel): void {
    if (!this.rooms.get(bridge)?.delete(channel.id)) throw new PhoneRefused('gone', `${channel.id} is not in ${bridge}`)
    channel.bridge = null
    this.#takenOut.set(bridge, (this.#takenOut.get(bridge) ?? new Set()).add(channel.id))
  }

  disconnect(bridge: string): void {
    const inside = this.rooms.get(bridge)
    if (!inside) throw new PhoneRefused('gone', `there is no bridge ${bridge}`)
    this.rooms.delete(bridge)
    for (const id of [...inside, ...(this.#takenOut.get(bridge) ?? [])]) {
      const channel = this.#channels.get(id)
      if (channel) channel.bridge = null
      channel?.person.isAlone()
    }
    this.#takenOut.delete(bridge)
  }

  leave({ id, bridge }: Channel): void {
    const inside = bridge === null ? undefined : this.rooms.get(bridge)
    inside?.delete(id)
    if (inside?.size === 1) for (const other of inside) this.#channels.get(other)?.person.isAlone()
  }

  die(): void {
    this.rooms.clear()
    this.#takenOut.clear()
  }
}
