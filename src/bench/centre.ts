import type { Knex } from 'knex'

/** The centre that is measured: two numbers, two waiting lines, as many agents as are wanted. */

export const NUMBER = '5000'
/** Its line has nobody who is ready: who dials this waits. */
export const WAITING_NUMBER = '5001'
/** Leads to a menu. */
export const KEYS_NUMBER = '5002'
export const MOST_AGENTS = 1_000
const FIRST_AGENT = 8_001
/** A caller is told the place in line once in this time. */
export const ANNOUNCED_EVERY_MS = 30_000

export const agentIds = (count: number): string[] => Array.from({ length: count }, (_, i) => String(FIRST_AGENT + i))

export async function createCentre(knex: Knex): Promise<void> {
  // An agent who has hung up is free at once, as in app_queue; else the bench would measure the wrap-up.
  await knex('queues').update({ wrap_up_ms: 0, announce_every_ms: ANNOUNCED_EVERY_MS })
  await knex('numbers')
    .insert([
      { number: NUMBER, flow: 'direct-sales' },
      { number: WAITING_NUMBER, flow: 'direct-support' },
      { number: KEYS_NUMBER, flow: 'bench-keys' },
    ])
    .onConflict('number')
    .merge()
  const agents = agentIds(MOST_AGENTS).map(id => ({ id, name: `Agent ${id}`, sip_password: `bench-${id}` }))
  await knex('agents').insert(agents).onConflict('id').ignore()
  await knex('agent_skills').delete()
  await knex('agent_skills').insert(agents.map(({ id }) => ({ agent_id: id, skill: 'sales', level: 5 })))
  // Somebody must be signed in for support, or its callers are told that it is closed.
  await knex('agents').insert({ id: '7001', name: 'Agent 7001', sip_password: 'bench-7001' }).onConflict('id').ignore()
  await knex('agent_skills').insert({ agent_id: '7001', skill: 'support', level: 5 })
}

/** So many agents are ready and nobody else is there. To be called while no service runs. */
export async function signIn(knex: Knex, count: number): Promise<void> {
  await knex.transaction(async trx => {
    await trx('agent_states').whereNull('ended_at').update({ ended_at: trx.fn.now() })
    const state = trx.raw("case when id = '7001' then 'paused' when id = any(?) then 'ready' else 'signed-out' end", [
      agentIds(count),
    ])
    await trx('agents').update({
      state,
      reason: trx.raw("case when id = '7001' then 'rest' end"),
      since: trx.fn.now(),
      idle_since: trx.fn.now(),
      call_id: null,
      next_wish: null,
      wake_at: null,
      version: trx.raw('version + 1'),
    })
    await trx.raw(`insert into agent_states (agent_id, state, reason, started_at)
      select id, state, reason, since from agents where state <> 'signed-out'`)
  })
}

/** How many calls in all, answered, with a faulty recording, still open. */
export type Filed = { calls: number; answered: number; faulty: number; open: number }

/** How many calls are not closed. */
export async function openCalls(knex: Knex): Promise<number> {
  const [row] = await knex('calls').where('is_open', true).count({ open: '*' })
  return Number(row!.open)
}

/** What the service has written of its calls since then. */
export async function filed(knex: Knex, since: Date): Promise<Filed> {
  const count = (condition: string) => knex.raw(`count(*) filter (where ${condition})::int`)
  const row = await knex('calls')
    .where('arrived_at', '>=', since)
    .select({
      calls: count('true'),
      answered: count("outcome = 'answered'"),
      faulty: count('cardinality(recording_faults) > 0'),
      open: count('state is not null'),
    })
    .first()
  return row as Filed
}
