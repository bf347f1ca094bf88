import type { Knex } from 'knex'
import { inTurn } from './connect.ts'
import { isRight } from './hashing.ts'

/** What only they know opens, and some wrong tries lock it for a while, so that guessing is worth nothing. `at`: ms since 1970. */
export type Lock = {
  readonly table: string
  /** The columns of its hash, and of how many tries were wrong. */
  readonly secret: string
  readonly wrong: string
  readonly wrongAtMost: number
}

export const LOCKED_MINUTES = 15

// It counts as wrong until it has been shown to be right, so that many at once are no more than one after another.
const TRY = `
update :table: set
  :wrong: = case when locked_until is null then :wrong: + 1 else 1 end,
  locked_until = case when locked_until is null and :wrong: + 1 >= :wrongAtMost
    then cast(:now as timestamptz) + make_interval(mins => ${LOCKED_MINUTES}) end
where id = :id and (locked_until is null or locked_until <= :now)
returning *`

/** `row`: theirs, after it; undefined: there is nobody of this id, or it is locked. By `locked_until` this try has locked it. */
export type Tried<Row> = { readonly isRight: boolean; readonly row: (Row & { locked_until: Date | null }) | undefined }

/** A wrong id takes as long as a wrong secret. Rejects where the database is away. */
export async function tryLock<Row extends object>(
  knex: Knex,
  { wrongAtMost, ...lock }: Lock,
  id: string,
  shown: string,
  at: number,
): Promise<Tried<Row>> {
  const { table, secret, wrong } = lock
  const { rows } = await inTurn(knex, trx => trx.raw(TRY, { table, wrong, wrongAtMost, id, now: new Date(at) }))
  const row: (Row & { locked_until: Date | null }) | undefined = rows[0]
  const kept = (row as Record<string, string | null> | undefined)?.[secret] ?? null
  return { isRight: await isRight(shown, kept), row }
}

/** As it is where nobody has tried. */
export const unlocked = ({ wrong }: Lock) => ({ [wrong]: 0, locked_until: null })

export const unlock = (knex: Knex, lock: Lock, id: string): Promise<unknown> =>
  inTurn(knex, trx => trx(lock.table).where({ id }).update(unlocked(lock)))
