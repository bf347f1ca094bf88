import { readFileSync } from 'node:fs'

/** A client in TypeScript, one file that needs no other, made from openapi.json: what can be asked, and what is answered, as types. */

type Schema = {
  $ref?: string
  type?: string | readonly string[]
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  allOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: Schema | boolean
}
type Content = Readonly<Record<string, { schema: Schema }>>
type Operation = {
  summary?: string
  parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Content }
  responses: Readonly<Record<string, { content?: Content }>>
}
export type OpenApi = {
  components: { schemas?: Readonly<Record<string, Schema>> }
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const BASE = new URL('./client.ts', import.meta.url)

export function clientFor({ components, paths }: OpenApi): string {
  // What a failure is, the client itself says.
  const named = Object.entries(components.schemas ?? {}).filter(([name]) => name !== 'Problem')
  const types = named.map(([name, schema]) => `export type ${name} = ${typeOf(schema)}`)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => told(`${method.toUpperCase()} ${path}`, operation)),
  )
  const all = `/** All that can be asked. */\nexport type Operations = {\n${operations.join('\n')}\n}`
  const last = 'export const hotline = (where: Where) => new Client<Operations, Event>(where)'
  return [readFileSync(BASE, 'utf8').trimEnd(), ...types, all, `${last}\n`].join('\n\n')
}

function told(what: string, { summary = '', parameters = [], requestBody, responses }: Operation): string {
  const given = {
    params: parametersIn('path', parameters),
    query: parametersIn('query', parameters),
    body: bodyOf(requestBody),
  }
  const words = Object.entries(given).flatMap(([name, type]) =>
    type ? `${name}${type.isNeeded ? '' : '?'}: ${type.text}` : [],
  )
  const answer = answerOf(responses)
  return `  /** ${summary} */\n  ${JSON.stringify(what)}: { given: { ${words.join('; ')} }; answer: ${answer} }`
}

type Given = { text: string; isNeeded: boolean } | undefined

function parametersIn(where: string, all: NonNullable<Operation['parameters']>): Given {
  const own = all.filter(parameter => parameter.in === where)
  if (own.length === 0) return undefined
  const words = own.map(({ name, required, schema }) => `${key(name)}${required ? '' : '?'}: ${typeOf(schema)}`)
  return { text: `{ ${words.join('; ')} }`, isNeeded: own.some(({ required }) => required) }
}

function bodyOf(body: Operation['requestBody']): Given {
  const schema = body?.content['application/json']?.schema
  return schema && { text: typeOf(schema), isNeeded: (schema.required ?? []).length > 0 }
}

/** Of the answer that says it is done; where it is no JSON, its bytes. What leads a browser on answers nothing. */
function answerOf(responses: Operation['responses']): string {
  const done = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
  if (!done?.content) return 'void'
  const schema = done.content['application/json']?.schema
  return schema ? typeOf(schema) : 'ArrayBuffer'
}

function typeOf(schema: Schema): string {
  const { $ref, anyOf, oneOf, allOf, type } = schema
  if ($ref) return $ref.slice($ref.lastIndexOf('/') + 1)
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (anyOf ?? oneOf) return (anyOf ?? oneOf)!.map(one => `(${typeOf(one)})`).join(' | ')
  if (allOf) return allOf.map(one => `(${typeOf(one)})`).join(' & ')
  if (typeof type === 'object') return type.map(one => typeOf({ ...schema, type: one })).join(' | ')
  return simple(schema)
}

function simple({ type, items, properties, required = [], additionalProperties }: Schema): string {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'array':
      return `(${typeOf(items ?? {})})[]`
    case 'object': {
      const words = Object.entries(properties ?? {}).map(
        ([name, schema]) => `${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
      )
      if (typeof additionalProperties === 'object') return `Record<string, ${typeOf(additionalProperties)}>`
      return `{ ${words.join('; ')} }`
    }
    default:
      return 'unknown'
  }
}

const key = (name: string): string => (/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name))
