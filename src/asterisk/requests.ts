import { type Command, phoneRung } from '../call/commands.ts'
import { type Language, type Prompt, REPLAYED } from '../ivr/flow.ts'
import type { SoundAt } from '../sound/shelf.ts'

/** What ARI is asked to do: method and URI, from the resource on; what no query can hold stands in the body. */
export type Request = {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly uri: string
  readonly body?: object
}

/** Asterisk gives up a ring this much later than we do, should we not be there to end it. */
const RING_MARGIN_S = 2

/** A command of a call as requests of ARI, in order. */
export function requestsFor(
  command: Exclude<Command, { do: 'file-recording' | 'look-up' | 'check-pin' | 'mute-tape' }>,
  soundAt: SoundAt,
): Request[] {
  switch (command.do) {
    case 'answer':
      return [post(['channels', command.channel, 'answer'])]
    case 'say':
      return [playing(command.channel, command.say, command.prompts, command.language, soundAt)]
    case 'stop-saying':
      return [remove(['playbacks', command.say])]
    case 'record':
      return [recording(command)]
    case 'end-message':
      return [post(['recordings', 'live', command.message, 'stop'])]
    case 'forget-message':
      // It is one of the two: still being spoken, or not any more.
      return [remove(['recordings', 'live', command.message]), remove(['recordings', 'stored', command.message])]
    case 'music':
      return [post(['channels', command.channel, 'moh'], { mohClass: classOf(command.own) })]
    case 'ring':
      return [originating(command)]
    case 'dial':
      return [dialling(command)]
    case 'tape':
      return [
        post(['channels', command.channel, 'continue'], { context: 'tape', extension: command.call, priority: '1' }),
      ]
    case 'let-dial':
      return [
        post(['channels', command.channel, 'continue'], {
          ...{ context: 'emergency', extension: command.number, label: 'dial' },
        }),
      ]
    case 'ringing':
      return [post(['channels', command.channel, 'ring'])]
    case 'end-meanwhile':
      return [remove(['channels', command.channel, command.what === 'music' ? 'moh' : 'ring'])]
    case 'connect':
      return [
        post(['bridges', command.bridge], { type: 'mixing' }),
        // Or each is told the other's number: a re-INVITE to the trunk, and nothing that a caller should see.
        post(['bridges', command.bridge, 'addChannel'], {
          channel: command.channels.join(','),
          inhibitConnectedLineUpdates: 'true',
          ...(command.areKeysOurs && { absorbDTMF: 'true' }),
        }),
      ]
    case 'listen':
      return [
        post(['channels', command.channel, 'snoop', command.ear], {
          ...{ spy: 'both', whisper: command.isForAll ? 'both' : 'out', app: APPLICATION, appArgs: 'ear' },
        }),
      ]
    case 'mix':
      return [post(['bridges', command.bridge, 'moh'], { mohClass: 'silence' })]
    case 'take-out':
      return [post(['bridges', command.bridge, 'removeChannel'], { channel: command.channel })]
    case 'mute':
      return [post(['channels', command.channel, 'mute'], { direction: 'in' })]
    case 'unmute':
      return [remove(['channels', command.channel, 'mute'], { direction: 'in' })]
    case 'send-digits':
      return [post(['channels', command.channel, 'dtmf'], { dtmf: command.digits })]
    case 'disconnect':
      return [remove(['bridges', command.bridge])]
    case 'hang-up':
      return [remove(['channels', command.channel], { reason_code: String(command.cause) })]
    case 'lifeboat':
      return [
        post(['channels', command.channel, 'continue'], {
          context: 'lifeboat',
          extension: command.queue,
          priority: '1',
        }),
      ]
  }
}

/** A class that Asterisk does not know plays as its default does. */
const classOf = (own: Own | undefined): string => (own ? musicClass(own) : 'default')

type Own = { readonly prompt: Prompt; readonly language: Language }

/** How Asterisk knows a prompt as music. */
export const musicClass = ({ prompt, language }: Own): string => `${prompt}.${language}`

/** Prompts one after another as one playback of that id. */
export function playing(
  channel: string,
  playback: string,
  prompts: readonly Prompt[],
  language: Language,
  soundAt: SoundAt,
): Request {
  const media = prompts.map(prompt => mediaOf(prompt, language, soundAt)).join(',')
  return post(['channels', channel, 'play', playback], { media })
}

const mediaOf = (prompt: Prompt, language: Language, soundAt: SoundAt): string =>
  prompt.startsWith(REPLAYED) ? `recording:${prompt.slice(REPLAYED.length)}` : `sound:${soundAt(language, prompt)}`

/** It counts silence and length in whole seconds; after `ifExists` fails it is there already, and goes on. */
const recording = ({ channel, message, silenceMs, mostMs }: Command & { do: 'record' }): Request =>
  post(['channels', channel, 'record'], {
    name: message,
    format: 'wav',
    maxSilenceSeconds: String(Math.ceil(silenceMs / 1_000)),
    maxDurationSeconds: String(Math.ceil(mostMs / 1_000)),
    terminateOn: '#',
    ifExists: 'fail',
  })

/** A variable of the whole dialplan. */
export const settingGlobal = (variable: string, value: string): Request =>
  post(['asterisk', 'variable'], { variable, value })

/** On the phone, in no call (RFC 3428); from nobody whom it could call. */
export const showing = (phone: string, text: string): Request => ({
  method: 'PUT',
  uri: uriOf(['endpoints', 'PJSIP', phone, 'sendMessage'], { from: 'sip:hotline', body: text }),
})

function originating(command: Command & { do: 'ring' }): Request {
  const request = post(['channels', command.leg], {
    endpoint: `PJSIP/${phoneRung(command)}`,
    app: APPLICATION,
    appArgs: 'leg',
    timeout: String(Math.ceil(command.forMs / 1_000) + RING_MARGIN_S),
    callerId: callerId(command.callerName, command.caller),
    // Not by `originator`: a caller who hangs up at this moment would make the agent's phone look unreachable.
    formats: 'alaw,ulaw',
  })
  return command.picksUp ? { ...request, body: { variables: PICKS_UP } } : request
}

/** By which phones answer by themselves: snom, Linphone and others take the one, Yealink, Grandstream and Poly the other. */
const PICKS_UP = {
  'PJSIP_HEADER(add,Call-Info)': '<sip:hotline>;answer-after=0',
  'PJSIP_HEADER(add,Alert-Info)': '<http://hotline>;info=alert-autoanswer;delay=0',
}

/** The number has gone through the dialling rules: digits, perhaps with + in front. Who is shown none sees no number at all. */
const dialling = ({ leg, number, shows, forMs }: Command & { do: 'dial' }): Request =>
  post(['channels', leg], {
    endpoint: `PJSIP/${number}@trunk`,
    app: APPLICATION,
    appArgs: 'leg',
    timeout: String(Math.ceil(forMs / 1_000) + RING_MARGIN_S),
    ...(shows !== undefined && { callerId: callerId('', shows) }),
    formats: 'alaw,ulaw',
  })

export const APPLICATION = 'hotline'

/** `"Name" <number>` of what is harmless in a SIP header and to Asterisk's parser; what a caller sends can be anything. */
function callerId(name: string, number: string): string {
  const plainNumber = number.replace(/[^0-9A-Za-z+*#._-]/g, '').slice(0, 40)
  // By letters, not by UTF-16 units: half a letter cannot be sent.
  const plainName = [...name.replace(/[^\p{L}\p{N} .+-]/gu, '')].slice(0, 40).join('')
  return `"${plainName}" <${plainNumber || 'anonymous'}>`
}

const post = (path: string[], query?: Record<string, string>): Request => ({ method: 'POST', uri: uriOf(path, query) })
const remove = (path: string[], query?: Record<string, string>): Request => ({
  method: 'DELETE',
  uri: uriOf(path, query),
})

function uriOf(path: string[], query: Record<string, string> = {}): string {
  const asked = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return path.map(encodeURIComponent).join('/') + (asked.length > 0 ? `?${asked.join('&')}` : '')
}
