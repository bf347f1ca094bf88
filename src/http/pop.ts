import { NotFound } from '../errors.ts'
import { shownTo } from '../pop/pop.ts'
import { insistOnReach } from '../report/reach.ts'
import { may, type Who } from '../rights/rights.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, NOTHING } from './asked.ts'
import { POP_ANSWER } from './popAnswers.ts'
import { json, type Route, route } from './route.ts'
import { stamped } from './stamped.ts'
import { Forbidden } from './who.ts'

const OF_OTHERS = ['calls:read', 'calls:control'] as const

/** The screen pop. */
export function pop({ popOf, agents, reports, zone }: ApiParts): Route[] {
  /** An agent's own call, or one within reach. Throws Forbidden or NotFound. */
  const insist = async (who: Who, call: string): Promise<void> => {
    const isTheirs = who.agent !== null && may(who, 'own:desk') && agents.see(who.agent).agent.call === call
    if (isTheirs) return
    if (!may(who, ...OF_OTHERS)) throw new Forbidden(OF_OTHERS)
    await insistOnReach(reports, call, who)
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
        await insist(who, params.id)
        const shown = shownTo(who.agent ?? '', known, may(who, 'numbers:whole') ? 'whole' : 'masked')
        response.json(stamped(shown, zone))
      },
    }),
  ]
}
