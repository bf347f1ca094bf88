import type { Knex } from 'knex'
import { bareNumber } from '../numbers.ts'

/** Who calls, as agents are shown it. Numbers are bare. */

export type CustomerRow = { id: string; name: string; note: string; link: string; numbers: readonly string[] }

/** In place of those of the same ids; the others stay. */
export async function importCustomers(knex: Knex, customers: readonly CustomerRow[]): Promise<void> {
  await knex.transaction(async trx => {
    const rows = customers.map(({ numbers: _, ...row }) => row)
    const numbers = customers.flatMap(({ id, numbers }) =>
      numbers.map((number, i) => ({ customer_id: id, number, place: i + 1 })),
    )
    for (const some of chunked(rows)) await trx('customers').insert(some).onConflict('id').merge()
    for (const some of chunked(rows))
      await trx('customer_numbers')
        .whereIn(
          'customer_id',
          some.map(({ id }) => id),
        )
        .delete()
    for (const some of chunked(numbers)) await trx('customer_numbers').insert(some)
  })
}

/** Postgres takes 65,535 values a statement. */
const AT_ONCE = 5_000

function* chunked<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += AT_ONCE) yield rows.slice(from, from + AT_ONCE)
}

/** However a trunk writes the number. */
export async function customersWith(knex: Knex, number: string): Promise<CustomerRow[]> {
  return knex('customers')
    .whereIn(
      'id',
      knex('customer_numbers')
        .select('customer_id')
        .where({ number: bareNumber(number) }),
    )
    .orderBy('id')
    .select('id', 'name', 'note', 'link')
    .select({
      numbers: knex('customer_numbers')
        .whereRaw('customer_id = customers.id')
        .select(knex.raw('array_agg(number order by place)')),
    })
}

/** The number to call; undefined: there is no such customer, or none of theirs. */
export async function numberOfCustomer(knex: Knex, id: string): Promise<string | undefined> {
  const row = await knex('customer_numbers').where({ customer_id: id }).orderBy('place').first('number')
  return row?.number
}

/** Resolves with whether there was one. */
export const removeCustomer = async (knex: Knex, id: string): Promise<boolean> =>
  (await knex('customers').where({ id }).delete()) > 0
