import { expect, test } from 'vitest'
import { Centre, type Leads } from '../../src/switchboard/centre.ts'
import { aQueue } from '../call/given.ts'

const leadingTo = (flows: Record<string, string>) =>
  new Map<string, Leads>(Object.entries(flows).map(([number, flow]) => [number, { flow, language: 'zh' }]))

const queues = ['sales', 'support', 'operator'].map(id => aQueue(id))

test('nothing is wrong where every flow and every number leads somewhere', () => {
  const numbers = leadingTo({ 4008001000: 'hotline', 4008001001: 'direct-sales' })
  expect(new Centre(queues, numbers).deadEnds).toEqual([])
})

test('a flow and a number that lead to a queue which does not exist are named, and how to mend them', () => {
  const [, ...left] = queues
  const centre = new Centre(left, leadingTo({ 4008001001: 'direct-sales' }))
  expect(centre.deadEnds).toEqual([
    {
      what: 'Flow hotline leads to queue sales, which does not exist',
      mend: 'hotline queue add sales',
    },
    {
      what: 'Number 4008001001 leads to flow direct-sales, which does not exist',
      mend: 'hotline number set 4008001001 FLOW: hotline, another that is published, or direct-QUEUE',
    },
  ])
})

test('a queue that asks a survey which does not exist, or which leads to a queue, is named', () => {
  const asking = (flow: string) => [aQueue('sales', { survey: { flow, share: 100, everyDays: 0 } }), ...queues.slice(1)]
  expect(new Centre(asking('lost'), new Map()).deadEnds).toEqual([
    {
      what: 'Queue sales asks the survey lost, which does not exist',
      mend: 'publish lost, or hotline queue set sales survey=…',
    },
  ])
  expect(new Centre(asking('hotline'), new Map()).deadEnds.map(({ what }) => what)).toEqual([
    'Queue sales asks the survey hotline, which leads to a queue or outside: callers are let go there',
  ])
})

test('a call that came for a flow which does not exist any more meets the hotline', () => {
  expect(new Centre([], new Map()).flow('direct-sales', 0).id).toBe('hotline')
})

const centre = new Centre(
  [aQueue('sales')],
  new Map<string, Leads>([
    ['4008', { flow: 'direct-sales', language: 'en' }],
    ['4009', { flow: 'no-longer-there', language: 'en' }],
  ]),
)

test.each([
  ['that is set up leads to its flow, in its language', '4008', { flow: 'direct-sales', language: 'en' }],
  ['with a flow that nobody knows leads to the hotline, in its language', '4009', { flow: 'hotline', language: 'en' }],
  ['that nobody set up leads to the hotline in Chinese', '4010', { flow: 'hotline', language: 'zh' }],
])('a number %s', (_what, number, leads) => {
  expect(centre.dialled(number)).toEqual({ ...leads, release: 0 })
})

test('none of its own numbers is dialled, nor the one that was called: the call would come round without end', () => {
  const centre = new Centre([], new Map([['4008001000', { flow: 'hotline', language: 'zh' }]]))
  expect(centre.toDial('+86 400-800-1000', '02162345678').refusal?.reason).toBe('own-number')
  expect(centre.toDial('021-62345678', '+862162345678').refusal?.reason).toBe('own-number')
  expect(centre.toDial('', '').refusal?.reason).toBe('no-number')
  expect(centre.toDial('021-62345679', '')).toEqual({ number: '02162345679' })
})
