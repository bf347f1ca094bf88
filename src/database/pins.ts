import { randomBytes, randomInt, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Knex } from 'knex'
import type { Log } from '../log.ts'
import { inTurn } from './connect.ts'

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

const DIGITS = 6
const drawPin = (): string => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')

/** The table in which somebody's PIN is, with the columns pin, wrong_pins and locked_until. */
export type Whose = { readonly table: 'duty' | 'agents'; readonly id: string }

/** A new PIN, in place of any other and of what has locked that; undefined: there is nobody of this id. */
export async function renewPin(knex: Knex, { table, id }: Whose): Promise<string | undefined> {
  const pin = drawPin()
  const row = { pin: await hashOf(pin), wrong_pins: 0, locked_until: null }
  return (await knex(table).where({ id }).update(row)) > 0 ? pin : undefined
}

export const WRONG_PINS_AT_MOST = 3
export const LOCKED_MINUTES = 15

// It counts as wrong until it has been shown to be right, so that many at once are no more than one after another.
const TRY = `
update ?? set
  wrong_pins = case when locked_until is null then wrong_pins + 1 else 1 end,
  locked_until = case when locked_until is null and wrong_pins + 1 >= ${WRONG_PINS_AT_MOST}
    then ?::timestamptz + interval '${LOCKED_MINUTES} minutes' end
where id = ? and (locked_until is null or locked_until <= ?)
returning pin, locked_until`

const WHO = { duty: 'person', agents: 'agent' }

/** Whether it is theirs; not while it is locked, nor of whom there is not. Rejects where the database is away. */
export async function isPinOf(knex: Knex, { table, id }: Whose, pin: string, at: number, log: Log): Promise<boolean> {
  const now = new Date(at)
  const { rows } = await inTurn(knex, trx => trx.raw(TRY, [table, now, id, now]))
  const [tried]: { pin: string | null; locked_until: Date | null }[] = rows
  if (!(await isRight(pin, tried?.pin ?? null))) {
    if (tried?.locked_until)
      log.warn({ [WHO[table]]: id }, `wrong PINs: somebody tries, and it is locked for ${LOCKED_MINUTES} minutes`)
    return false
  }
  await inTurn(knex, trx => trx(table).where({ id }).update({ wrong_pins: 0, locked_until: null }))
  return true
}
