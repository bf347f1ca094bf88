import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from '../call/commands.ts'
import { isMessage, isOurs } from '../ids.ts'
import type { Language, Prompt } from '../ivr/flow.ts'
import type { SoundAt } from '../sound/shelf.ts'
import { isGone, type Phone, PhoneRefused, type Seen, type SeenChannel, type UnderWay } from '../switchboard/ports.ts'
import type { Ari } from './ari.ts'
import { HttpRefused } from './ariRequests.ts'
import { type Channel, endpointOf, ON_TAPE, sentBy } from './events.ts'
import { APPLICATION, playing, type Request, requestsFor } from './requests.ts'

/** What is done without Asterisk. */
export type Elsewhere = {
  /** Takes a call's tape. */
  file(command: Command & { do: 'file-recording' }): Promise<void>
  /** Begins, and does not wait for the answer. */
  lookUp(command: Command & { do: 'look-up' }): void
  checkPin(command: Command & { do: 'check-pin' }): void
  /** Rejects with PhoneRefused. */
  muteTape(command: Command & { do: 'mute-tape' }): Promise<void>
}

/** Our commands as requests of ARI. */
export class AriPhone implements Phone {
  readonly #ari: Ari
  readonly #soundAt: SoundAt
  readonly #elsewhere: Elsewhere

  constructor(ari: Ari, soundAt: SoundAt, elsewhere: Elsewhere) {
    this.#ari = ari
    this.#soundAt = soundAt
    this.#elsewhere = elsewhere
  }

  async perform(command: Command): Promise<void> {
    if (command.do === 'file-recording') return this.#elsewhere.file(command)
    if (command.do === 'look-up') return this.#elsewhere.lookUp(command)
    if (command.do === 'check-pin') return this.#elsewhere.checkPin(command)
    if (command.do === 'mute-tape') return this.#elsewhere.muteTape(command)
    if (!this.#ari.isUp) throw new PhoneRefused('away', 'there is no link to Asterisk')
    const requests = requestsFor(command, this.#soundAt)
    if (command.do === 'forget-message') return this.#askAll(requests)
    if (command.do === 'connect') return this.#connect(requests)
    for (const request of requests) await this.#ari.ask(request)
  }

  /**
   * A bridge that was taken away a moment ago, and has had somebody silent in it (`mix`), keeps its id until Asterisk has let go of
   * these, 34 ms on a machine that does nothing else: of six callers who were sent on outside four met it. Meanwhile it is neither made
   * (409) nor found, and nobody would hear anybody.
   */
  async #connect([create, ...add]: readonly Request[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const isNew = await this.#ari.ask(create!).then(() => true, unlessGone)
      try {
        for (const request of add) await this.#ari.ask(request)
        return
      } catch (thrown) {
        if (isNew || !isBridgeGone(thrown) || tries === TRIES) throw thrown
      }
      await pause(AGAIN_MS)
    }
  }

  /** Whatever of it is there. */
  async #askAll(requests: readonly Request[]): Promise<void> {
    for (const request of requests) {
      await this.#ari.ask(request).catch(thrown => {
        if (!isGone(thrown)) throw thrown
      })
    }
  }

  /** Plays prompts one after another as one playback of that id. */
  async play(channel: string, playback: string, prompts: readonly Prompt[], language: Language): Promise<void> {
    await this.#ari.ask(playing(channel, playback, prompts, language, this.#soundAt))
  }

  async look(asked: UnderWay): Promise<Seen> {
    const { channels, bridges, asterisk, playbacks, recordings } = this.#ari.operations
    // Before those that were spoken are listed: one that ends meanwhile is in one of the two.
    const live = await those(asked.messages, message => recordings.getLive!({ recordingName: message }))
    const [channelList, bridgeList, stored, info] = await Promise.all([
      channels.list!() as Promise<Channel[]>,
      bridges.list!() as Promise<{ id: string; channels: string[] }[]>,
      recordings.listStored!().catch(nothing) as Promise<{ name: string }[]>,
      asterisk.getInfo!({ only: 'status' }) as Promise<{ status: { startup_time: string } }>,
    ])
    const playing = await those(asked.sayings, say => playbacks.get!({ playbackId: say }))
    const spoken = stored.map(({ name }) => name).filter(isMessage)
    const messages: Seen['messages'] = new Map()
    for (const id of asked.messages) {
      if (live.has(id)) messages.set(id, 'being-spoken')
      else if (spoken.includes(id)) messages.set(id, 'spoken')
    }
    return {
      startedAt: Date.parse(info.status.startup_time),
      channels: new Map(channelList.map(channel => [channel.id, seen(channel)])),
      bridges: new Map(bridgeList.filter(({ id }) => isOurs(id)).map(({ id, channels }) => [id, channels])),
      sayings: playing,
      messages,
      spoken,
    }
  }
}

const TRIES = 40
const AGAIN_MS = 50

/** A channel that is gone is told of otherwise, and is not waited for. */
const isBridgeGone = (thrown: unknown): boolean =>
  thrown instanceof HttpRefused && (thrown.status === 404 || thrown.status === 409)

/** It is there already. */
function unlessGone(thrown: unknown): false {
  if (isGone(thrown)) return false
  throw thrown
}

/** Where its folder cannot be read, messages are lost to us, and nothing else. */
function nothing(thrown: unknown): [] {
  if (thrown instanceof PhoneRefused && thrown.id === 'refused') return []
  throw thrown
}

/** Those that Asterisk knows. */
async function those(ids: readonly string[], ask: (id: string) => Promise<unknown>): Promise<Set<string>> {
  const known = ids.map(async id => {
    try {
      await ask(id)
      return [id]
    } catch (thrown) {
      if (isGone(thrown)) return []
      throw thrown
    }
  })
  return new Set((await Promise.all(known)).flat())
}

function seen(channel: Channel): SeenChannel {
  const { id, dialplan } = channel
  const { from: number, name, to: dialled } = sentBy(channel)
  const [application, role] = dialplan.app_name === 'Stasis' ? dialplan.app_data.split(',') : []
  return {
    id,
    up: channel.state === 'Up',
    ours: application === APPLICATION || isOurs(id),
    caller: { number, name },
    dialled,
    role: role === 'caller' || role === 'agent' || role === ON_TAPE ? role : 'other',
    phone: endpointOf(channel.name),
    // As app_queue.c names what it rings, until that call is over.
    isRungByLifeboat: dialplan.app_name === 'AppQueue',
  }
}
