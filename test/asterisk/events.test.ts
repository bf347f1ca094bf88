import { expect, test } from 'vitest'
import type { Ari } from '../../src/asterisk/ari.ts'
import { type Channel, meaning } from '../../src/asterisk/events.ts'
import { AriPhone } from '../../src/asterisk/phone.ts'

const HOTLINE = { flow: 'hotline', language: 'zh', release: 0 } as const

/** A caller's words are kept in the same way, whether we were told of the call or found it when we came back. */

const channel = (name: string, number: string, exten: string): Channel => ({
  id: 'hotline-1.1',
  name: 'PJSIP/trunk-00000001',
  state: 'Ring',
  caller: { name, number },
  dialplan: { context: 'from-trunk', exten, app_name: 'Stasis', app_data: 'hotline,caller' },
})

const WORDS: [what: string, sent: string, kept: string][] = [
  ['plain', '王小明', '王小明'],
  ['control characters', 'a\0b\r\nc\u001b\u007fd', 'abcd'],
  ['half a letter', '\ud83d', '\ufffd'],
  ['a hundred letters', 'x'.repeat(100), 'x'.repeat(80)],
]

test.each(WORDS)('%s', async (_what, sent, kept) => {
  const from = channel(sent, sent, sent)
  expect(told(from)).toEqual({ from: kept, name: kept, to: kept })
  expect(await found(from)).toEqual({ from: kept, name: kept, to: kept })
})

test('quotes and backslashes of a name are those that the caller sees on their phone', async () => {
  const from = channel('the \\"voice\\" \\\\o/', '1\\2', '1')
  expect(told(from)).toMatchObject({ name: 'the "voice" \\o/', from: '1\\2' })
  expect(await found(from)).toMatchObject({ name: 'the "voice" \\o/', from: '1\\2' })
})

test('a caller is greeted in the language of the number that they dialled', () => {
  const dialled = (number: string) => ({ flow: `flow-of-${number}`, language: 'en', release: 3 }) as const
  const event = { type: 'StasisStart' as const, args: ['caller'], channel: channel('', '138', '4008') }
  const [first] = meaning(event, 0, dialled)
  expect(first).toMatchObject({ happening: { kind: 'Arrived', flow: 'flow-of-4008', language: 'en', release: 3 } })
})

test.each([
  ['was spoken', { talking_duration: 8 }, { spokenMs: 8_000 }],
  ['could not be recorded, where nothing is told of it', {}, { isRefused: true }],
])('a message %s', (_what, recorded, spoken) => {
  const name = 'hotline-1.1~message7'
  const ended = (name: string) =>
    meaning({ type: 'RecordingFinished', recording: { name, ...recorded } }, 5, () => HOTLINE)
  expect(ended(name)).toEqual([
    { to: 'call', call: 'hotline-1.1', happening: { kind: 'MessageSpoken', message: name, ...spoken, at: 5 } },
  ])
  expect(ended('hotline-1.1~somebody-elses')).toEqual([])
})

function told(caller: Channel) {
  const [first] = meaning({ type: 'StasisStart', args: ['caller'], channel: caller }, 0, () => HOTLINE)
  if (first?.to !== 'call' || first.happening.kind !== 'Arrived') throw new Error('nobody arrived')
  const { from, name, to } = first.happening
  return { from, name, to }
}

async function found(caller: Channel) {
  const operations = {
    channels: { list: async () => [caller] },
    bridges: { list: async () => [] },
    recordings: { listStored: async () => [] },
    asterisk: { getInfo: async () => ({ status: { startup_time: '2026-11-23T00:00:00.000+0000' } }) },
  }
  const phone = new AriPhone({ operations } as unknown as Ari, (language, prompt) => `/sounds/${language}/${prompt}`, {
    file: async () => {},
    lookUp() {},
    checkPin() {},
    muteTape: async () => {},
  })
  const { channels } = await phone.look({ sayings: [], messages: [] })
  const seen = channels.get(caller.id)!
  return { from: seen.caller.number, name: seen.caller.name, to: seen.dialled }
}
