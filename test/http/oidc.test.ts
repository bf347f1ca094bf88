import { afterAll, beforeAll, expect, it } from 'vitest'
import { addPerson } from '../../src/database/people.ts'
import { ask, type Headed, somebody } from './asker.ts'
import { fakeProvider } from './fakeProvider.ts'
import { NOW, testApi } from './testApi.ts'

const CLIENT = { client: 'hotline', secret: 'between-us' }
const OURS = 'https://hotline.example.com'

const api = testApi()
let company: Awaited<ReturnType<typeof fakeProvider>>
let port: number

beforeAll(async () => {
  company = await fakeProvider(CLIENT.client, CLIENT.secret)
  const serving = await api.open(api.knex(), { oidc: { ...CLIENT, issuer: company.issuer, url: OURS } })
  port = serving.port
  afterAll(async () => {
    await serving.stop()
    await company.stop()
  })
  await addPerson(api.knex(), somebody('li', { sso: 'sub-of-li' }), NOW)
  await addPerson(api.knex(), somebody('wu', { sso: 'wu@example.com' }), NOW)
})

const cookieIn = (headers: Headers, name: string): string =>
  headers
    .getSetCookie()
    .find(cookie => cookie.startsWith(`${name}=`))!
    .split(';')[0]!

/** They are led to the sign-in, and keep what belongs to that. */
async function begin(): Promise<{ place: string; cookie: string }> {
  const { status, headers } = await ask(port, 'get', '/api/session/oidc')
  expect(status).toBe(302)
  expect(headers.getSetCookie()[0]).toMatch(/Path=\/api\/session\/oidc;.* HttpOnly; SameSite=Lax$/)
  return { place: headers.get('location')!, cookie: cookieIn(headers, 'hotline_oidc') }
}

async function come(back: URL, cookie: string) {
  expect(back.origin).toBe(OURS)
  return ask(port, 'get', back.pathname + back.search, { cookie })
}

const signIn = async (claims: object, how = {}) => {
  const { place, cookie } = await begin()
  return come(company.letIn(place, claims, how), cookie)
}

it.each([
  ['li', { sub: 'sub-of-li' }],
  ['wu', { sub: 'another', email: 'wu@example.com', email_verified: true }],
])('%s, whom the company knows, is signed in, and it is in the audit log', async (person, claims) => {
  const { status, headers, text } = await signIn(claims)
  expect([status, text]).toEqual([200, expect.stringContaining('url=/')])
  const session: Headed = { cookie: cookieIn(headers, 'hotline_session') }
  const me = await ask(port, 'get', '/api/session', session)
  expect(me.body).toMatchObject({ name: `person:${person}`, csrfToken: expect.any(String) })
  const [deed] = await api.knex()('audit_log').where({ whom: person }).orderBy('id', 'desc')
  expect(deed).toMatchObject({ who: `person:${person}`, what: 'GET /api/session/oidc/answer', outcome: 'done' })
})

it.each([
  ['who is nobody here', { sub: 'stranger' }],
  ['whose e-mail nobody has verified', { sub: 'another', email: 'wu@example.com', email_verified: false }],
])('%s is not let in, and told why', async (_, claims) => {
  const { status, error, headers } = await signIn(claims)
  expect([status, error.id, error.detail]).toEqual([403, 'forbidden', expect.stringContaining(claims.sub)])
  expect(headers.getSetCookie().join()).not.toContain('hotline_session')
})

it('whoever is disabled is not let in', async () => {
  await addPerson(api.knex(), somebody('sun', { sso: 'sub-of-sun', disabled: true }), NOW)
  expect((await signIn({ sub: 'sub-of-sun' })).status).toBe(403)
})

it('what another has signed, was meant for another sign-in, or is used again, opens nothing', async () => {
  const li = { sub: 'sub-of-li' }
  const refused = async (answer: Promise<{ status: number; error: { id: string } }>) => {
    const { status, error } = await answer
    expect([status, error.id]).toEqual([401, 'sign-in-failed'])
  }
  await refused(signIn(li, { isForged: true }))
  await refused(signIn({ ...li, nonce: 'of-another' }))
  const [mine, theirs] = [await begin(), await begin()]
  // Another's sign-in, into which somebody is lured.
  await refused(come(company.letIn(theirs.place, li), mine.cookie))
  await refused(come(company.letIn(mine.place, li), 'hotline_oidc='))
  const back = company.letIn(mine.place, li)
  expect((await come(back, mine.cookie)).status).toBe(200)
  await refused(come(back, mine.cookie))
})

it('a sign-in that is away is 503, and where there is none, that is said', async () => {
  const away = await api.open(api.knex(), { oidc: { ...CLIENT, issuer: 'http://127.0.0.1:1', url: OURS } })
  const asked = await ask(away.port, 'get', '/api/session/oidc')
  expect([asked.status, asked.error.id]).toEqual([503, 'sign-in-away'])
  await away.stop()
  expect((await ask(api.port(), 'get', '/api/session/oidc')).error).toMatchObject({ status: 404, id: 'not-found' })
})
