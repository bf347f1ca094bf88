import { describe, expect, test } from 'vitest'
import { addressOf, insistOnTemplate } from '../../src/pop/address.ts'

const words = { number: '+86138', name: 'a&b=c/…', customer: 'c 1', call: 'x-1.2', queue: 'sales', agent: '8001' }

test('words are values, whatever a caller sends', () => {
  const url = new URL(addressOf('https://crm.example/{customer}?phone={number}&who={name}#{call}', words))
  expect(url.origin).toBe('https://crm.example')
  expect(url.pathname).toBe('/c%201')
  expect(Object.fromEntries(url.searchParams)).toEqual({ phone: '+86138', who: 'a&b=c/…' })
  expect(addressOf('http://crm/?n={name}', { ...words, name: '\ud800' })).toBe('http://crm/?n=%EF%BF%BD')
})

describe('a template', () => {
  test.each([
    'https://crm.example/find?phone={number}',
    'http://crm:8080/{customer}/{queue}/{agent}',
    'https://crm.example',
    'https://crm.example?call={call}',
  ])('may be %s', template => {
    expect(() => insistOnTemplate('url', template)).not.toThrow()
  })

  test.each([
    'crm.example/{number}',
    'javascript:alert({number})',
    'https://{number}.example/',
    'https://crm.example/{phone}',
    'https://crm.example/{number',
    'https://crm.example/}{',
    'https://crm.example/a b',
    'https://me:word@crm.example/{number}',
    'https://',
  ])('must not be %s', template => {
    expect(() => insistOnTemplate('url', template)).toThrow(expect.objectContaining({ id: 'bad-input', field: 'url' }))
  })
})
