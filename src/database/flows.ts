import type { Knex } from 'knex'
import type { Flow } from '../ivr/flow.ts'
import type { Release } from '../ivr/library.ts'
import type { Log } from '../log.ts'
import type { Centre } from '../switchboard/centre.ts'
import { CHANGED } from './bell.ts'

/** What was published after that number, oldest first. */
export async function loadReleases(knex: Knex, after = 0): Promise<Release[]> {
  const rows: { number: number; document: Flow }[] = await knex('flow_releases')
    .where('number', '>', after)
    .orderBy('number')
    .select('number', 'document')
  return rows.map(({ number, document: flow }) => ({ number, flow }))
}

/** From now on callers meet what was published since. Resolves with whether anything was. Rejects where that cannot be read. */
export async function learnFlows(knex: Knex, centre: Centre, log: Log): Promise<boolean> {
  const releases = await loadReleases(knex, centre.library.latest)
  if (releases.length === 0) return false
  centre.library.add(releases)
  log.info({ flows: releases.map(({ number, flow }) => `${flow.id} ${number}`) }, 'flows were published')
  return true
}

/**
 * From now on callers meet this. A draft that says the same is done with. `restores`: the release that it brings back.
 * Resolves with the release's number.
 */
export async function publish(knex: Knex, flow: Flow, restores?: number): Promise<number> {
  return knex.transaction(async trx => {
    await lockReleases(trx)
    return publishIn(trx, flow, restores)
  })
}

/** One after another: a number that is seen must not be followed by a smaller one. */
const lockReleases = (trx: Knex.Transaction) => trx.raw('lock table flow_releases in exclusive mode')

async function publishIn(trx: Knex.Transaction, flow: Flow, restores?: number): Promise<number> {
  // Another's draft is not done with by what was published in its stead.
  await trx('flow_drafts').where('flow', flow.id).whereRaw('document = ?::jsonb', JSON.stringify(flow)).delete()
  const [release] = await trx('flow_releases')
    .insert({ flow: flow.id, document: JSON.stringify(flow), restores: restores ?? null })
    .returning('number')
  await trx.raw('select pg_notify(?, ?)', [CHANGED, `flow release ${release.number}`])
  return release.number
}

/** A release of one flow. `restores`: which one it has brought back; null: none. */
export type Published = { readonly number: number; readonly at: Date; readonly restores: number | null }

/** All of a flow, the latest first: that one is in force. */
export async function releasesOf(knex: Knex, flow: string): Promise<Published[]> {
  const rows = knex('flow_releases').where({ flow }).orderBy('number', 'desc')
  return rows.select('number', 'published_at as at', 'restores')
}

/**
 * The version before the one in force, or the one of that number. What was rolled back to is as old as it was then: so to
 * roll back again leads further back, and never to what one came from.
 */
export async function formerRelease(knex: Knex, flow: string, number?: number): Promise<Release | undefined> {
  const [latest] = await releasesOf(knex, flow)
  const releases = knex('flow_releases').where({ flow }).orderBy('number', 'desc')
  const before = latest?.restores ?? latest?.number ?? 0
  const row = await (number === undefined ? releases.where('number', '<', before) : releases.where({ number })).first()
  return row && { number: row.restores ?? row.number, flow: row.document }
}

export async function saveDraft(knex: Knex, flow: Flow): Promise<void> {
  await knex('flow_drafts')
    .insert({ flow: flow.id, document: JSON.stringify(flow) })
    .onConflict('flow')
    .merge({ document: JSON.stringify(flow), changed_at: knex.fn.now() })
}

/** Which flows are being worked on. */
export const draftNames = (knex: Knex): Promise<string[]> => knex('flow_drafts').orderBy('flow').pluck('flow')

export async function loadDraft(knex: Knex, flow: string): Promise<Flow | undefined> {
  return (await knex('flow_drafts').where({ flow }).first('document'))?.document
}

/** Publishes the flows that a hotline begins with, where it has none of that name. Two services that start at once take turns. */
export async function publishFirst(knex: Knex, flows: readonly Flow[]): Promise<void> {
  await knex.transaction(async trx => {
    await lockReleases(trx)
    const there = new Set<string>(await trx('flow_releases').distinct().pluck('flow'))
    for (const flow of flows) if (!there.has(flow.id)) await publishIn(trx, flow)
  })
}
