import { describe, expect, test } from 'vitest'
import type { Call, Outside } from '../../src/call/call.ts'
import { dutyBegun } from '../../src/call/duty.ts'
import type { Happening } from '../../src/call/facts.ts'
import type { OnDuty } from '../../src/flows/duty.ts'
import type { Log } from '../../src/log.ts'
import { DutyRound, type DutyRoundParts } from '../../src/switchboard/dutyRound.ts'
import { aCallArrives, given, NOON } from '../call/given.ts'

const MINUTE = 60_000
const NOW = NOON + 10 * MINUTE

const person = (id: string): OnDuty => ({
  id,
  name: id,
  number: `1390013900${id}`,
  language: 'en',
  turn: 1,
  weekly: {},
  days: {},
})
const due = (id: string, ...asked: string[]) => ({
  ...{ id, called: '4008001000', shows: null },
  ...{ asked, askedAt: asked.length > 0 ? NOON : null, passed: false },
})

async function looked(parts: Partial<DutyRoundParts>, times = 1): Promise<{ happened: Happening[]; errors: string[] }> {
  const happened: Happening[] = []
  const errors: string[] = []
  const round = new DutyRound({
    calls: () => [],
    happen: (_, happening) => void happened.push(happening),
    due: async () => [due('m1')],
    onDuty: async () => [person('1'), person('2')],
    toDial: number => ({ number }),
    now: () => NOW,
    log: { error: (_: object, sentence: string) => void errors.push(sentence) } as unknown as Log,
    ...parts,
  })
  for (let i = 0; i < times; i += 1) await round.look()
  return { happened, errors }
}

const underWay = (dialled: string | undefined): Call => ({
  ...given(aCallArrives('duty')).call!,
  duty: dutyBegun(dialled),
})

describe('where messages have waited for long', () => {
  test('whoever is on duty is phoned about all of them', async () => {
    const { happened } = await looked({ due: async () => [due('m1'), due('m2', '1', '2')] })
    expect(happened).toMatchObject([
      {
        ...{
          kind: 'DutyDue',
          id: `duty${NOW}-1`,
          person: '1',
          number: '13900139001',
          shows: '4008001000',
          language: 'en',
        },
        messages: [
          { id: 'm1', asked: ['1'] },
          { id: 'm2', asked: ['1', '2', '1'] },
        ],
      },
    ])
  })

  test('it is the next who is phoned, once one was in vain', async () => {
    const { happened } = await looked({ due: async () => [due('m1', '1')] })
    expect(happened).toMatchObject([{ person: '2', messages: [{ id: 'm1', asked: ['1', '2'] }] }])
  })

  test('who is alone on duty is not phoned again before ten minutes are over, also where they pass it on', async () => {
    const alone = { onDuty: async () => [person('1')], due: async () => [{ ...due('m1', '1'), passed: true }] }
    expect((await looked({ ...alone, now: () => NOW - 1 })).happened).toEqual([])
    expect((await looked(alone)).happened).toMatchObject([{ person: '1', messages: [{ id: 'm1', asked: ['1', '1'] }] }])
  })

  test('it is about those alone that are due, while others wait for their pause', async () => {
    const { happened } = await looked({ due: async () => [due('m1', '1', '2', '1', '2'), due('m2')] })
    expect(happened).toMatchObject([{ person: '1', messages: [{ id: 'm2' }] }])
  })

  test('nobody is phoned while another is, or has dialled in and hears them, but while somebody keys in a PIN', async () => {
    const isIn = (person: string | null): Call => ({
      ...underWay(undefined),
      duty: { ...dutyBegun(undefined), person },
    })
    expect((await looked({ calls: () => [underWay('1')] })).happened).toEqual([])
    expect((await looked({ calls: () => [isIn('2')] })).happened).toEqual([])
    expect((await looked({ calls: () => [isIn(null)] })).happened).toHaveLength(1)
  })

  test('somebody is phoned while another talks with a customer, who may do so for long', async () => {
    const talking: Call = { ...underWay('1'), outside: { id: 'o', answeredAt: NOON, endedAt: null } as Outside }
    expect((await looked({ calls: () => [talking] })).happened).toHaveLength(1)
  })

  test('a person is told, once, that nobody is on duty', async () => {
    const { happened, errors } = await looked({ onDuty: async () => [] }, 2)
    expect(happened).toEqual([])
    expect(errors).toEqual(['on duty: messages wait, and nobody is on duty who has a PIN that is not locked'])
  })

  test('who may not be dialled is passed over, and a person is told', async () => {
    const refusal = { reason: 'not-allowed', sentence: 'not like that' } as const
    const toDial: DutyRoundParts['toDial'] = number => (number.endsWith('1') ? { refusal } : { number })
    const { happened, errors } = await looked({ toDial })
    expect(happened).toMatchObject([{ person: '2' }])
    expect(errors).toEqual(['on duty: cannot be dialled: not like that'])
  })
})

test('nobody is phoned where nothing waits', async () => {
  expect(await looked({ due: async () => [], onDuty: async () => [] })).toEqual({ happened: [], errors: [] })
})
