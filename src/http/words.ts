import { z } from 'zod'
import { NotFound } from '../errors.ts'
import { toldBy } from '../live/told.ts'
import { reaches } from '../rights/reach.ts'
import { mayFor, type Who } from '../rights/rights.ts'
import type { Word } from '../switchboard/words.ts'
import { time } from './answers.ts'
import type { ApiParts } from './api.ts'
import { NOTHING, word } from './asked.ts'
import { refuseUnknown } from './board.ts'
import { BOARD } from './boardAsked.ts'
import { json, type Route, route } from './route.ts'
import { type Stamped, stamped } from './stamped.ts'
import { Forbidden } from './who.ts'

const MOST_LETTERS = 300

const AGENT_ID = z.strictObject({ id: word('id', 8).meta({ description: "The agent's id", example: '8001' }) })
const WORD_ID = AGENT_ID.extend({
  word: z.coerce
    .number('word must be a number')
    .int()
    .min(1)
    .max(2 ** 48),
})
const TEXT = word('text', MOST_LETTERS).meta({ description: 'What they are told' })
const TO_ONE = z.strictObject({ text: TEXT }).meta({ id: 'WordToOne' })
const TO_SOME = BOARD.extend({ text: TEXT }).meta({ id: 'WordToSome' })

const told: z.ZodType<Stamped<Word>> = z
  .object({
    id: z.int(),
    agent: z.string(),
    text: z.string(),
    by: z.string(),
    sentAt: time,
    seenAt: time.nullable().meta({ description: 'When they have said that they have seen it' }),
  })
  .meta({ id: 'Word' })
export const WORDS_ANSWER = z.object({ words: z.array(told) })

/** What supervisors tell agents in writing. */
export const words = ({ live, words, zone }: ApiParts): Route[] => [
  route({
    path: '/api/agents/{id}/word',
    method: 'post',
    may: 'agents:direct',
    summary: 'Tells an agent something in writing: it waits for them at their desk, and is shown on a phone that can',
    params: AGENT_ID,
    query: NOTHING,
    body: TO_ONE,
    answers: { 200: json('It is kept until they have seen it', WORDS_ANSWER) },
    async handle({ who, params: { id }, body: { text }, response }) {
      refuseOutOfReach(live(), who, id)
      response.json(stamped({ words: await words.send([id], text, who.name) }, zone))
    },
  }),
  route({
    path: '/api/words',
    method: 'post',
    may: 'agents:direct',
    summary: 'Tells all agents who are signed in, or those of a team, or those who can serve a queue',
    params: NOTHING,
    query: NOTHING,
    body: TO_SOME,
    answers: { 200: json('One for each of them', WORDS_ANSWER) },
    async handle({ who, body: { text, ...to }, response }) {
      const scene = live()
      refuseUnknown(scene, who, to)
      response.json(stamped({ words: await words.send(toldBy(scene, who, to), text, who.name) }, zone))
    },
  }),
  route({
    path: '/api/agents/{id}/words',
    may: ['own:desk', 'agents:direct'],
    summary: 'What an agent was told and has not said to have seen, the oldest first',
    params: AGENT_ID,
    query: NOTHING,
    answers: { 200: json('Those', WORDS_ANSWER) },
    async handle({ who, params: { id }, response }) {
      refuseOthers(who, id)
      refuseOutOfReach(live(), who, id)
      response.json(stamped({ words: await words.unseen(id) }, zone))
    },
  }),
  route({
    path: '/api/agents/{id}/words/{word}/seen',
    method: 'post',
    may: ['own:desk', 'agents:direct'],
    summary: 'They have seen it',
    params: WORD_ID,
    query: NOTHING,
    answers: { 200: json('It', WORDS_ANSWER) },
    async handle({ who, params: { id, word: number }, response }) {
      refuseOthers(who, id)
      refuseOutOfReach(live(), who, id)
      const seen = await words.seen(id, number)
      if (!seen) throw new NotFound(`Agent ${id} was told nothing with the number ${number}.`)
      response.json(stamped({ words: [seen] }, zone))
    },
  }),
]

function refuseOthers(who: Who, agent: string): void {
  if (!mayFor(who, agent, 'agents:direct')) throw new Forbidden(['agents:direct'])
}

/** Oneself one always reaches. */
function refuseOutOfReach({ agents, names }: ReturnType<ApiParts['live']>, who: Who, id: string): void {
  const team = names.agents.get(id)?.team ?? ''
  if (!agents.has(id) || !(who.agent === id || reaches(who, { team }))) throw new NotFound(`There is no agent ${id}.`)
}
