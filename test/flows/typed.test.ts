import { describe, expect, test } from 'vitest'
import { callerBlock, callerVip } from '../../src/cli/callers.ts'
import { keysIn } from '../../src/cli/flow.ts'
import { shiftsIn } from '../../src/cli/hours.ts'
import { addressIn, headersIn } from '../../src/cli/systems.ts'
import type { Config } from '../../src/config.ts'
import { BadInput } from '../../src/errors.ts'
import { random } from '../random.ts'

// What a person types beside flows: each refusal names the field, and what is allowed. Without a database: what is refused
// never got there.

const ZONE = 'Asia/Shanghai'
const shifts = (text: string) => shiftsIn(text, new Set(['8001', '8002']), ZONE)
const DAY = '2026-11-23'

describe('a roster', () => {
  test('is read with its blank lines, more columns than are needed, and names in quotes', () => {
    const text = `\ufeffname,agent,from,to\n\n"Li, Na",8001,${DAY} 09:00,${DAY} 17:00\n`
    const at = (hour: number) => Date.UTC(2026, 10, 23, hour - 8)
    expect(shifts(text)).toEqual([{ agent: '8001', from: at(9), to: at(17) }])
    expect(shifts('')).toEqual([])
  })

  test.each([
    ['a column too few', 'agent,from\n', 'the first line must name agent,from,to, each once; to is not'],
    ['a column twice', 'agent,agent,from,to\n8001,8002,a,b', 'each once; agent is not'],
    ['somebody unknown, after a blank line', `agent,from,to\n\n8009,${DAY},${DAY}`, 'line 3: there is no agent 8009'],
    ['a day that there is not', 'agent,from,to\n8001,2026-02-30,2026-03-01', 'line 2: from must be a day'],
    ['an end before the beginning', `agent,from,to\n8001,${DAY} 09:00,${DAY} 08:00`, 'line 2: from must be before to'],
    ['days on end', `agent,from,to\n8001,${DAY},2099-01-01`, 'line 2: to must be at most 25 hours after from'],
    [
      'somebody twice',
      `agent,from,to\n8001,${DAY},${DAY}\n8001,${DAY},${DAY}`,
      `line 3: agent 8001 begins twice at ${DAY}`,
    ],
    ['a quote that never ends', `agent,from,to\n"8001,${DAY},${DAY}`, 'this is no CSV: Quote Not Closed'],
    ['a field too many', `agent,from,to\n8001,${DAY},${DAY},x`, 'this is no CSV: Invalid Record Length'],
  ])('with %s is refused as a whole', (_, text, sentence) => {
    expect(() => shifts(text)).toThrow(
      expect.objectContaining({ field: 'file', message: expect.stringContaining(sentence) }),
    )
  })

  test('that was spoiled at random is read or refused, and nothing else', () => {
    const whole = `agent,from,to\n8001,${DAY} 09:00,${DAY} 17:00\n8002,${DAY},${DAY}\n`
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const { pick, upTo } = random(seed)
      const [at, to] = [upTo(whole.length), upTo(whole.length)]
      const text = whole.slice(0, at) + pick(['', '"', ',', '\n', '\u0000', '💥', '9', '__proto__']) + whole.slice(to)
      try {
        shifts(text)
      } catch (thrown) {
        expect(thrown, `seed ${seed}`).toBeInstanceOf(BadInput)
      }
    }
  })
})

test('keys to try a flow with are those of a telephone', () => {
  expect(keysIn('1, 2,#')).toEqual(['1', '2', '#'])
  expect(keysIn('')).toEqual([])
  expect(() => keysIn('1;2')).toThrow('--keys must be keys: 0 to 9, * or #')
})

describe('a customer system', () => {
  test('is kept as it will be asked', () => {
    expect(addressIn('HTTPS://Billing.Example/api')).toBe('https://billing.example/api')
    expect(headersIn(['X-Api-Key: k 1', 'Accept:text/json'])).toEqual({ 'x-api-key': 'k 1', accept: 'text/json' })
  })

  test.each([
    ...['ftp://host/', 'billing', 'http://', 'http://host/?', 'http://host/?key=1', 'http://host/#', ''],
    ...['http://user:secret@host/', 'http://host\\x', 'http://ho st/', ' http://host\n/', 'http://host:99999/'],
  ])('has no address such as %j', url => {
    expect(() => addressIn(url)).toThrow('the url must be http:// or https://, a host, and perhaps a path')
  })

  test.each([
    [['X-Api-Key'], 'a header must be "Name: value"'],
    [['X-Api-Key: '], 'a header must be "Name: value"'],
    [['X-Api-Key: a\nX-Other: b'], 'a header must be "Name: value"'],
    [['X-Api-Key: 密码'], 'in letters, digits and signs of ASCII'],
    [['Content-Length: 7'], 'the header must not be Content-Length: each request has its own'],
    [['X-Key: a', 'x-key: b'], 'the header x-key must be given once'],
  ])('has no headers such as %j', (headers, sentence) => {
    expect(() => headersIn(headers)).toThrow(sentence)
  })
})

describe('a caller', () => {
  const NOWHERE = {} as Config

  test.each([
    ['letters', 'abc', {}, 'number', 'the number must be 1 to 40 digits'],
    ['too many digits', '1'.repeat(41), {}, 'number', 'the number must be 1 to 40 digits'],
    ['a time that is over', '13800138000', { until: '2026-01-01' }, 'until', '--until must lie ahead'],
    ['a time that there is not', '13800138000', { until: 'tomorrow' }, 'until', 'until must be a date such as'],
    ['a novel for a note', '13800138000', { note: 'x'.repeat(501) }, 'note', '--note must be at most 500 characters'],
  ])('with %s is not blocked', async (_, number, asked, field, sentence) => {
    const refusal = { field, message: expect.stringContaining(sentence) }
    await expect(callerBlock(NOWHERE, number, asked)).rejects.toMatchObject(refusal)
  })

  test('has no head start of more than a day', async () => {
    await expect(callerVip(NOWHERE, '13800138000', { headStart: 86_401 })).rejects.toMatchObject({
      field: 'head-start',
      message: '--head-start must be at most 86400 seconds',
    })
  })
})
