import { expect, test } from 'vitest'
import { direct } from '../../src/ivr/flow.ts'
import { Library } from '../../src/ivr/library.ts'

/** The flow of that name, told apart by where it leads. */
const flow = (id: string, queue: string) => ({ ...direct(queue), id })
const leadsTo = (library: Library, id: string, release: number) => {
  const node = library.flow(id, release)?.nodes.queue
  return node?.type === 'queue' ? node.queue : undefined
}

const library = new Library([
  { number: 4, flow: flow('hotline', 'support') },
  { number: 2, flow: flow('hotline', 'sales') },
  { number: 3, flow: flow('survey', 'operator') },
])

test('a call keeps to what was in force when it came', () => {
  expect([2, 3, 4, 9].map(release => leadsTo(library, 'hotline', release))).toEqual([
    'sales',
    'sales',
    'support',
    'support',
  ])
})

test('a call from before anything was published meets what was first', () => {
  expect(leadsTo(library, 'hotline', 0)).toBe('sales')
  expect(leadsTo(library, 'survey', 0)).toBe('operator')
})

test('nobody knows a flow that was never published', () => {
  expect(library.flow('other', 9)).toBeUndefined()
  expect(new Library().latest).toBe(0)
})

test('what is told twice is there once, and what is new is in force', () => {
  const grown = new Library([{ number: 1, flow: flow('hotline', 'sales') }])
  grown.add([{ number: 1, flow: flow('hotline', 'sales') }])
  grown.add([{ number: 2, flow: flow('hotline', 'support') }])
  expect(grown.latest).toBe(2)
  expect(grown.current.map(({ id }) => leadsTo(grown, id, 9))).toEqual(['support'])
})
