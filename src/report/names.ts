import type { Knex } from 'knex'

/** What people call those of whom the service knows the ids: it decides by nothing in here. */
export type Names = {
  readonly queues: ReadonlyMap<string, { readonly zh: string; readonly en: string }>
  /** `team`: empty where there is none. */
  readonly agents: ReadonlyMap<string, { readonly name: string; readonly team: string }>
}

export const NO_NAMES: Names = { queues: new Map(), agents: new Map() }

/** Rejects where they cannot be read. */
export async function readNames(knex: Knex): Promise<Names> {
  const queues: { id: string; zh: string; en: string }[] = await knex('queues').select({
    ...{ id: 'id', zh: 'name_zh', en: 'name_en' },
  })
  const agents: { id: string; name: string; team: string }[] = await knex('agents').select('id', 'name', 'team')
  return {
    queues: new Map(queues.map(({ id, ...names }) => [id, names])),
    agents: new Map(agents.map(({ id, ...names }) => [id, names])),
  }
}
