import { BlockList, isIP, isIPv4 } from 'node:net'

/** 203.0.113.7, 198.51.100.0/24, 198.51.100.0/255.255.255.0, or the like of IPv6: what Asterisk's identify takes but names. */
export function isAddressOrNetwork(text: string): boolean {
  const [address = '', mask, ...more] = text.split('/')
  const version = /%/.test(address) ? 0 : isIP(address)
  if (version === 0 || more.length > 0) return false
  if (mask === undefined || (version === 4 && isIPv4(mask))) return true
  return /^\d{1,3}$/.test(mask) && Number(mask) <= (version === 4 ? 32 : 128)
}

export const isEverywhere = (network: string): boolean => /\/(0+|0\.0\.0\.0)$/.test(network)

/** Whether an address is one of these, or in one of these networks (`isAddressOrNetwork`). */
export function within(all: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const each of all) {
    const [address = '', mask] = each.split('/')
    list.addSubnet(address, bitsOf(mask, address), familyOf(address))
  }
  return address => isIP(address) !== 0 && list.check(address, familyOf(address))
}

function bitsOf(mask: string | undefined, address: string): number {
  if (mask === undefined) return isIPv4(address) ? 32 : 128
  if (!isIPv4(mask)) return Number(mask)
  return mask.split('.').reduce((bits, part) => bits + Number(part).toString(2).replaceAll('0', '').length, 0)
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

const NEARBY = within(['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'])

/** This machine, or an address of a network of one's own (RFC 1918, RFC 4193). A name may mean any, and tomorrow another. */
export const isNearby = (host: string): boolean => host === 'localhost' || NEARBY(host)
