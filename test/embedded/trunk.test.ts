import { expect, it, vi } from 'vitest'
import type { AsteriskOptions } from '../../src/embedded/asterisk.ts'
import { SipFailure } from '../../src/softphone/failure.ts'
import { Softphone, type SoftphoneOptions } from '../../src/softphone/softphone.ts'
import { afterwards, ari, asteriskOptions, started, troubles } from './ground.ts'

// Who is taken for whom. No service runs here: a caller is answered by the lifeboat, an agent's call is turned away with 503.

it('answers a caller, whatever number is dialled', async () => {
  const options = await hotline()
  for (const number of ['4008001000', '+864008001000', 'hotline', 's']) {
    expect(await outcome(options, { user: '13800138000' }, number)).toBe('answered')
  }
  const unexpected = (await troubles(options)).filter(line => !/app 'hotline'/.test(line))
  expect(unexpected).toEqual([])
})

it('knows an agent by the password alone', async () => {
  const options = await hotline()
  expect(await outcome(options, { user: '8001', password: 'right' }, '*3')).toBe(503)
  expect(await outcome(options, { user: '8001', password: 'wrong' }, '*3')).toBe(401)
})

it('takes no caller for an agent, nor for the trunk, by the number that they show', async () => {
  const options = await hotline()
  expect(await outcome(options, { user: '8001' }, '4008001000')).toBe(401)
  expect(await outcome(options, { user: 'trunk', host: '127.0.0.9' }, '4008001000')).toBe(401)
})

it('turns strangers away', async () => {
  const options = await hotline()
  expect(await outcome(options, { user: '13800138000', host: '127.0.0.9' }, '4008001000')).toBe(401)
})

it('lets nobody take the place of the trunk by registering', async () => {
  const options = await hotline()
  await expect((await phone(options, { user: 'trunk' })).register()).rejects.toThrow('404')
})

it('knows a trunk with an address of its own by that, so that its callers may show any number', async () => {
  const options = await hotline({ trunk: { match: '127.0.0.2', address: '127.0.0.2:5070' } })
  expect(await outcome(options, { user: '8001', host: '127.0.0.2' }, '4008001000')).toBe('answered')
  await (await phone(options, { user: '8001', password: 'right' })).register()
  expect(await outcome(options, { user: '8001' }, '*3')).toBe(401)
  expect(await outcome(options, { user: '13800138000' }, '4008001000')).toBe(401)
})

it('obeys at once when a password changes or an account is closed', async () => {
  const options = await hotline()
  await account(options, '8001', 'new')
  await expect((await phone(options, { user: '8001', password: 'right' })).register()).rejects.toThrow('401')
  const known = await phone(options, { user: '8001', password: 'new' })
  await known.register()
  for (const kind of ['endpoint', 'auth', 'aor']) {
    await ari(options, 'DELETE', `asterisk/config/dynamic/res_pjsip/${kind}/8001`)
  }
  // A phone at the trunk's address that nobody knows is taken for the trunk, which has no such place to register at.
  await expect((await phone(options, { user: '8001', password: 'new' })).register()).rejects.toThrow('404')
})

it('remembers accounts and where phones are when it is started again', async () => {
  const options = await hotline()
  await (await phone(options, { user: '8001', password: 'right' })).register()
  // Asterisk tells of a phone a moment after it has registered.
  const online = async () => (await ari<{ state: string }>(options, 'GET', 'endpoints/PJSIP/8001')).state
  await vi.waitFor(async () => expect(await online()).toBe('online'), { timeout: 5_000 })
  const again = await started(options)
  await again.stop()
  await started(options)
  await vi.waitFor(async () => expect(await online()).toBe('online'), { timeout: 5_000 })
})

async function hotline(changed: Partial<AsteriskOptions> = {}): Promise<AsteriskOptions> {
  const options = await asteriskOptions(changed)
  await started(options)
  await account(options, '8001', 'right')
  return options
}

async function account(options: AsteriskOptions, id: string, password: string): Promise<void> {
  const put = (kind: string, values: Record<string, string>) =>
    ari(options, 'PUT', `asterisk/config/dynamic/res_pjsip/${kind}/${id}`, {
      fields: Object.entries(values).map(([attribute, value]) => ({ attribute, value })),
    })
  await put('auth', { auth_type: 'userpass', username: id, password })
  await put('aor', { max_contacts: '1', remove_existing: 'yes' })
  await put('endpoint', { context: 'from-agents', auth: id, aors: id, disallow: 'all', allow: 'ulaw,alaw' })
}

async function phone(options: AsteriskOptions, account: SoftphoneOptions): Promise<Softphone> {
  const opened = await Softphone.open({ server: { host: '127.0.0.1', port: options.ports.sip }, ...account })
  afterwards(() => opened.close())
  return opened
}

/** What became of a call: it was answered, or refused with this status. */
async function outcome(options: AsteriskOptions, who: SoftphoneOptions, number: string): Promise<'answered' | number> {
  const caller = await phone(options, who)
  try {
    const dialog = await caller.invite(number).answered
    await dialog.hangUp()
    return 'answered'
  } catch (thrown) {
    if (thrown instanceof SipFailure) return thrown.status
    throw thrown
  }
}
