import type { Knex } from 'knex'
import type { Language, Prompt } from '../ivr/flow.ts'
import type { Made } from '../sound/prompt.ts'
import type { Shelf, Wanted } from '../sound/shelf.ts'
import { CHANGED } from './bell.ts'

export type Uploaded = {
  readonly name: Prompt
  readonly language: Language
  readonly text: string
  readonly lengthMs: number
}

/** No call lasts longer: by then nobody is in a flow that named what was removed. */
const KEPT = '1 day'

export async function loadPrompts(knex: Knex): Promise<Uploaded[]> {
  const rows = await knex('prompts')
    .whereNull('removed_at')
    .orderBy(['name', 'language'])
    .select('name', 'language', 'text', 'length_ms')
  return rows.map(({ name, language, text, length_ms: lengthMs }) => ({ name, language, text, lengthMs }))
}

/** From now on what was uploaded can be played. Rejects where that cannot be read. */
export async function learnPrompts(knex: Knex, shelf: Shelf): Promise<void> {
  const wanted: Wanted[] = await knex('prompts')
    .whereRaw('removed_at is null or removed_at > now() - ?::interval', [KEPT])
    .orderBy(['name', 'language'])
    .select('name', 'language', 'sha256')
  // What was uploaded anew meanwhile has rung again.
  await shelf.learn(wanted, async one => (await knex('prompts').where(one).first('audio'))?.audio)
}

/** In place of one of that name and language. */
export async function addPrompt(knex: Knex, { lengthMs, ...rest }: Omit<Uploaded, 'lengthMs'> & Made): Promise<void> {
  const row = { ...rest, length_ms: lengthMs, added_at: knex.fn.now(), removed_at: null }
  await change(knex, trx => trx('prompts').insert(row).onConflict(['name', 'language']).merge(row))
}

/** Resolves with the languages in which it was there. */
export const removePrompt = (knex: Knex, name: Prompt, language?: Language): Promise<Language[]> =>
  change(knex, async trx => {
    const removed = await trx('prompts')
      .where({ name, ...(language && { language }) })
      .whereNull('removed_at')
      .update({ removed_at: knex.fn.now() })
      .returning('language')
    return removed.map(row => row.language)
  })

const change = <T>(knex: Knex, act: (trx: Knex.Transaction) => PromiseLike<T>): Promise<T> =>
  knex.transaction(async trx => {
    await trx('prompts').whereRaw('removed_at < now() - ?::interval', [KEPT]).delete()
    const result = await act(trx)
    await trx.raw('select pg_notify(?, ?)', [CHANGED, 'prompts'])
    return result
  })
