import { z } from 'zod'
import { MODES } from '../call/supervisionFacts.ts'
import { masked } from '../log.ts'
import { mayInQueue } from '../rights/reach.ts'
import { may, type Who } from '../rights/rights.ts'
import type { Talk } from '../switchboard/acts.ts'
import type { TalkSnapshot } from '../switchboard/callControl.ts'
import { PHASES } from './phases.ts'

/** A talk as it is told. */

export const SNAPSHOT: z.ZodType<TalkSnapshot> = z
  .object({
    call: z.string(),
    phase: z.enum(PHASES),
    agent: z.string().nullable().meta({ description: 'Who serves the caller; null: nobody does now' }),
    callerHeld: z.boolean(),
    callerGone: z.boolean().meta({ description: 'The caller has left, and the others talk on' }),
    recordingPaused: z.boolean(),
    parties: z.array(
      z.object({
        id: z.string(),
        agent: z.string().nullable(),
        number: z.string().nullable(),
        role: z.enum(['consulted', 'conferee']),
        state: z.enum(['ringing', 'talking', 'held']),
        muted: z.boolean(),
      }),
    ),
    supervisors: z
      .array(z.object({ agent: z.string(), mode: z.enum(MODES), state: z.enum(['ringing', 'supervising']) }))
      .optional()
      .meta({ description: 'For whoever may supervise it' }),
  })
  .meta({ id: 'Talk' })

export const shown = (talk: TalkSnapshot, who: Who): TalkSnapshot =>
  may(who, 'numbers:whole')
    ? talk
    : { ...talk, parties: talk.parties.map(one => ({ ...one, number: one.number && masked(one.number) })) }

/** Whoever asks serves the caller, or is a party. */
export const isInTalk = ({ serves, parties }: Pick<Talk, 'serves' | 'parties'>, { agent }: Who): boolean =>
  agent !== null && [serves, ...parties.values()].includes(agent)

/** The agent must not see them. */
export function withSupervisors(talk: Talk, who: Who): TalkSnapshot {
  const { snapshot, supervisors, queue } = talk
  const sees = may(who, 'calls:supervise') && mayInQueue(who, queue) && !isInTalk(talk, who)
  return shown(sees ? { ...snapshot, supervisors } : snapshot, who)
}
