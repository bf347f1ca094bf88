import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Accounts, pushAccounts } from '../../src/asterisk/accounts.ts'
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
    deleteObject: async () => {
      throw new HttpRefused('gone', 'no such object', 404)
    },
  }
  return { given, ari: { operations: { asterisk } } as unknown as Ari }
}

const accounts = ['8001', '8002', '8003'].map(user => ({
  user,
  password: user === '8002' ? '' : 'secret',
  remote: false,
}))

test('an account that Asterisk refuses is told to a person, and the other agents have theirs', async () => {
  const { given, ari } = anAsterisk(({ id }) => {
    if (id === '8002') throw new HttpRefused('refused', 'PUT … → 403', 403)
  })
  const logged: object[] = []
  await pushAccounts(ari, accounts, pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) }))
  expect(given).toEqual(['8001', '8003'])
  expect(logged).toMatchObject([{ level: 50, account: '8002' }])
})

test('where Asterisk cannot be asked, nobody is to blame, and whoever asked is told', async () => {
  const { ari } = anAsterisk(() => {
    throw new PhoneRefused('away', 'Asterisk did not answer')
  })
  await expect(pushAccounts(ari, accounts, pino({ level: 'silent' }))).rejects.toMatchObject({ id: 'away' })
})

/** An Asterisk with these objects, as `kind/id`, and what each is set to. */
function anAsteriskWith(there: Record<string, Record<string, string>>) {
  const objects = new Map(Object.entries(there))
  const gone = () => new HttpRefused('gone', 'no such object', 404)
  type Asked = { objectType: string; id: string; fields: { attribute: string; value: string }[] }
  const asterisk = {
    getObject: async ({ objectType, id }: Asked) => {
      const found = objects.get(`${objectType}/${id}`)
      if (!found) throw gone()
      return Object.entries(found).map(([attribute, value]) => ({ attribute, value }))
    },
    updateObject: async ({ objectType, id, fields }: Asked) =>
      void objects.set(
        `${objectType}/${id}`,
        Object.fromEntries(fields.map(({ attribute, value }) => [attribute, value])),
      ),
    deleteObject: async ({ objectType, id }: Asked) => {
      if (!objects.delete(`${objectType}/${id}`)) throw gone()
    },
  }
  const listByTech = async () =>
    [...objects.keys()].flatMap(key => (key.startsWith('endpoint/') ? [{ resource: key.slice(9) }] : []))
  return { objects, ari: { isUp: true, operations: { asterisk, endpoints: { listByTech } } } as unknown as Ari }
}

const silent = pino({ level: 'silent' })
const FANG = { user: '8001', password: 'secret', remote: false }

test('a remote agent’s account asks for TLS and encrypted sound, and beside it lies one for who comes without', async () => {
  const { objects, ari } = anAsteriskWith({})
  await pushAccounts(ari, [{ ...FANG, remote: true }], silent)
  expect(objects.get('endpoint/8001')).toMatchObject({ transport: 'tls', media_encryption: 'sdes', auth: '8001' })
  expect(objects.get('endpoint/8001@clear')).toMatchObject({ auth: '8001@clear' })
  expect(objects.get('auth/8001@clear')?.password).toMatch(/^[0-9a-f]{64}$/)
  expect(objects.get('auth/8001')?.password).toBe('secret')
  await pushAccounts(ari, [FANG], silent)
  expect(objects.get('endpoint/8001')).toMatchObject({
    transport: '',
    media_encryption: 'no',
    allow_transfer: 'false',
  })
  expect([...objects.keys()].sort()).toEqual(['aor/8001', 'auth/8001', 'endpoint/8001'])
})

test('what is right already is left alone, and what is changed is given at once', async () => {
  let accounts = [{ ...FANG, remote: true }]
  const { objects, ari } = anAsteriskWith({})
  const all = new Accounts({ ari, load: async () => accounts, log: silent })
  await all.give()
  const secret = objects.get('auth/8001@clear')
  await all.give()
  await all.giveChanged()
  expect(objects.get('auth/8001@clear')).toBe(secret)
  accounts = [{ ...FANG, remote: true, password: 'new' }]
  await all.giveChanged()
  expect(objects.get('auth/8001')?.password).toBe('new')
})

test('an account that nobody has any more is closed, and no other', async () => {
  const others = {
    'endpoint/trunk': { context: 'from-trunk' },
    'endpoint/door': { context: 'from-agents' },
    'endpoint/8100': { context: 'from-desk-phones' },
  }
  const { objects, ari } = anAsteriskWith(others)
  await pushAccounts(ari, [{ ...FANG, user: '8009', remote: true }], silent)
  const all = new Accounts({ ari, load: async () => [FANG], log: silent })
  await all.give()
  expect([...objects.keys()].sort()).toEqual([...Object.keys(others), 'aor/8001', 'auth/8001', 'endpoint/8001'].sort())
})
