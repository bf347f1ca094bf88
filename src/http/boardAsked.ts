import { z } from 'zod'
import { word } from './asked.ts'

/** What may be asked of the board, and what whoever waits may be asked to be. */

export const BOARD = z.strictObject({
  queue: word('queue', 40).optional().meta({ description: 'That queue, who can serve it, and its calls' }),
  team: word('team', 80).optional().meta({ description: 'The agents of that team, and their calls' }),
})

/** A day: whoever is to come first is asked for as first. */
const MOST_AHEAD_S = 86_400
const AHEAD = `ahead must be "first", or a number of seconds from 0 to ${MOST_AHEAD_S}`

export const MOVE = z
  .strictObject({
    queue: word('queue', 40).optional().meta({ description: 'To this line; their whole wait still counts' }),
    ahead: z
      .union([z.literal('first'), z.int().min(0).max(MOST_AHEAD_S)], AHEAD)
      .optional()
      .meta({ description: 'Before all who wait, or with so many seconds of head start in all' }),
    agent: word('agent', 8).optional().meta({
      description: 'To this agent, first of all: rung at once where ready, else waited for alone for a while',
    }),
  })
  .meta({ id: 'Move' })
