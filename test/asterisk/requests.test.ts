import { describe, expect, test } from 'vitest'
import { requestsFor, showing } from '../../src/asterisk/requests.ts'
import type { Command } from '../../src/call/commands.ts'

/** What Asterisk is asked for, for each command of a call. */

const soundAt = (language: string, prompt: string): string => `/prompts/${language}/${prompt}`
const asked = (command: Exclude<Command, { do: 'file-recording' | 'look-up' | 'check-pin' | 'mute-tape' }>): string[] =>
  requestsFor(command, soundAt).map(({ method, uri }) => `${method} ${decodeURIComponent(uri)}`)

const ring = (caller: string, callerName: string): string =>
  asked({ do: 'ring', leg: 'h-1.2~8001~7', agent: '8001', caller, callerName, forMs: 14_500 })[0]!

test('prompts are one playback, in the language of the call, under the id that we chose', () => {
  const prompts = ['digit/8', 'menu']
  expect(asked({ do: 'say', channel: 'h-1.2', say: 'h-1.2~say3', prompts, language: 'en' })).toEqual([
    'POST channels/h-1.2/play/h-1.2~say3?media=sound:/prompts/en/digit/8,sound:/prompts/en/menu',
  ])
})

test('two are connected by a bridge of theirs, and neither is told the other’s number', () => {
  expect(asked({ do: 'connect', bridge: 'h-1.2~talk', channels: ['h-1.2', 'h-1.2~8001~7'] })).toEqual([
    'POST bridges/h-1.2~talk?type=mixing',
    'POST bridges/h-1.2~talk/addChannel?channel=h-1.2,h-1.2~8001~7&inhibitConnectedLineUpdates=true',
  ])
})

test('a text for a phone is one value, whatever stands in it', () => {
  const { method, uri } = showing('8001', '李雷 & co?body=#"')
  expect(`${method} ${uri}`).toMatch(/^PUT endpoints\/PJSIP\/8001\/sendMessage\?from=sip%3Ahotline&body=[\w%.-]+$/)
  expect(new URLSearchParams(uri.split('?')[1]).get('body')).toBe('李雷 & co?body=#"')
})

test('a caller whose agent has left is taken out of the bridge before it goes and anything is said', () => {
  expect(asked({ do: 'take-out', bridge: 'h-1.2~talk', channel: 'h-1.2' })).toEqual([
    'POST bridges/h-1.2~talk/removeChannel?channel=h-1.2',
  ])
})

test('Asterisk itself gives up a ring two seconds after us, in whole seconds', () => {
  expect(ring('13800138000', '王芳')).toBe(
    'POST channels/h-1.2~8001~7?endpoint=PJSIP/8001&app=hotline&appArgs=leg&timeout=17&callerId="王芳" <13800138000>&formats=alaw,ulaw',
  )
})

test('an agent is rung at their own phone, or where they sit; the leg is theirs in both', () => {
  const leg = { do: 'ring', leg: 'h~8001~7', agent: '8001', caller: '1', callerName: '', forMs: 1_000 } as const
  expect(asked(leg)[0]).toContain('channels/h~8001~7?endpoint=PJSIP/8001&')
  expect(asked({ ...leg, phone: '2001' })[0]).toContain('channels/h~8001~7?endpoint=PJSIP/2001&')
})

test('a phone is told to pick up by itself where the agent has asked for the call, and else is not', () => {
  const own = { do: 'ring', leg: 'c~8001~1', agent: '8001', caller: '138', callerName: 'x', forMs: 1_000 } as const
  const [asking] = requestsFor({ ...own, picksUp: true }, soundAt)
  expect(asking!.body).toEqual({
    variables: {
      'PJSIP_HEADER(add,Call-Info)': '<sip:hotline>;answer-after=0',
      'PJSIP_HEADER(add,Alert-Info)': '<http://hotline>;info=alert-autoanswer;delay=0',
    },
  })
  expect(requestsFor(own, soundAt)[0]).not.toHaveProperty('body')
})

describe('what a caller sends as number and name', () => {
  test.for([
    ['1\r\nX: y', '', '"" <1Xy>'],
    ['$(reboot)', '`reboot`', '"reboot" <reboot>'],
    ['', 'a"b<c>', '"abc" <anonymous>'],
    ['1', `${'a'.repeat(39)}𠮷田`, `"${'a'.repeat(39)}𠮷" <1>`],
  ] as const)('%j and %j reach no header but as %j', ([number, name, shown]) => {
    expect(new URLSearchParams(ring(number, name).split('?')[1]).get('callerId')).toBe(shown)
  })

  test('cannot add a parameter to the request', () => {
    const [request] = requestsFor(
      { do: 'ring', leg: 'h-1.2~8001~7', agent: '8001', caller: '1&app=evil', callerName: '&app=evil', forMs: 1_000 },
      soundAt,
    )
    expect(new URLSearchParams(request!.uri.split('?')[1]).getAll('app')).toEqual(['hotline'])
  })
})

test('a number outside is dialled through the trunk, and sees the centre’s number, or none', () => {
  const dial = { do: 'dial', leg: 'h-1.2~out7', number: '+8613800138000', forMs: 20_000 } as const
  expect(asked({ ...dial, shows: '4008001000' })).toEqual([
    'POST channels/h-1.2~out7?endpoint=PJSIP/+8613800138000@trunk&app=hotline&appArgs=leg&timeout=22&callerId="" <4008001000>&formats=alaw,ulaw',
  ])
  expect(asked(dial)[0]).not.toContain('callerId')
})

test('a caller hears it ring, or music, until that is to stop', () => {
  expect(asked({ do: 'ringing', channel: 'h-1.2' })).toEqual(['POST channels/h-1.2/ring'])
  expect(asked({ do: 'end-meanwhile', channel: 'h-1.2', what: 'ringing' })).toEqual(['DELETE channels/h-1.2/ring'])
  expect(asked({ do: 'end-meanwhile', channel: 'h-1.2', what: 'music' })).toEqual(['DELETE channels/h-1.2/moh'])
})
