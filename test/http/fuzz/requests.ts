import type { Random } from '../../random.ts'
import type { Document, Operation, Parameter, Schema } from './document.ts'

export type Request = {
  /** Of the document; undefined where it is to be refused as unknown. */
  operation: Operation | undefined
  method: string
  path: string
  headers: Record<string, string>
  body: string | undefined
}

/** What there is in the centre that is asked: most of what is asked at random is of nobody. */
const KNOWN = [
  ...['c-1', 'c-2', 'c-3', 'c-none', 'c-gone', 'c-outside', 'talk', 'waiting', 'c-2~message7', 'li', 'crm', 'admin'],
  ...['sales', 'support', '8001', '8002', '2026-11-23', '2026-11-24', '2026-11-23T09:15', 'key:centre', 'calls:read'],
]
const ODD = [
  ...['', ' ', '0', '-1', '1e9', 'null', 'true', '中文', '‮', "' or 1=1 --", '%', '%00', '../../etc/passwd', '\\'],
  ...['\u0000', '\n', '\ud800', '😀'.repeat(20), 'x'.repeat(500), '__proto__', 'constructor', '{}', '[]', '?', '*'],
  ...['9999-99-99', '2026-02-30', '2026-11-23T25:00', '0001-01-01', '9'.repeat(40), '13800138000', '+8613800138000'],
]
const ODD_VALUES: unknown[] = [...ODD, null, true, 0, -1, 1.5, 1e300, [], {}, [[]], ['x'], { a: { b: null } }, 2 ** 53]

/** For Postgres, or for whoever looks at a password: asked for less often. */
const IS_WORK = /ledger|reports|password$/

/** One request, as the document has it, and more often than not with a fault or two. */
export function aRequest(random: Random, document: Document, headers: Record<string, string>): Request {
  const { pick, chance } = random
  if (chance(0.03)) return aStray(random, document, headers)
  const places = Object.keys(document.paths)
  const place = chance(0.2) ? pick(places) : pick(places.filter(one => !IS_WORK.test(one)))
  const [method, operation] = pick(Object.entries(document.paths[place]!))
  const parameters = operation.parameters ?? []
  const schema = operation.requestBody?.content['application/json']?.schema
  const ofHeaders = Object.fromEntries(
    parameters.filter(one => one.in === 'header' && chance(0.3)).map(one => [one.name, anIdempotencyKey(random)]),
  )
  const body = schema && aBody(random, named(schema, document))
  return {
    ...{ operation, method: method.toUpperCase() },
    path: pathOf(random, place, parameters) + queryOf(random, parameters),
    headers: {
      ...headers,
      ...ofHeaders,
      ...(body !== undefined && { 'content-type': chance(0.97) ? 'application/json' : pick(TYPES) }),
      ...(chance(0.1) && pick(MORE_HEADERS)),
    },
    body,
  }
}

const TYPES = ['text/plain', 'application/json; charset=klingon', 'multipart/form-data', 'application/xml']
const MORE_HEADERS: Record<string, string>[] = [
  ...[{ accept: 'text/csv' }, { accept: 'image/png' }, { range: 'bytes=2-4' }, { range: 'bytes=99-' }, { range: 'x' }],
  ...[{ cookie: 'hotline_session=hs_x; hotline_oidc=a.b.c' }, { 'x-csrf-token': 'x' }, { 'idempotency-key': 'a b' }],
  ...[{ 'content-encoding': 'gzip' }, { 'x-forwarded-for': 'nobody, 1.2.3.4' }, { 'x-http-method-override': 'DELETE' }],
]

const named = (schema: Schema, { components }: Document): Schema =>
  schema.$ref === undefined ? schema : components.schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]!

/** Few, so that some are used again. */
const anIdempotencyKey = ({ upTo, chance, pick }: Random): string =>
  chance(0.9) ? `key-${upTo(50)}` : pick(['x'.repeat(300), ' ', 'ä'])

/** What no document tells of. */
function aStray(random: Random, document: Document, headers: Record<string, string>): Request {
  const { pick } = random
  const method = pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])
  const base = pick(Object.keys(document.paths)).replaceAll(/\{\w+\}/g, () => encoded(pick(ODD) || 'x'))
  const path = pick([
    `${base}/more`,
    `${base}/`,
    `/${encodeURIComponent(aWord(random))}`,
    `${base}%ff`,
    '/api/%E0%A4%A',
  ])
  const isBare = method === 'GET' || method === 'HEAD'
  return { operation: undefined, method, path, headers, body: isBare ? undefined : pick(['', '{', '[]', 'x']) }
}

function pathOf(random: Random, place: string, parameters: readonly Parameter[]): string {
  return place.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const { schema } = parameters.find(one => one.in === 'path' && one.name === name)!
    const value = random.chance(0.8) ? aText(random, schema) : random.pick(ODD)
    // Nothing, and what leads up, is another path.
    return encoded(/^\.*$/.test(value) ? 'x' : value)
  })
}

function queryOf(random: Random, parameters: readonly Parameter[]): string {
  const { chance, pick } = random
  const given = parameters
    .filter(one => one.in === 'query' && (one.required === true || chance(0.4)))
    .map(({ name, schema }) => [name, chance(0.85) ? aText(random, schema) : pick(ODD)] as const)
  if (chance(0.03)) given.push([pick(['from', 'x', '__proto__', 'a[b]']), pick(ODD)])
  const words = given.map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
  return words.length > 0 ? `?${words.join('&')}` : ''
}

/** Half a character cannot be written into an address. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

const aText = (random: Random, schema: Schema): string => String(aValue(random, schema))

/** JSON that holds what is asked for, at times spoilt: a value, a field too many or too few, or the text itself. */
function aBody(random: Random, schema: Schema): string | undefined {
  const { chance, pick, upTo } = random
  if (chance(0.02)) return pick([undefined, '', '{', 'null', '"x"', '[]', '[1]', '{"__proto__":{"a":1}}'])
  const body = aValue(random, schema) as Record<string, unknown>
  const names = Object.keys(schema.properties ?? {})
  if (chance(0.3)) body[pick(names)] = pick(ODD_VALUES)
  if (chance(0.1)) delete body[pick(names)]
  if (chance(0.05)) body[aWord(random)] = pick(ODD_VALUES)
  const text = JSON.stringify(body)
  if (chance(0.01)) return text.slice(0, upTo(text.length))
  return chance(0.002) ? JSON.stringify({ ...body, x: 'x'.repeat(300_000) }) : text
}

/** As the schema has it, as far as that can be read. */
function aValue(random: Random, schema: Schema): unknown {
  const { pick, chance, between } = random
  const { anyOf, enum: words, example, items, properties } = schema
  if (anyOf) return aValue(random, pick(anyOf))
  if (words) return pick(words)
  if (example !== undefined && chance(0.3)) return example
  switch (Array.isArray(schema.type) ? pick(schema.type) : schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(properties ?? {})
          .filter(([name]) => schema.required?.includes(name) || chance(0.5))
          .map(([name, held]) => [name, aValue(random, held)]),
      )
    case 'array':
      return Array.from({ length: between(schema.minItems ?? 0, 3) }, () => aValue(random, items ?? {}))
    case 'integer':
    case 'number':
      return between(schema.minimum ?? 0, Math.min(schema.maximum ?? 1_000, 1_000))
    case 'boolean':
      return chance(0.5)
    case 'null':
      return null
    default:
      return aFitting(random, schema)
  }
}

/** Most often something that there is; else letters. */
function aFitting(random: Random, { minLength = 1, maxLength = 40, pattern = '' }: Schema): string {
  const fits = new RegExp(pattern)
  const known = KNOWN.filter(it => it.length >= minLength && it.length <= maxLength && fits.test(it))
  if (known.length > 0 && random.chance(0.7)) return random.pick(known)
  const word = aWord(random).padEnd(minLength, 'x').slice(0, maxLength)
  return fits.test(word) ? word : String(random.between(10, 9_999))
}

const aWord = ({ between, pick }: Random): string =>
  Array.from({ length: between(1, 12) }, () => pick([...'abcdefghijklmnop0123456789-'])).join('')
