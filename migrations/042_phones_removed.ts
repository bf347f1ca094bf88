import type { Knex } from 'knex'

/**
 * Where somebody sits is what has happened, and is written down after it: it cannot be refused because the phone was removed a moment ago.
 * Who sits at such a one is rung in vain once, and so is paused as unreachable, until they sign in where there is a phone.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table agents drop constraint agents_phone_fkey')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'alter table agents add constraint agents_phone_fkey foreign key (phone) references phones (id) not valid',
  )
}
