import type { Knex } from 'knex'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../switchboard/ports.ts'
import type { Word, Words } from '../switchboard/words.ts'

export type WordsParts = {
  knex: Knex
  clock: Pick<Clock, 'now'>
  /** On the agent's phone. Rejects where it cannot be. */
  show: (agent: string, text: string) => Promise<void>
  log: Log
}

/** So many at most are read at once: a desk has room for no more. */
const MOST = 100

export const wordsIn = ({ knex, clock, show, log }: WordsParts): Words => ({
  async send(agents, text, by) {
    if (agents.length === 0) return []
    const sent_at = new Date(clock.now())
    const told = agents.map(agent_id => ({ agent_id, text, sent_by: by, sent_at }))
    const rows = (await knex('words').insert(told).returning('*')).map(wordOf)
    void showAll(rows, show, log)
    return rows
  },

  async unseen(agent) {
    const rows = await knex('words').where({ agent_id: agent, seen_at: null }).orderBy('id').limit(MOST)
    return rows.map(wordOf)
  },

  async seen(agent, id) {
    const seen_at = knex.raw('coalesce(seen_at, ?)', [new Date(clock.now())])
    const rows = await knex('words').where({ agent_id: agent, id }).update({ seen_at }).returning('*')
    return rows.map(wordOf)[0]
  },
})

/** One after another: they are no calls, and must not keep one waiting. Phones differ: one that shows nothing is no fault. */
async function showAll(words: readonly Word[], show: WordsParts['show'], log: Log): Promise<void> {
  for (const { agent, text } of words)
    await show(agent, text).catch(thrown => log.debug({ agent, error: sentenceOf(thrown) }, 'not shown on the phone'))
}

type Row = {
  /** int8: as text. */
  id: string
  agent_id: string
  text: string
  sent_by: string
  sent_at: Date
  seen_at: Date | null
}

const wordOf = ({ id, agent_id, text, sent_by, sent_at, seen_at }: Row): Word => ({
  ...{ id: Number(id), agent: agent_id, text, by: sent_by },
  ...{ sentAt: sent_at.getTime(), seenAt: seen_at?.getTime() ?? null },
})
