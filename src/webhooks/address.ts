import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Where a webhook may not lead unless the centre's settings say so: to this machine, and into the networks behind it. Who may set one
 * must not thereby reach what only this machine can (server-side request forgery).
 */

const OURS = new BlockList()
// IANA's special-purpose registries, and multicast.
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  OURS.addSubnet(network, bits, 'ipv4')
// Of IPv6 only what is given out to the world; not what stands for an address of IPv4 (6to4, Teredo).
const WORLD = new BlockList()
WORLD.addSubnet('2000::', 3, 'ipv6')
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  OURS.addSubnet(network, bits, 'ipv6')

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !OURS.check(address, 'ipv4')
  return isIP(address) === 6 && WORLD.check(address, 'ipv6') && !OURS.check(address, 'ipv6')
}

export class NotPublic extends Error {
  constructor() {
    super('it leads to an address of this machine, or of a network behind it')
  }
}

/** Resolves a name as Node does, but to nothing that is not public: what was looked at is what is connected to. */
export const publicLookup: LookupFunction = (host, options, found) => {
  resolve(host, { ...options, all: true }, (failed, addresses) => {
    const first = failed ? undefined : addresses[0]
    if (failed || !first) found(failed ?? new NotPublic(), [])
    else if (addresses.some(({ address }) => !isPublic(address))) found(new NotPublic(), [])
    else if (options.all) found(null, addresses)
    else found(null, first.address, first.family)
  })
}

/** Of a name that stands for itself. */
export function isRefusedHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '')
  if (isIP(bare) > 0) return !isPublic(bare)
  return /(^|\.)localhost\.?$/i.test(bare)
}
