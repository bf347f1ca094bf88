import { describe, expect, it, vi } from 'vitest'
import { KEPT_MS } from '../../src/database/idempotency.ts'
import { sweepPeople } from '../../src/database/sweep.ts'
import { detailsOf } from '../../src/http/hiding.ts'
import * as answers from '../../src/http/peopleAnswers.ts'
import { RIGHTS } from '../../src/rights/rights.ts'
import { ask, type Headed, signedIn, somebody, withKey } from './asker.ts'
import { KEY, NOW, testApi } from './testApi.ts'

const api = testApi()
const OWN: Headed = { 'x-api-key': KEY }
const once = (key: string, headers: Headed = OWN): Headed => ({ ...headers, 'idempotency-key': key })
const survey = (call: string, headers: Headed) => ask(api.port(), 'post', `/api/calls/${call}/survey`, headers)
const newPerson = (id: string) => ({ id, name: id, roles: ['agent'] })
const deeds = async (query: string) =>
  answers.DEEDS_ANSWER.parse((await ask(api.port(), 'get', `/api/audit?${query}`, OWN)).body).deeds

describe('an act with an Idempotency-Key', () => {
  it('is done once, and answered the same again, also where it could not be done', async () => {
    const [first, again] = [await survey('talk', once('a1')), await survey('talk', once('a1'))]
    expect([again.status, again.text]).toEqual([200, first.text])
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    const [none, stillNone] = [await survey('none', once('a2')), await survey('none', once('a2'))]
    expect([stillNone.status, stillNone.text]).toEqual([404, none.text])
    expect(stillNone.headers.get('content-type')).toContain('application/problem+json')
    expect(await deeds('whom=talk')).toHaveLength(1)
  })
  it('is another for somebody else, and refused where it asks for something else', async () => {
    await survey('talk', once('b1'))
    const other = await survey('waiting', once('b1'))
    expect([other.status, other.error.id]).toEqual([422, 'another-request'])
    const theirs = await withKey(api.knex(), { id: 'crm', rights: RIGHTS })
    expect((await survey('waiting', once('b1', theirs))).error.id).toBe('no-talk')
  })
  it('is not begun a second time while it is under way; where it has died, it is after a minute', async () => {
    const { knex } = api
    const rows = () => knex()('idempotency_keys').where({ key: 'c1' })
    await survey('talk', once('c1'))
    await rows().update({ status: null, answer: null })
    const meanwhile = await survey('talk', once('c1'))
    expect([meanwhile.status, meanwhile.error.id]).toEqual([409, 'under-way'])
    await rows().update({ at: new Date(NOW - 60_000) })
    expect((await survey('talk', once('c1'))).status).toBe(200)
  })
  it('is done by one of many that ask at once', async () => {
    const asked = Array.from({ length: 8 }, () =>
      ask(api.port(), 'post', '/api/people', once('d1'), newPerson('one-of-many')),
    )
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter(status => status === 201)).toHaveLength(1)
    expect(new Set(statuses)).toEqual(new Set([201, 409]))
  })
  it('shows a secret once, and keeps it nowhere', async () => {
    const first = await ask(api.port(), 'post', '/api/people', once('e1'), newPerson('once'))
    const { password } = answers.NEW_PERSON_ANSWER.parse(first.body)
    const again = await ask(api.port(), 'post', '/api/people', once('e1'), newPerson('once'))
    expect([again.status, again.error.id]).toEqual([409, 'shown-once'])
    const kept = [await api.knex()('idempotency_keys'), await api.knex()('audit_log')]
    expect(JSON.stringify(kept)).not.toContain(password)
  })
  it('is told again why it could not be done, also where it would have shown a secret', async () => {
    const wrong = () => ask(api.port(), 'post', '/api/people', once('e2'), { ...newPerson('wrong'), roles: [] })
    const [first, again] = [await wrong(), await wrong()]
    expect([again.status, again.text]).toEqual([400, first.text])
  })
  it('may be asked for again where it was refused to somebody, or has failed', async () => {
    const headers = await signedIn(api.knex(), somebody('luo', { roles: ['agent'] }))
    expect((await survey('talk', once('f1', headers))).status).toBe(403)
    await api
      .knex()('people')
      .where({ id: 'luo' })
      .update({ roles: ['supervisor'] })
    expect((await survey('talk', once('f1', headers))).status).toBe(200)
  })
  it('is another one after a day, when the first is swept', async () => {
    await survey('talk', once('g1'))
    api.health.laterMs = KEPT_MS
    expect((await survey('waiting', once('g1'))).error.id).toBe('no-talk')
    api.health.laterMs = 0
    await sweepPeople(api.knex(), NOW + KEPT_MS)
    const keys = await api.knex()('idempotency_keys').pluck('key')
    expect(keys).toEqual(['g1'])
  })
  it('has a key of ASCII', async () => {
    for (const key of ['a b', 'x'.repeat(201)])
      expect((await survey('talk', once(key))).error).toMatchObject({ status: 400, field: 'Idempotency-Key' })
  })
})

describe('the audit log', () => {
  it('tells who did what to whom, when and from where, and how it came out, also where it was refused', async () => {
    const headers = { ...(await signedIn(api.knex(), somebody('he'))), 'x-forwarded-for': '198.51.100.7' }
    await survey('waiting', headers)
    await ask(api.port(), 'post', '/api/people', headers, newPerson('x'))
    const about = { at: '2026-11-23T10:00:00.000+08:00', who: 'person:he', address: '198.51.100.7' }
    expect(await deeds('who=person:he')).toMatchObject([
      { ...about, what: 'POST /api/people', whom: null, outcome: 'forbidden', details: { roles: ['agent'] } },
      { ...about, what: 'POST /api/calls/{id}/survey', whom: 'waiting', outcome: 'no-talk', details: {} },
    ])
  })
  it('tells who has signed in, and who has tried', async () => {
    await signedIn(api.knex(), somebody('lin'))
    await ask(api.port(), 'post', '/api/session', {}, { person: 'lin', password: 'a-guess' })
    const [tried] = await deeds('what=POST /api/session')
    expect(tried).toMatchObject({ who: 'nobody', outcome: 'wrong-password' })
    expect(tried!.details).toEqual({ person: 'lin', password: '***' })
  })
  it('tells of each recording that is played, before it is', async () => {
    const play = () => ask(api.port(), 'get', '/api/calls/c-1/recording', OWN)
    expect((await play()).status).toBe(200)
    expect(await deeds('whom=c-1')).toMatchObject([
      { who: 'key:centre', what: 'GET /api/calls/{id}/recording', outcome: 'done' },
    ])
    await api.knex().raw('alter table audit_log rename to away')
    expect((await play()).status).toBe(500)
    await api.knex().raw('alter table away rename to audit_log')
  })
  it('is no reason not to answer who has done something already', async () => {
    await api.knex().raw('alter table audit_log rename to away')
    expect((await survey('talk', OWN)).status).toBe(200)
    await api.knex().raw('alter table away rename to audit_log')
    await vi.waitFor(() => expect(api.logged.join('')).toContain('an act is not in the audit log'))
  })
  it('comes a page at a time, and is narrowed to a time', async () => {
    const seen: number[] = []
    let next: string | null = ''
    while (next !== null) {
      const { body } = await ask(
        api.port(),
        'get',
        `/api/audit?from=2026-11-23&to=2026-11-25&limit=3${next && `&after=${next}`}`,
        OWN,
      )
      const page = answers.DEEDS_ANSWER.parse(body)
      seen.push(...page.deeds.map(({ id }) => id))
      next = page.next
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a))
    expect(seen).toHaveLength((await api.knex()('audit_log')).length)
    expect(await deeds('to=2026-11-22')).toEqual([])
  })
  it('is only added to', async () => {
    const log = () => api.knex()('audit_log')
    await expect(log().update({ who: 'nobody' })).rejects.toThrow('only added to')
    await expect(log().delete()).rejects.toThrow('only added to')
    await expect(api.knex().raw('truncate audit_log')).rejects.toThrow('only added to')
  })
  it('holds no telephone number and no secret of what was asked', () => {
    const asked = {
      ...{ to: '13800138000', note: 'call +86 138-0013-8000, order 12', count: 13800138000, few: 3, pin: '123456' },
      ...{ password: 'x', nested: [{ secretKey: 'y', number: '021-62345678' }], agent: '8001', day: '2026-11-23' },
      call: 'hotline-1763871911.12~message7',
    }
    expect(detailsOf(asked)).toEqual({
      ...{ to: '138****8000', note: expect.stringMatching(/^call \+86.*\*.*8000, order 12$/), count: '138****8000' },
      ...{ few: 3, pin: '***', password: '***', nested: [{ secretKey: '***', number: expect.stringContaining('**') }] },
      ...{ agent: '8001', day: '2026-11-23', call: 'hotline-1763871911.12~message7' },
    })
    expect(detailsOf({ words: Array(100).fill('x'.repeat(300)) })).toEqual({ tooLong: true })
  })
})
