import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { beforeAll, expect, it } from 'vitest'
import { addPerson } from '../../../src/database/people.ts'
import { beginSession } from '../../../src/database/sessions.ts'
import { RIGHTS, ROLES } from '../../../src/rights/rights.ts'
import { random } from '../../random.ts'
import { ask, bearer, type Headed, somebody, textOf, withKey } from '../asker.ts'
import { KEY, NOW, testApi } from '../testApi.ts'
import type { Document, Schema } from './document.ts'
import { aRequest, type Request } from './requests.ts'

/** Requests made from openapi.json: HOTLINE_SEED=n tries another course of them. */
const REQUESTS = 10_000
const AT_ONCE = 6
const SEED = Number(process.env.HOTLINE_SEED ?? 1)

const api = testApi()
const ajv = new Ajv2020({ strict: false, validateFormats: false })
let document: Document
let problem: ValidateFunction

beforeAll(async () => {
  const { body } = await ask(api.port(), 'get', '/api/openapi.json', { 'x-api-key': KEY })
  document = body as unknown as Document
  ajv.addSchema({ ...document, $id: 'openapi' } as Schema)
  problem = ajv.compile({ $ref: 'openapi#/components/schemas/Problem' })
  const began = { began_at: new Date(NOW), ended_at: new Date(NOW) }
  await api
    .knex()('messages')
    .insert({ ...began, id: 'c-2~message7', call_id: 'c-2', queue: 'sales' })
  for (const role of ROLES) await addPerson(api.knex(), somebody(role, { roles: [role] }), NOW)
})

/** Whoever asks is somebody else each time, most often somebody who may. Sessions end on the way, as they are asked to. */
async function askers(): Promise<Headed[]> {
  const begin = async (role: string) =>
    bearer((await beginSession(api.knex(), role, { address: '', program: '' }, NOW)).opener)
  const own = { 'x-api-key': KEY }
  const bound = await withKey(api.knex(), { id: 'bound', rights: RIGHTS, queues: ['support'], teams: [] })
  const bare = await withKey(api.knex(), { id: 'bare' })
  return [own, own, own, own, own, bound, bare, {}, ...(await Promise.all(ROLES.map(begin)))]
}

it(`no request of ${REQUESTS} fails on our side, and each is answered as the document says`, async () => {
  console.log(`HOTLINE_SEED=${SEED}`)
  const chance = random(SEED)
  const everybody = await askers()
  const statuses: Record<number, number> = {}
  let left = REQUESTS
  const asking = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const status = await tried(aRequest(chance, document, chance.pick(everybody)))
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, asking))
  // Else they would have tried nothing.
  for (const status of [200, 201, 204, 400, 401, 403, 404, 409, 422, 429])
    expect(statuses, `${status}`).toHaveProperty(String(status))
}, 600_000)

async function tried(request: Request): Promise<number> {
  const { operation, method, path, headers, body } = request
  const shown = `HOTLINE_SEED=${SEED}: ${method} ${path} ${JSON.stringify(headers)} ${body?.slice(0, 500)}`
  const response = await fetch(`http://127.0.0.1:${api.port()}${path}`, {
    ...{ method, redirect: 'manual', headers: latin(headers) },
    ...(body !== undefined && { body }),
  })
  const { status } = response
  const text = await textOf(response)
  expect(status === 503 && path.startsWith('/health/ready') ? 200 : status, `${shown}\n${text}`).toBeLessThan(500)
  if (method === 'HEAD' || method === 'OPTIONS') return status
  const type = response.headers.get('content-type')?.split(';')[0]
  if (status >= 400) {
    expect(type, `${shown}\n${text}`).toBe('application/problem+json')
    expect(problem(JSON.parse(text)), `${shown}\n${text}`).toBe(true)
  }
  if (operation) expectAsDocumented(operation, { status, type, text }, shown)
  return status
}

/** fetch takes no other letters in a header. */
const latin = (headers: Headed): Headed =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\xff]/g, '?')]))

const compiled = new Map<object, ValidateFunction>()

function expectAsDocumented(
  { responses }: NonNullable<Request['operation']>,
  { status, type, text }: { status: number; type: string | undefined; text: string },
  shown: string,
): void {
  expect(Object.keys(responses), `${shown}\n${status} ${text}`).toContain(String(status))
  const { content } = responses[status]!
  if (!content) return
  expect(Object.keys(content), shown).toContain(type)
  if (!type?.includes('json')) return
  const { schema } = content[type]!
  const validate = compiled.get(schema) ?? ajv.compile(fromHere(schema))
  compiled.set(schema, validate)
  expect(validate(JSON.parse(text)), `${shown}\n${text}\n${ajv.errorsText(validate.errors)}`).toBe(true)
}

/** Its references are to the whole document. */
const fromHere = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'))
