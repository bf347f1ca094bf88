import { callOf } from '../../src/ids.ts'
import type { Prompt } from '../../src/ivr/flow.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'
import { insist } from '../insist.ts'
import type { Channel } from './channel.ts'
import type { FakeClock } from './clock.ts'
import type { Event } from './link.ts'

/** About as long as the recorded ones. */
const lengthOf = (prompts: readonly Prompt[]): number =>
  prompts.reduce((ms, prompt) => ms + (prompt === 'silence' ? 5_000 : 600), 400)

/** What is played, on each channel one after another. */
export class Playbacks {
  readonly #channels: ReadonlyMap<string, Channel>
  readonly #clock: FakeClock
  readonly #tell: (event: Omit<Event, 'at'>) => void

  constructor(channels: ReadonlyMap<string, Channel>, clock: FakeClock, tell: (event: Omit<Event, 'at'>) => void) {
    this.#channels = channels
    this.#clock = clock
    this.#tell = tell
  }

  play(channel: Channel, say: string, prompts: Prompt[]): void {
    if (channel.playing.some(playback => playback.say === say)) throw new PhoneRefused('gone', `${say} is taken`)
    const isComfort = prompts[0]!.startsWith('comfort-')
    insist(!isComfort || channel.playing.length === 0, () => `${say}: a message stands behind another prompt`)
    channel.playing.push({ say, prompts })
    if (channel.playing.length === 1) this.#begin(channel)
  }

  #begin(channel: Channel): void {
    const [now] = channel.playing
    if (!now) return
    channel.person.hears(now.prompts)
    this.#clock.after(lengthOf(now.prompts), () => {
      if (channel.playing[0] === now && this.#channels.has(channel.id)) this.#finish(channel, now.say)
    })
  }

  #finish(channel: Channel, say: string): void {
    const wasHeard = channel.playing[0]?.say === say
    channel.playing = channel.playing.filter(playback => playback.say !== say)
    this.#tell({ call: callOf(channel.id), happening: { kind: 'PromptEnded', say, heard: true } })
    if (wasHeard) this.#begin(channel)
  }

  stop(say: string): void {
    const channel = [...this.#channels.values()].find(({ playing }) => playing.some(playback => playback.say === say))
    if (!channel) throw new PhoneRefused('gone', `${say} is not being played`)
    this.#finish(channel, say)
  }
}
