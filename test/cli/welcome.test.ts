import { expect, test } from 'vitest'
import { reachedAt, welcome } from '../../src/cli/welcome.ts'
import { readConfig } from '../../src/config.ts'

const loopback = { address: '127.0.0.1', family: 'IPv4' as const, internal: true }
const six = { address: '2001:db8::1', family: 'IPv6' as const, internal: false }
const four = { address: '192.0.2.10', family: 'IPv4' as const, internal: false }
const ASTERISK = {
  ASTERISK_HOST: 'pbx.example',
  ASTERISK_TLS: 'yes',
  ASTERISK_ARI_SECRET: 'a',
  ASTERISK_AMI_SECRET: 'b',
}

function told(environment: Record<string, string>, showsPasswords = true): string {
  const config = readConfig(environment, '/srv/hotline')
  const accounts = [{ id: '8001', sip_password: 'fang-s' }]
  return welcome({
    first: undefined,
    config,
    httpPort: 5_080,
    accounts,
    here: reachedAt(config.bind, { eth0: [four] }),
    showsPasswords,
  })
}

test('who listens at one address is reached there', () => {
  expect(reachedAt('127.0.0.1', { eth0: [four] })).toBe('127.0.0.1')
})

test('who listens everywhere is reached at an address that others can see', () => {
  expect(reachedAt('0.0.0.0', { lo: [loopback], eth0: [six, four] })).toBe('192.0.2.10')
  expect(reachedAt('0.0.0.0', { lo: [loopback] })).toBe('127.0.0.1')
  const text = told({ HOTLINE_BIND: '0.0.0.0' })
  expect(text).toContain('register a softphone at 192.0.2.10:5060 as')
  expect(text).not.toContain('0.0.0.0')
})

test('a caller is told at which address to dial, and from which one', () => {
  const dial = 'The hotline is answered. Dial 4008001000 at '
  const phone = '(UDP) with a phone without an account, from '
  expect(told({})).toContain(`${dial}127.0.0.1:5060 ${phone}127.0.0.1.`)
  expect(told({ HOTLINE_BIND: '0.0.0.0' })).toContain(`${dial}127.0.0.1:5060 ${phone}127.0.0.1.`)
  const trunk = { HOTLINE_BIND: '0.0.0.0', HOTLINE_TRUNK: '203.0.113.7,198.51.100.0/24' }
  expect(told(trunk)).toContain(`${dial}192.0.2.10:5060 ${phone}203.0.113.7 or 198.51.100.0/24.`)
  expect(told(ASTERISK)).toContain(`${dial}pbx.example (UDP).`)
})

test('phones register at an Asterisk of one’s own where it is', () => {
  expect(told(ASTERISK)).toContain('register a softphone at pbx.example as')
})

test('passwords are told, or how to have a new one', () => {
  expect(told({})).toContain('  user 8001  password fang-s\nand dial *1')
  const text = told({}, false)
  expect(text).not.toContain('fang-s')
  expect(text).toContain(
    '  user 8001\nwith the password that each was given. A new one: npx hotline agent password ID\n',
  )
})

test('who is the first is told once with which password they sign in, or how to get one', () => {
  const config = readConfig({}, '/srv/hotline')
  const all = { config, httpPort: 5_080, accounts: [], here: '127.0.0.1', showsPasswords: true }
  const first = (password: string | undefined) => welcome({ ...all, first: { id: 'admin', password } })
  expect(first('a-password')).toContain('is admin, with the password a-password. It is shown this once.')
  expect(first(undefined)).toContain('is admin: npx hotline person password admin makes a password.')
  expect(told({})).not.toContain('admin')
})
