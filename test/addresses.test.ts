import { expect, test } from 'vitest'
import { isNearby, within } from '../src/addresses.ts'

test.each([
  'localhost',
  '127.0.0.1',
  '127.8.8.8',
  '::1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.7.7',
  'fd00::7',
])('%s is this machine, or in a network of one’s own', host => {
  expect(isNearby(host)).toBe(true)
})

test.each(['pbx', 'pbx.example', '203.0.113.7', '172.32.0.1', '192.169.0.1', '11.0.0.1', '2001:db8::1', '10.1.2', ''])(
  '%j may be anywhere',
  host => {
    expect(isNearby(host)).toBe(false)
  },
)

test('an address is found among addresses and networks, with either kind of mask', () => {
  const isOurs = within(['203.0.113.7', '198.51.100.0/24', '192.0.2.0/255.255.255.128', '2001:db8::/32'])
  for (const address of ['203.0.113.7', '198.51.100.255', '192.0.2.127', '2001:db8:1::9'])
    expect(isOurs(address)).toBe(true)
  for (const address of ['203.0.113.8', '198.51.101.0', '192.0.2.128', '2001:db9::1', 'no address'])
    expect(isOurs(address)).toBe(false)
})
