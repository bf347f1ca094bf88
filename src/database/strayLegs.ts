import type { Knex } from 'knex'
import type { Log } from '../log.ts'

/**
 * Ends the legs that are open in their table and of no open call, as after calls were ended there by hand: while one is
 * open, its agent can be offered nothing (`one_open_leg_an_agent`).
 */
export async function endStrayLegs(knex: Knex, log: Log): Promise<void> {
  const { rows } = await knex.raw(`
    update legs set ended_at = coalesce(calls.ended_at, now()), result = coalesce(legs.result, 'withdrawn')
    from legs open left join calls on calls.id = open.call_id
    where legs.id = open.id and open.ended_at is null and not coalesce(
      calls.is_open and exists (
        select from jsonb_array_elements(
          coalesce(calls.state->'alsoRung', '[]') || (calls.state->'leg')
            || coalesce(jsonb_path_query_array(calls.state, '$.parties[*].way'), '[]')
        ) leg
        where leg->>'id' = open.id and leg->>'endedAt' is null
      ), false)
    returning legs.id`)
  const legs = rows.map(({ id }: { id: string }) => id)
  if (legs.length > 0) log.warn({ legs }, 'legs were open although their calls are not, and are ended')
}
