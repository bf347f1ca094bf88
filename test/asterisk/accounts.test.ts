import { pino } from 'pino'
import { expect, test } from 'vitest'
import { pushAccounts } from '../../src/asterisk/accounts.ts'
import type { Ari } from '../../src/asterisk/ari.ts'
import { HttpRefused } from '../../src/asterisk/ariRequests.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'

type Put = { objectType: string; id: string }

/** An Asterisk that has no account yet, and takes each unless `refuse` throws. */
function anAsterisk(refuse: (put: Put) => void) {
  const given: string[] = []
  const asterisk = {
    getObject: async () => {
      throw new HttpRefused('gone', 'no such object', 404)
    },
    updateObject: async (put: Put) => {
      refuse(put)
      if (put.objectType === 'endpoint') given.push(put.id)
    },
  }
  return { given, ari: { operations: { asterisk } } as unknown as Ari }
}

const accounts = ['8001', '8002', '8003'].map(user => ({ user, password: user === '8002' ? '' : 'secret' }))

test('an account that Asterisk refuses is told to a person, and the other agents have theirs', async () => {
  const { given, ari } = anAsterisk(({ id }) => {
    if (id === '8002') throw new HttpRefused('refused', 'PUT … → 403', 403)
  })
  const logged: object[] = []
  await pushAccounts(ari, accounts, pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) }))
  expect(given).toEqual(['8001', '8003'])
  expect(logged).toMatchObject([{ level: 50, agent: '8002' }])
})

test('where Asterisk cannot be asked, nobody is to blame, and whoever asked is told', async () => {
  const { ari } = anAsterisk(() => {
    throw new PhoneRefused('away', 'Asterisk did not answer')
  })
  await expect(pushAccounts(ari, accounts, pino({ level: 'silent' }))).rejects.toMatchObject({ id: 'away' })
})
