import { describe, expect, test } from 'vitest'
import { isPublic, isRefusedHost, NotPublic, publicLookup } from '../../src/webhooks/address.ts'
import { post } from '../../src/webhooks/post.ts'

describe('a webhook leads to the world', () => {
  test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '172.32.0.1', '100.128.0.1'])('as to %s', address => {
    expect(isPublic(address)).toBe(true)
  })

  test.each([
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '0.0.0.0',
    ],
    ...['100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', 'ff02::1'],
    ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', '2001:db8::1', 'crm', ''],
  ])('and not to %s', address => {
    expect(isPublic(address)).toBe(false)
  })

  test.each([
    ...['http://127.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:7f00:1]/'],
    ...['http://localhost/', 'http://LOCALHOST./', 'http://crm.localhost/'],
  ])('however the address is written: %s', async url => {
    expect(isRefusedHost(new URL(url).hostname)).toBe(true)
    await expect(post(url, {}, '', { anywhere: false, until: new AbortController().signal })).rejects.toThrow(NotPublic)
  })

  test('though its name resolves to this machine: what was looked at is what is connected to', async () => {
    for (const all of [true, false]) {
      const refused = await new Promise(done => publicLookup('localhost', { all }, failed => done(failed)))
      expect(refused).toBeInstanceOf(NotPublic)
    }
  })
})
