import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { dutySchema, readDuty } from '../../src/flows/duty.ts'

const person = { id: '7', name: 'Wang Li', number: '13900139007', weekly: { mon: [['18:00', '08:00']] } }
const read = (change: object) => readDuty(JSON.stringify({ ...person, ...change }))

test('who is on duty is read as it is written, first in turn and in Chinese where nothing else is said', () => {
  expect(read({})).toEqual({ document: { ...person, language: 'zh', turn: 1, days: {} } })
  expect(new Ajv2020().compile(dutySchema())(person)).toBe(true)
})

describe('what is wrong has its path, and says what is allowed:', () => {
  test.each([
    ['an id that cannot be keyed in', { id: 'wang' }, 'id', 'must be 1 to 8 digits'],
    ['a turn before the first', { turn: 0 }, 'turn', 'must be 1 or more'],
    ['a language that nobody has recorded', { language: 'fr' }, 'language', 'must be one of zh, en'],
    ['an hour that there is not', { weekly: { mon: [['18:00', '25:00']] } }, 'weekly.mon[0][1]', 'must be a time'],
    ['a PIN, which is drawn', { pin: '123456' }, '', 'may not have "pin"'],
  ])('%s', (_, change, path, sentence) => {
    expect(read(change).faults).toMatchObject([{ path, sentence: expect.stringContaining(sentence) }])
  })
})
