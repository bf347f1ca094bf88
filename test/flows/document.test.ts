import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { readCalendar } from '../../src/flows/calendars.ts'
import { flowSchema, readFlow } from '../../src/flows/document.ts'
import { HOTLINE, SURVEY } from '../../src/ivr/flow.ts'

type Described = {
  description?: string
  const?: string
  properties?: Record<string, Described>
  oneOf?: Described[]
  additionalProperties?: boolean | Described
  items?: Described
}

const changed = (
  change: (flow: Record<string, unknown> & { nodes: Record<string, Record<string, unknown>> }) => void,
) => {
  const flow = structuredClone(HOTLINE) as never
  change(flow)
  return readFlow(JSON.stringify(flow)).faults
}

test.each([HOTLINE, SURVEY])('the flow $id is read as it is', flow => {
  expect(readFlow(JSON.stringify(flow))).toEqual({ document: flow })
})

test('the published schema takes the same flows, and refuses a node of no known type', () => {
  const takes = new Ajv2020().compile(flowSchema())
  expect([HOTLINE, SURVEY].map(flow => takes(flow))).toEqual([true, true])
  expect(takes({ ...HOTLINE, nodes: { greeting: { type: 'dance' } } })).toBe(false)
})

test('the schema tells of each node and each field what it is', () => {
  const silent: string[] = []
  const look = (path: string, schema: Described): void => {
    const { properties = {}, oneOf = [], additionalProperties, items } = schema
    for (const [name, field] of Object.entries(properties)) {
      if (field.description === undefined) silent.push(`${path}.${name}`)
      look(`${path}.${name}`, field)
    }
    for (const node of oneOf) {
      const type = node.properties?.type?.const
      if (node.description === undefined) silent.push(`${path} of type ${type}`)
      look(`${type}`, node)
    }
    if (typeof additionalProperties === 'object') look(`${path}[…]`, additionalProperties)
    if (items) look(`${path}[]`, items)
  }
  look('', flowSchema() as Described)
  expect(silent).toEqual([])
})

test('a document may name its schema, for editors: the flow is the same', () => {
  const named = { $schema: './flow.schema.json', ...HOTLINE }
  expect(readFlow(JSON.stringify(named))).toEqual({ document: HOTLINE })
  expect(new Ajv2020().compile(flowSchema())(named)).toBe(true)
  expect(readFlow(JSON.stringify({ ...named, $schema: 7 })).faults).toEqual([
    { path: '["$schema"]', sentence: 'must be a text' },
  ])
  const calendar = { id: 'office', weekly: {}, days: {} }
  expect(readCalendar(JSON.stringify({ $schema: 'x', ...calendar }))).toEqual({ document: calendar })
})

describe('what is wrong with its shape has its path, and says what is allowed:', () => {
  test('no JSON', () => {
    expect(readFlow('{"id": ')).toMatchObject({ faults: [{ path: '', sentence: expect.stringContaining('no JSON') }] })
  })

  test('no JSON over several lines, in one', () => {
    expect(readFlow('{\n  "id": f\n}').faults).toMatchObject([
      { sentence: expect.stringMatching(/^this is no JSON: .+$/) },
    ])
  })

  test('a name that would not be seen, or be taken for a path', () => {
    const end = '{"type": "hangup"}'
    expect(
      readFlow(`{"id": "f", "start": "end", "nodes": {"end": ${end}, "a.b": ${end}, "c\\n": ${end}}}`).faults,
    ).toMatchObject([{ path: 'nodes["a.b"]' }, { path: 'nodes["c\\n"]' }])
    expect(changed(flow => Object.assign(flow.nodes.menu!, { '\n': 1 }))).toEqual([
      { path: 'nodes.menu', sentence: 'may not have "\\n"' },
    ])
  })

  test('a field that is missing', () => {
    expect(changed(flow => delete flow.nodes.greeting!.next)).toEqual([
      { path: 'nodes.greeting.next', sentence: 'must be a name' },
    ])
  })

  test('the name by which those on duty dial in', () => {
    expect(changed(flow => Object.assign(flow, { id: 'duty' }))).toEqual([
      { path: 'id', sentence: 'must not be duty: there those on duty dial in' },
    ])
  })

  test('a key of no telephone', () => {
    const [fault] = changed(flow => Object.assign(flow.nodes.menu!.keys as object, { A: 'sales' }))!
    expect(fault).toEqual({ path: 'nodes.menu.keys.A', sentence: 'must be one key: 0 to 9, * or #' })
  })

  test('a type that nobody knows', () => {
    expect(changed(flow => Object.assign(flow.nodes.menu!, { type: 'dance' }))).toEqual([
      { path: 'nodes.menu.type', sentence: 'must be a node of a known type' },
    ])
  })

  test('a number too large', () => {
    expect(changed(flow => Object.assign(flow.nodes.menu!, { tries: 10 }))).toEqual([
      { path: 'nodes.menu.tries', sentence: 'must be from 1 to 9' },
    ])
  })

  test.each([
    ['a list that is none', { prompts: 'menu' }, 'nodes.menu.prompts', 'must be a list of prompts'],
    ['a prompt that is none', { prompts: ['menu', 7] }, 'nodes.menu.prompts[1]', 'must be the key of a prompt'],
    ['keys that are no object', { keys: ['sales'] }, 'nodes.menu.keys', 'must be an object: {…}'],
    [
      'a letter that Postgres does not keep',
      { prompts: ['a\u0000'] },
      'nodes.menu.prompts[0]',
      'must be made of letters that there are',
    ],
  ])('%s', (_, change, path, sentence) => {
    expect(changed(flow => Object.assign(flow.nodes.menu!, change))).toEqual([{ path, sentence }])
  })

  test.each(['null', '7', '[]', '"flow"'])('%s, which is no flow', text => {
    expect(readFlow(text).faults).toEqual([{ path: '', sentence: 'must be an object: {…}' }])
  })

  test('a word that expressions would take for something else', () => {
    expect(
      changed(flow => Object.assign(flow.nodes, { tell: { type: 'set', values: { true: '1' }, next: 'sales' } })),
    ).toEqual([
      { path: 'nodes.tell.values.true', sentence: 'must not be a word that has a meaning of its own in expressions' },
    ])
  })

  test('a node that stands twice, of which one would be lost without a word', () => {
    const end = '"end": {"type": "hangup"}'
    expect(readFlow(`{"id": "f", "start": "end", "nodes": {${end}, "e\\u006ed": {"type": "return"}}}`).faults).toEqual([
      { path: 'nodes.end', sentence: 'stands here twice' },
    ])
    expect(readFlow(`{"id": "f", "start": "end", "nodes": {${end}, "__proto__": {"type": "return"}}}`).faults).toEqual([
      { path: 'nodes.__proto__', sentence: 'must be named otherwise' },
    ])
  })

  test('a document that nobody wrote by hand', () => {
    expect(readFlow(' '.repeat(500_001)).faults).toEqual([{ path: '', sentence: 'must be at most 500000 characters' }])
  })

  test('a word that no node has', () => {
    expect(changed(flow => Object.assign(flow.nodes.menu!, { colour: 'red' }))).toMatchObject([
      { path: 'nodes.menu', sentence: expect.stringContaining('colour') },
    ])
  })
})
