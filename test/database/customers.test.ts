import type { Knex } from 'knex'
import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Fact } from '../../src/call/facts.ts'
import { customersIn } from '../../src/cli/customers.ts'
import { customersWith, importCustomers, numberOfCustomer, removeCustomer } from '../../src/database/customers.ts'
import { setPop } from '../../src/database/popSettings.ts'
import { Pops } from '../../src/pop/pops.ts'
import type { Why } from '../../src/queue/choose.ts'
import { promises } from '../report/callbacks.ts'
import { abandons, answered, arrives, Centre, ends, queues } from '../report/centre.ts'
import { testDatabase } from './testDatabase.ts'

/** Who calls, as an agent is shown it. */

const database = testDatabase()
const nine = Date.parse('2026-11-23T09:00:00+08:00')
const MIN = 60_000
const ANNA = '13800138000'

const CSV = `id,name,numbers,note,link
c-1,安娜,"13800138000 021-62345678",likes tea,https://crm.example/c-1
c-2,Bob,+8613800138000,,
`

const NOBODY_ELSE: Why = { rule: 'longest-idle', level: 5, idleMs: 0, rivals: [], others: {} }

let knex: Knex
beforeAll(async () => {
  knex = await database.fresh()
})

describe('customers', () => {
  test('are known by any spelling of their numbers, several by one', async () => {
    await importCustomers(knex, customersIn(CSV))
    expect((await customersWith(knex, '008613800138000')).map(({ id }) => id)).toEqual(['c-1', 'c-2'])
    expect(await customersWith(knex, '02162345678')).toEqual([
      {
        ...{ id: 'c-1', name: '安娜', note: 'likes tea', link: 'https://crm.example/c-1' },
        numbers: ['13800138000', '02162345678'],
      },
    ])
    expect(await numberOfCustomer(knex, 'c-1')).toBe('13800138000')
  })

  test('imported anew are as they are now, and the others stay', async () => {
    await importCustomers(knex, customersIn('id,name,numbers\nc-3,Carol,13900139000\n'))
    await importCustomers(knex, customersIn('id,name,numbers\nc-3,Carola,13700137000\n'))
    expect(await customersWith(knex, '13900139000')).toEqual([])
    expect((await customersWith(knex, '13700137000')).map(({ name }) => name)).toEqual(['Carola'])
    expect([await removeCustomer(knex, 'c-3'), await removeCustomer(knex, 'c-3')]).toEqual([true, false])
    expect(await customersWith(knex, ANNA)).toHaveLength(2)
  })

  test.each([
    ['name,numbers\nAnna,138', 'the first line must name id,name,numbers'],
    ['id,name,numbers\nc-1,,138', 'line 2: id and name must not be empty'],
    ['id,name,numbers\nc-1,Anna,', 'line 2: numbers must hold at least one number'],
    ['id,name,numbers\nc-1,Anna,none', 'line 2: numbers must be of digits'],
    ['id,name,numbers\nc-1,Anna,138\nc-1,Bob,139', 'line 3: the id c-1 is there twice'],
    ['id,name,numbers,link\nc-1,Anna,138,javascript:x', 'line 2: link must be http'],
  ])('%j is refused with a sentence', (csv, sentence) => {
    expect(() => customersIn(csv)).toThrow(sentence)
  })
})

describe('a screen pop', () => {
  const answers: object[] = []
  const systems = {
    askOnce: async (asked: object) => {
      answers.push(asked)
      return { answer: { plan: 'gold' } }
    },
  }

  test('tells who calls, their last calls, what is open, and what they have pressed', async () => {
    const centre = await Centre.open(knex)
    centre.signIn('8001', nine)
    for (let i = 0; i < 6; i++)
      abandons(centre, { id: `old-${i}`, at: nine + i * MIN, waitMs: 7_000, caller: `+86${ANNA}` })
    answered(centre, { id: 'talked', at: nine + 7 * MIN, agent: '8001', waitMs: 9_000, talkMs: 60_000, caller: ANNA })
    arrives(centre, { id: 'asks', at: nine + 10 * MIN, caller: ANNA })
    const callback = promises(centre, 'asks', { at: nine + 10 * MIN + 1_000, queue: 'support' })
    ends(centre, 'asks', nine + 10 * MIN + 2_000, { outcome: 'callback-booked' })
    queues(centre, { id: 'now', at: nine + 20 * MIN, caller: ANNA })
    const place = { flow: 'hotline', node: 'menu', tries: 1, language: 'zh' } as const
    centre.fact('now', { kind: 'Prompted', say: 's', prompts: ['menu'], place, at: nine + 20 * MIN })
    centre.fact('now', { kind: 'KeyPressed', key: '4', at: nine + 20 * MIN + 1 })
    centre.fact('now', { kind: 'WordSet', name: 'account', value: '4711', at: nine + 20 * MIN + 2 })
    await centre.save()
    await knex('messages').insert({
      ...{ id: 'old-1~message3', call_id: 'old-1', queue: 'sales', began_at: new Date(nine), ended_at: new Date(nine) },
    })
    await knex('low_scores').insert({
      ...{ call_id: 'talked', name: 'rating', score: 1, at_or_under: 2, at: new Date(nine + 9 * MIN) },
    })
    await knex('systems').insert({ id: 'crm', url: 'http://crm' })
    await setPop(knex, { queue: '', url: 'https://other.example/', system: null, path: null })
    await setPop(knex, { queue: 'sales', url: 'https://crm.example/?p={number}', system: 'crm', path: '/customers' })
    const board = { call: (id: string) => (id === 'now' ? centre.call(id) : undefined), settledFor: async () => {} }
    const pops = new Pops({ knex, systems, board, log: pino({ level: 'silent' }) })
    const offer: Fact = {
      kind: 'AgentOffered',
      agent: '8001',
      leg: 'now~8001~9',
      why: NOBODY_ELSE,
      at: nine + 20 * MIN + 9_000,
    }
    pops.watch(centre.call('now'), [offer])
    // Prepared at the offer, and kept: nobody is asked twice.
    const pop = (await pops.of('now'))!
    expect(pop).toMatchObject({
      ...{ call: 'now', queue: 'sales', waitedMs: 8_000, caller: { number: ANNA }, words: { account: '4711' } },
      customers: [{ id: 'c-1', name: '安娜' }, { id: 'c-2' }],
      open: {
        messages: [{ id: 'old-1~message3', queue: 'sales', leftAt: nine }],
        callbacks: [{ id: callback, queue: 'support' }],
        lowScores: [{ call: 'talked', question: 'rating', score: 1, at: nine + 9 * MIN }],
      },
      pressed: [{ key: '4', at: nine + 20 * MIN + 1 }],
      ...{ template: 'https://crm.example/?p={number}', system: { plan: 'gold' } },
    })
    expect(pop.path.at(-1)).toMatchObject({ flow: 'hotline', node: 'menu' })
    expect(pop.lastCalls).toHaveLength(5)
    expect(pop.lastCalls.filter(({ direction }) => direction === 'inbound').slice(0, 3)).toMatchObject([
      { call: 'asks', outcome: 'callback-booked' },
      { call: 'talked', outcome: 'answered', agent: '8001' },
      { call: 'old-5', outcome: 'abandoned-in-queue' },
    ])
    expect(answers).toEqual([
      {
        ...{ system: 'crm', method: 'GET', path: '/customers', timeoutMs: 300 },
        send: { number: ANNA, call: 'now', queue: 'sales' },
      },
    ])
    expect(await pops.of('gone')).toBeUndefined()
  })

  test('of who shows no number tells nothing of others who show none', async () => {
    const centre = await Centre.among(knex)
    abandons(centre, { id: 'dark-1', at: nine, waitMs: 7_000, caller: '' })
    queues(centre, { id: 'dark-2', at: nine + MIN, caller: '' })
    await centre.save()
    const board = { call: (id: string) => centre.call(id), settledFor: async () => {} }
    const pops = new Pops({
      knex,
      systems: { askOnce: async () => ({ failure: 'no' }) },
      board,
      log: pino({ level: 'silent' }),
    })
    expect(await pops.of('dark-2')).toMatchObject({ customers: [], lastCalls: [], system: null })
  })
})
