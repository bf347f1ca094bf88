import { expect, test } from 'vitest'
import { type Pop, shownTo } from '../../src/pop/pop.ts'
import { NOON } from '../call/given.ts'

const anna = { id: 'c-1', name: '安娜', note: '', link: '' }
const pop: Pop = {
  ...{ call: 'x-1', direction: 'inbound', queue: 'sales', language: 'zh', waitedMs: 9_000 },
  caller: { number: '13800138000', name: '王小姐' },
  ...{ customers: [anna], lastCalls: [], open: { messages: [], callbacks: [], lowScores: [] } },
  path: [{ at: NOON, flow: 'hotline', node: 'menu' }],
  pressed: [{ at: NOON, key: '1' }],
  words: { account: '4711' },
  template: 'https://crm.example/?phone={number}&id={customer}&agent={agent}',
  system: { plan: 'gold', mobile: '138-0013-8000' },
}

test('whoever may see numbers sees all of it, and the address is theirs', () => {
  const { template: _, ...rest } = pop
  const url = 'https://crm.example/?phone=13800138000&id=c-1&agent=8001'
  expect(shownTo('8001', pop, 'whole')).toEqual({ ...rest, url })
})

test('whoever may not sees neither the number nor what was keyed in, not in the address either', () => {
  const shown = shownTo('8001', pop, 'masked')
  expect(shown).toMatchObject({
    ...{ caller: { number: '138****8000', name: '***' }, pressed: [{ at: NOON, key: '*' }] },
    ...{ words: { account: '***' }, url: null, customers: [anna], path: pop.path },
    system: { plan: 'gold', mobile: '138****8000' },
  })
  expect(JSON.stringify(shown)).not.toMatch(/13800138000|4711|王小姐/)
})

test('an address that names them by their id alone is for anybody; of several candidates it names none', () => {
  const template = 'https://crm.example/?id={customer}'
  expect(shownTo('8001', { ...pop, template }, 'masked').url).toBe('https://crm.example/?id=c-1')
  const two = { ...pop, template, customers: [anna, { ...anna, id: 'c-2' }] }
  expect(shownTo('8001', two, 'masked').url).toBe('https://crm.example/?id=')
})
