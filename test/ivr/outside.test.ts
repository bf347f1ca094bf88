import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/flows/expressions.ts'
import type { Flow, Node, TransferOutNode, Variables } from '../../src/ivr/flow.ts'
import { UNREACHED, type Unreached } from '../../src/ivr/outside.ts'
import type { Around, Place } from '../../src/ivr/step.ts'
import { begin, unreached } from '../../src/ivr/walk.ts'

/** The rules of this centre: numbers with an area code, behind a 9. */
const toDial: Around['toDial'] = number =>
  number.startsWith('0') ? { number: `9${number}` } : { refusal: { reason: 'not-allowed', sentence: 'no' } }

function around(nodes: Record<string, Node>, variables: Variables = {}): Around {
  const ends: Record<string, Node> = {
    sales: { type: 'queue', queue: 'sales' },
    operator: { type: 'queue', queue: 'operator' },
  }
  const flow: Flow = { id: 'f', start: 'first', nodes: { ...ends, ...nodes } }
  return { flow: () => flow, variables, evaluate, mayCallBack: () => true, isOpen: () => undefined, toDial }
}
const begun = (nodes: Record<string, Node>, variables?: Variables) => begin(around(nodes, variables), 'f', 'zh')

describe('a number outside', () => {
  const out: TransferOutNode = {
    ...{ type: 'transfer-out', number: 'keyed', prompts: ['hold'], meanwhile: 'music', ringMs: 20_000 },
    ...{ busy: 'sales', noAnswer: 'sales', refused: 'operator' },
  }
  const place: Place = { flow: 'f', node: 'first', tries: 1, language: 'zh' }

  test('is dialled as the rules have it, while the caller is told so', () => {
    expect(begun({ first: out }, { keyed: '021' })).toEqual([
      { kind: 'say', place, prompts: ['hold'] },
      { kind: 'dial', place, number: '9021', ringMs: 20_000, meanwhile: 'music', isSilent: false },
    ])
    expect(begun({ first: { ...out, prompts: [] } }, { keyed: '021' })).toMatchObject([
      { kind: 'dial', isSilent: true },
    ])
  })

  test('that the rules refuse, or that is none, leads on, and the story tells why', () => {
    expect(begun({ first: out }, { keyed: '110' })).toEqual([
      { kind: 'refusal', node: 'first', reason: 'not-allowed', sentence: 'no' },
      { kind: 'queue', queue: 'operator' },
    ])
    expect(begun({ first: out }, { keyed: true })).toMatchObject([{ kind: 'refusal' }, { kind: 'queue' }])
    expect(begun({ first: out })).toMatchObject([{ kind: 'fault' }, { kind: 'queue', queue: 'operator' }])
  })

  test('leads on where nobody was reached', () => {
    const leadsTo = (why: Unreached) => unreached(around({ first: out }), place, why)
    expect(UNREACHED.flatMap(leadsTo)).toMatchObject([{ queue: 'sales' }, { queue: 'sales' }, { queue: 'operator' }])
  })
})
