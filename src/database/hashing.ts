import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** PINs and passwords are kept as a salt and a scrypt hash: `salt:hash`, hex. */

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const LENGTH = 32
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }

export async function hashOf(pin: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('hex')}:${(await derive(pin, salt, LENGTH, COST)).toString('hex')}`
}

/** Where there is no hash it takes as long, and is wrong: nobody hears who is on the list. */
export async function isRight(pin: string, kept: string | null): Promise<boolean> {
  const [salt = '', hash = ''] = (kept ?? NOBODYS).split(':')
  const derived = await derive(pin, Buffer.from(salt, 'hex'), LENGTH, COST)
  return timingSafeEqual(derived, Buffer.from(hash, 'hex')) && kept !== null
}

const NOBODYS = `${'00'.repeat(16)}:${'00'.repeat(LENGTH)}`
