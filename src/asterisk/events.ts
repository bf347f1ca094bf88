import type { Happening } from '../call/facts.ts'
import { callOf, isMessage, isOurs } from '../ids.ts'
import type { Dialled } from '../switchboard/centre.ts'

/** What we read of ARI's events (rest-api/api-docs/events.json). All other kinds pass by. */
export type AriEvent = { timestamp?: string } & (
  | { type: 'StasisStart'; args: string[]; channel: Channel }
  | { type: 'ChannelStateChange' | 'ChannelHold' | 'ChannelUnhold' | 'StasisEnd'; channel: Channel }
  | { type: 'ChannelDtmfReceived'; digit: string; channel: Channel }
  | { type: 'ChannelDestroyed'; cause: number; channel: Channel }
  | { type: 'PlaybackFinished'; playback: { id: string } }
  | { type: 'RecordingFinished' | 'RecordingFailed'; recording: { name: string; talking_duration?: number } }
  | { type: 'ApplicationReplaced' }
)

/** Asterisk is asked for these alone: each event it makes and we read costs both of us (ChannelVarset above all). */
export const EVENTS_READ: AriEvent['type'][] = [
  'StasisStart',
  'StasisEnd',
  'ChannelStateChange',
  'ChannelHold',
  'ChannelUnhold',
  'ChannelDtmfReceived',
  'ChannelDestroyed',
  'PlaybackFinished',
  'RecordingFinished',
  'RecordingFailed',
  'ApplicationReplaced',
]

export type Channel = {
  id: string
  /** `PJSIP/8001-00000003` */
  name: string
  state: string
  caller: { name: string; number: string }
  dialplan: { context: string; exten: string; app_name: string; app_data: string }
}

/** How the dialplan names whom we have called, once they are recorded. */
export const ON_TAPE = 'customer'

/** A playback that tells an agent what their code has done: the channel is hung up when it ends. */
export const DESK = '~desk'
/** One that asks them for their PIN, and waits for it until it ends. */
export const DESK_ASKS = '~pin'

export type Told =
  | { to: 'call'; call: string; happening: Happening }
  | { to: 'desk'; kind: 'dialled'; channel: string; phone: string; number: string }
  | { to: 'desk'; kind: 'told' | 'unanswered' | 'left'; channel: string }

/** Which call (or phone) an event concerns, and what it means there; undefined: nothing to us. */
export function meaning(event: AriEvent, at: number, dialled: (number: string) => Dialled): Told[] {
  switch (event.type) {
    case 'StasisStart':
      return entered(event.channel, event.args[0], at, dialled)
    case 'ChannelStateChange':
      return stateChanged(event.channel, at)
    case 'ChannelDtmfReceived':
      return pressed(event.channel, event.digit, at)
    case 'PlaybackFinished':
      return said(event.playback.id, at)
    case 'RecordingFinished':
    case 'RecordingFailed':
      return spoken(event, at)
    case 'ChannelHold':
      return [told(callOf(event.channel.id), { kind: 'LegHeld', leg: event.channel.id, at })]
    case 'ChannelUnhold':
      return [told(callOf(event.channel.id), { kind: 'LegRetrieved', leg: event.channel.id, at })]
    case 'ChannelDestroyed':
      return ofLeg(event.channel, { kind: 'LegEnded', leg: event.channel.id, cause: event.cause, at })
    case 'StasisEnd':
      return isOurs(event.channel.id) ? [] : left(event.channel.id, at)
    default:
      return []
  }
}

function pressed({ id }: Channel, key: string, at: number): Told[] {
  if (isOurs(id)) return [told(callOf(id), { kind: 'LegKey', leg: id, key, at })]
  return [told(id, { kind: 'KeyPressed', key, at })]
}

const told = (call: string, happening: Happening): Told => ({ to: 'call', call, happening })

/**
 * A caller's or an agent's channel has left Stasis, and is no longer reported on: ChannelDestroyed comes for our own alone.
 * Which of the two it was, those know who knew it.
 */
const left = (channel: string, at: number): Told[] => [
  told(channel, { kind: 'CallerLeftUs', at }),
  { to: 'desk', kind: 'left', channel },
]

const ofLeg = (channel: Channel, happening: Happening): Told[] =>
  isOurs(channel.id) ? [told(callOf(channel.id), happening)] : []

function entered(channel: Channel, role: string | undefined, at: number, dialled: (number: string) => Dialled): Told[] {
  if (isOurs(channel.id)) {
    const kind = role === ON_TAPE ? 'OnTape' : 'LegAnswered'
    return [told(callOf(channel.id), { kind, leg: channel.id, at })]
  }
  if (role === 'agent') {
    const number = channel.dialplan.exten
    return [{ to: 'desk', kind: 'dialled', channel: channel.id, phone: endpointOf(channel.name), number }]
  }
  const sent = sentBy(channel)
  const arrived: Happening = {
    kind: 'Arrived',
    channel: channel.id,
    ...sent,
    ...dialled(sent.to),
    at,
  }
  const answered = channel.state === 'Up' ? [told(channel.id, { kind: 'Answered', at })] : []
  return [told(channel.id, arrived), ...answered]
}

/** What a caller sent, as it is kept. Asterisk leaves the backslashes in a name, with which SIP marks a quote (RFC 3261 §25.1). */
export const sentBy = ({ caller, dialplan }: Channel): { from: string; name: string; to: string } => ({
  from: harmless(caller.number),
  name: harmless(caller.name.replace(/\\(.)/g, '$1')),
  to: harmless(dialplan.exten),
})

const LONGEST_WORD = 80

/** What a caller sends as name or number can be anything. Kept as it is, but for what no text column takes. */
const harmless = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, '')
    .slice(0, LONGEST_WORD)
    .toWellFormed()

/** Further from our clock than this, the clock of Asterisk's machine is wrong, and ours counts. */
const CLOCKS_APART_AT_MOST_MS = 60_000

/** When it happened, by Asterisk's clock: we may be late to hear of it, and lengths must be those of the sound. */
export function happenedAt(event: AriEvent, now: number): number {
  const at = event.timestamp === undefined ? Number.NaN : Date.parse(event.timestamp.replace(/(\d\d)(\d\d)$/, '$1:$2'))
  return at <= now && now - at < CLOCKS_APART_AT_MOST_MS ? at : now
}

/** Of a channel's name, `PJSIP/8001-00000003` → 8001: the account that was asked for its password, whatever caller id it shows. */
export const endpointOf = (channelName: string): string => /^PJSIP\/(.+)-[0-9a-f]+$/.exec(channelName)?.[1] ?? ''

function stateChanged(channel: Channel, at: number): Told[] {
  if (channel.state === 'Ringing') return ofLeg(channel, { kind: 'LegRang', leg: channel.id, at })
  return channel.state === 'Up' && !isOurs(channel.id) ? [told(channel.id, { kind: 'Answered', at })] : []
}

type Recorded = Extract<AriEvent, { type: 'RecordingFinished' | 'RecordingFailed' }>

/** Where silence was to end it, its seconds of speech are told, unless it was over before it began: then it could not be recorded. */
function spoken({ type, recording: { name, talking_duration: seconds } }: Recorded, at: number): Told[] {
  if (!isMessage(name)) return []
  const isRefused = type === 'RecordingFailed' || seconds === undefined
  const how = isRefused ? { isRefused } : { spokenMs: seconds * 1_000 }
  return [told(callOf(name), { kind: 'MessageSpoken', message: name, ...how, at })]
}

function said(playback: string, at: number): Told[] {
  if (playback.endsWith(DESK)) return [{ to: 'desk', kind: 'told', channel: callOf(playback) }]
  if (playback.endsWith(DESK_ASKS)) return [{ to: 'desk', kind: 'unanswered', channel: callOf(playback) }]
  return isOurs(playback) ? [told(callOf(playback), { kind: 'PromptEnded', say: playback, heard: true, at })] : []
}
