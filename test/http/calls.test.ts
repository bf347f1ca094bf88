import { describe, expect, it } from 'vitest'
import * as answers from '../../src/http/answers.ts'
import { KEY, testApi } from './testApi.ts'

const { get } = testApi()
const page = async (query: string) =>
  answers.CALLS_ANSWER.parse((await get(`/api/calls?from=2026-11-23&to=2026-11-23&${query}`)).body)

describe('calls', () => {
  it('come newest first, as the schema says', async () => {
    const { calls } = await page('')
    expect(calls.map(call => call.id).slice(-3)).toEqual(['c-3', 'c-2', 'c-1'])
    expect(calls.at(-1)).toMatchObject({
      arrivedAt: '2026-11-23T09:00:00.000+08:00',
      outcome: 'answered',
      waitMs: 9_000,
      promisedMs: 60_000,
      promiseKept: true,
      talkMs: 60_000,
      rating: 5,
    })
    expect(calls.at(-2), 'who left sooner').toMatchObject({ promisedMs: 60_000, promiseKept: null })
  })
  it('come a page at a time, each once, also where many arrived in one ms', async () => {
    const seen: string[] = []
    let after = ''
    do {
      const { calls, next } = await page(`limit=2${after}`)
      seen.push(...calls.map(call => call.id))
      after = next === null ? '' : `&after=${next}`
    } while (after !== '')
    expect(seen).toHaveLength(8)
    expect(new Set(seen).size).toBe(8)
  })
  it.each([
    ['queue=support', 4],
    ['agent=8001', 1],
    ['outcome=abandoned-in-queue', 5],
    ['caller=%2B8613911112222', 1],
    ['open=true', 1],
    ['open=false', 7],
    ['queue=sales&outcome=answered', 1],
    ['queue=nowhere', 0],
    ['direction=inbound', 8],
    ['direction=outbound', 0],
  ])('are narrowed by %s', async (filter, count) => {
    expect((await page(filter)).calls).toHaveLength(count)
  })
  it('come as CSV, too, a page at a time', async () => {
    const seen: string[] = []
    let asked: string | undefined = '?from=2026-11-23&to=2026-11-23&format=csv&limit=3'
    while (asked) {
      const { headers, text } = await get(`/api/calls${asked}`)
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
      const [heads, ...lines] = text.trimEnd().split('\r\n')
      expect(heads).toContain('arrived,call,caller,')
      seen.push(...lines.map(line => line.split(',')[1]!))
      asked = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(new Set(seen).size).toBe(8)
    expect(seen).toHaveLength(8)
    const masked = await get('/api/calls?format=csv&numbers=masked')
    expect(masked.text).not.toContain('13911112222')
  })
  it('hide numbers where asked to', async () => {
    const { text } = await get('/api/calls?numbers=masked')
    expect(text).not.toContain('13911112222')
    expect(text).toContain('2222')
    const one = await get('/api/calls/c-2?numbers=masked')
    expect(one.text).not.toContain('13911112222')
    expect(one.text).not.toContain('=1+1')
  })
  it('tell their story', async () => {
    const { body } = await get('/api/calls/c-1')
    const { story, legs } = answers.CALL_ANSWER.parse(body)
    const offer = story.find(line => line.kind === 'AgentOffered')
    expect(offer!.why!.rivals[0]).toMatchObject({ agent: '8002', because: 'less-skilled' })
    expect(legs[0]).toMatchObject({ agent: '8001', number: null, result: 'answered' })
  })
  it('are kept by no cache', async () => {
    expect((await get('/api/calls')).headers.get('cache-control')).toBe('no-store')
  })
  it('that are not there are 404', async () => {
    const { status, error } = await get('/api/calls/no-such-call')
    expect([status, error!.id, error!.detail]).toEqual([404, 'not-found', 'There is no call no-such-call.'])
  })
})

describe('a recording', () => {
  it('is sent whole', async () => {
    const { status, headers, text } = await get('/api/calls/c-1/recording')
    expect([status, text, headers.get('content-type'), headers.get('accept-ranges')]).toEqual([
      200,
      '0123456789',
      'audio/wav',
      'bytes',
    ])
  })
  it('is sent in part', async () => {
    const { status, headers, text } = await get('/api/calls/c-1/recording', { 'x-api-key': KEY, range: 'bytes=2-4' })
    expect([status, text, headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10'])
  })
  it('has no bytes beyond its end', async () => {
    const { status, error, headers } = await get('/api/calls/c-1/recording', { 'x-api-key': KEY, range: 'bytes=20-' })
    expect([status, error!.id, headers.get('content-range')]).toEqual([416, 'bad-range', 'bytes */10'])
  })
  it.each([
    ['c-3', 'not over'],
    ['c-unfiled', 'not filed yet'],
    ['c-none', 'the disk was full'],
    ['c-gone', 'no longer in its folder'],
    ['c-outside', 'no longer in its folder'],
    ['c-link', 'no longer in its folder'],
    ['c-9', 'no call'],
    ['..%2f..%2fetc%2fpasswd', 'no call'],
  ])('of %s is 404: %s', async (id, why) => {
    const { status, error } = await get(`/api/calls/${id}/recording`)
    expect([status, error!.id]).toEqual([404, 'not-found'])
    expect(error!.detail).toContain(why)
  })
})
