import { join } from 'node:path'
import type { Command } from '../call/commands.ts'
import { isOurs } from '../ids.ts'
import type { Language, Prompt } from '../ivr/flow.ts'
import { type Phone, PhoneRefused, type Seen, type SeenChannel } from '../switchboard/ports.ts'
import { APPLICATION, type Ari } from './ari.ts'
import { type Channel, sentBy } from './events.ts'

/** Asterisk gives up a ring this much later than we do, should we not be there to end it. */
const RING_MARGIN_S = 2

/** Our commands as requests of ARI. */
export class AriPhone implements Phone {
  readonly #ari: Ari
  readonly #sounds: string
  readonly #file: (command: Command & { do: 'file-recording' }) => Promise<void>

  /** `soundsFolder`: as Asterisk sees it. `file` takes a call's tape. */
  constructor(ari: Ari, soundsFolder: string, file: (command: Command & { do: 'file-recording' }) => Promise<void>) {
    this.#ari = ari
    this.#sounds = soundsFolder
    this.#file = file
  }

  async perform(command: Command): Promise<void> {
    if (command.do === 'file-recording') return this.#file(command)
    if (!this.#ari.isUp) throw new PhoneRefused('away', 'there is no link to Asterisk')
    const { channels, bridges, playbacks } = this.#ari.operations
    switch (command.do) {
      case 'answer':
        await channels.answer!({ channelId: command.channel })
        return
      case 'say':
        await this.play(command.channel, command.say, command.prompts, command.language)
        return
      case 'stop-saying':
        await playbacks.stop!({ playbackId: command.say })
        return
      case 'music':
        await channels.startMoh!({ channelId: command.channel, mohClass: 'default' })
        return
      case 'ring':
        await channels.originateWithId!(originate(command))
        return
      case 'connect':
        await bridges.createWithId!({ bridgeId: command.bridge, type: 'mixing' })
        await bridges.addChannel!({
          bridgeId: command.bridge,
          channel: command.channels.join(','),
          // Or each is told the other's number: a re-INVITE to the trunk, and nothing that a caller should see.
          inhibitConnectedLineUpdates: true,
        })
        return
      case 'disconnect':
        await bridges.destroy!({ bridgeId: command.bridge })
        return
      case 'hang-up':
        await channels.hangup!({ channelId: command.channel, reason_code: String(command.cause) })
        return
      case 'lifeboat':
        await channels.continueInDialplan!({
          channelId: command.channel,
          context: 'lifeboat',
          extension: command.queue,
          priority: 1,
        })
    }
  }

  /** Plays prompts one after another as one playback of that id. */
  async play(channel: string, playback: string, prompts: readonly Prompt[], language: Language): Promise<void> {
    const media = prompts.map(prompt => `sound:${join(this.#sounds, language, prompt)}`).join(',')
    await this.#ari.operations.channels.playWithId!({ channelId: channel, playbackId: playback, media })
  }

  async look(sayings: readonly string[]): Promise<Seen> {
    const { channels, bridges, asterisk, playbacks } = this.#ari.operations
    const [channelList, bridgeList, info] = await Promise.all([
      channels.list!() as Promise<Channel[]>,
      bridges.list!() as Promise<{ id: string; channels: string[] }[]>,
      asterisk.getInfo!({ only: 'status' }) as Promise<{ status: { startup_time: string } }>,
    ])
    const playing = await Promise.all(
      sayings.map(async say => {
        try {
          await playbacks.get!({ playbackId: say })
          return [say]
        } catch (thrown) {
          if (thrown instanceof PhoneRefused && thrown.id === 'gone') return []
          throw thrown
        }
      }),
    )
    return {
      startedAt: Date.parse(info.status.startup_time),
      channels: new Map(channelList.map(channel => [channel.id, seen(channel)])),
      bridges: new Map(bridgeList.filter(({ id }) => isOurs(id)).map(({ id, channels }) => [id, channels])),
      sayings: new Set(playing.flat()),
    }
  }
}

function originate(command: Command & { do: 'ring' }): Record<string, unknown> {
  return {
    channelId: command.leg,
    endpoint: `PJSIP/${command.agent}`,
    app: APPLICATION,
    appArgs: 'leg',
    timeout: Math.ceil(command.forMs / 1_000) + RING_MARGIN_S,
    callerId: callerId(command.callerName, command.caller),
    // Not by `originator`: a caller who hangs up at this moment would make the agent's phone look unreachable.
    formats: 'alaw,ulaw',
  }
}

/** `"Name" <number>` of what is harmless in a SIP header and to Asterisk's parser; what a caller sends can be anything. */
function callerId(name: string, number: string): string {
  const plainNumber = number.replace(/[^0-9A-Za-z+*#._-]/g, '').slice(0, 40)
  const plainName = name.replace(/[^\p{L}\p{N} .+-]/gu, '').slice(0, 40)
  return `"${plainName}" <${plainNumber || 'anonymous'}>`
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
    role: role === 'caller' || role === 'agent' ? role : 'other',
  }
}
