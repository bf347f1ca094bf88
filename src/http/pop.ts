import { NotFound } from '../errors.ts'
import { shownTo } from '../pop/pop.ts'
import { may, type Who } from '../rights/rights.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, NOTHING } from './asked.ts'
import { POP_ANSWER } from './popAnswers.ts'
import { json, type Route, route } from './route.ts'
import { stamped } from './stamped.ts'
import { Forbidden } from './who.ts'

const OF_OTHERS = ['calls:read', 'calls:control'] as const

/** The screen pop. */
export function pop({ popOf, agents, zone }: ApiParts): Route[] {
  /** An agent's own call, or one of the queues that they see to. Throws Forbidden. */
  const insist = (who: Who, call: string, queue: string | null): void => {
    const isTheirs = who.agent !== null && may(who, 'own:desk') && agents.see(who.agent).agent.call === call
    const isWithin = who.queues === null || (queue !== null && who.queues.includes(queue))
    if (!isTheirs && !(isWithin && may(who, ...OF_OTHERS))) throw new Forbidden(OF_OTHERS)
  }
  return [
    route({
      path: '/api/calls/{id}/pop',
      may: ['own:desk', ...OF_OTHERS],
      summary:
        'The screen pop of a call that is not over: who calls, their last calls, what is open, what they pressed',
      params: CALL_ID,
      query: NOTHING,
      answers: { 200: json('What is known of who calls', POP_ANSWER) },
      async handle({ who, params, response }) {
        const known = await popOf(params.id)
        if (!known) throw new NotFound(`There is no call ${params.id}, or it is over.`)
        insist(who, params.id, known.queue)
        const shown = shownTo(who.agent ?? '', known, may(who, 'numbers:whole') ? 'whole' : 'masked')
        response.json(stamped(shown, zone))
      },
    }),
  ]
}
