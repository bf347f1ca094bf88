import { randomInt } from 'node:crypto'
import type { Knex } from 'knex'
import type { Log } from '../log.ts'
import { hashOf } from './hashing.ts'
import { LOCKED_MINUTES, type Lock, tryLock, unlock, unlocked } from './lock.ts'

/** Of people on duty, and of agents who sign in at any phone: what they prove by its keys who they are. */

/** The table in which somebody's PIN is. */
export type Whose = { readonly table: 'duty' | 'agents'; readonly id: string }

const WHO = { duty: 'person', agents: 'agent' }

const pinsOf = (table: Whose['table']): Lock => ({ table, secret: 'pin', wrong: 'wrong_pins', wrongAtMost: 3 })

/** Of an agent who has none. */
export const NO_PIN = { pin: null, ...unlocked(pinsOf('agents')) }

const DIGITS = 6

/** A new PIN, in place of any other and of what has locked that; undefined: there is nobody of this id, or no more. */
export async function renewPin(knex: Knex, { table, id }: Whose): Promise<string | undefined> {
  const pin = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')
  const row = { pin: await hashOf(pin), ...unlocked(pinsOf(table)) }
  const theirs = table === 'agents' ? { id, removed_at: null } : { id }
  return (await knex(table).where(theirs).update(row)) > 0 ? pin : undefined
}

/** `locked`: one try too many, this or one before; so it is also where there is nobody of this id. */
export type PinTried = 'right' | 'wrong' | 'locked'

/** Rejects where the database is away. */
export async function tryPin(knex: Knex, { table, id }: Whose, pin: string, at: number, log: Log): Promise<PinTried> {
  const pins = pinsOf(table)
  const { isRight, row } = await tryLock(knex, pins, id, pin, at)
  if (isRight) await unlock(knex, pins, id)
  else if (row?.locked_until)
    log.warn({ [WHO[table]]: id }, `wrong PINs: somebody tries, and it is locked for ${LOCKED_MINUTES} minutes`)
  return isRight ? 'right' : row && !row.locked_until ? 'wrong' : 'locked'
}

/** Whether it is theirs; not while it is locked, nor of whom there is not. Rejects where the database is away. */
export const isPinOf = async (...tried: Parameters<typeof tryPin>): Promise<boolean> =>
  (await tryPin(...tried)) === 'right'
