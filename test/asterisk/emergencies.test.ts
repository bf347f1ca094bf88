import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Emergencies } from '../../src/asterisk/emergencies.ts'
import type { Request } from '../../src/asterisk/requests.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'

/** An Asterisk that takes what it is asked, or says this, and what a person was told. */
function given(says?: PhoneRefused, isUp = true) {
  const asked: string[] = []
  const logged: { msg: string }[] = []
  const ask = async ({ uri }: Request): Promise<void> => {
    asked.push(decodeURIComponent(uri))
    if (says) throw says
  }
  const log = pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) })
  const rules = { outsideLine: '9', shows: '4008001000' }
  return { asked, logged, emergencies: new Emergencies({ ari: { ask, isUp }, rules, log }) }
}

test('Asterisk keeps the digit for an outside line and the number that is shown', async () => {
  const { asked, emergencies } = given()
  await emergencies.give()
  expect(asked).toEqual([
    'asterisk/variable?variable=DB(hotline/outside-line)&value=9',
    'asterisk/variable?variable=DB(hotline/shows)&value=4008001000',
  ])
})

test.each([
  ['is away', given(undefined, false), 0],
  ['goes away', given(new PhoneRefused('away', 'gone')), 0],
  ['refuses it, which is for a person', given(new PhoneRefused('refused', 'no')), 1],
])('where it %s, nothing else goes wrong by that', async (_, { emergencies, logged }, told) => {
  await emergencies.give()
  expect(logged).toHaveLength(told)
})
