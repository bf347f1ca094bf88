import { expect, test } from 'vitest'
import { Centre } from '../../src/switchboard/centre.ts'
import { aQueue } from '../call/given.ts'

const queues = ['sales', 'support', 'operator'].map(id => aQueue(id))

test('nothing is wrong where every flow and every number leads somewhere', () => {
  const numbers = new Map([
    ['4008001000', 'hotline'],
    ['4008001001', 'direct-sales'],
  ])
  expect(new Centre(queues, numbers).deadEnds).toEqual([])
})

test('a flow and a number that lead to a queue which does not exist are named, and how to mend them', () => {
  const [, ...left] = queues
  const centre = new Centre(left, new Map([['4008001001', 'direct-sales']]))
  expect(centre.deadEnds).toEqual([
    {
      what: 'Flow hotline leads to queue sales, which does not exist',
      mend: 'enter sales in the table queues, and restart',
    },
    {
      what: 'Number 4008001001 leads to flow direct-sales, which does not exist',
      mend: 'set its flow in the table numbers to hotline or direct-QUEUE, and restart',
    },
  ])
})

test('a call that came for a flow which does not exist any more meets the hotline', () => {
  expect(new Centre([], new Map()).flow('direct-sales').id).toBe('hotline')
})
