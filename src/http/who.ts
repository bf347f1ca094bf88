import type { RequestHandler, Response } from 'express'
import { HotlineError } from '../errors.ts'
import { may, type Right, type Who } from '../rights/rights.ts'

/** Who asks, from the moment that a request has shown it. */

const NOBODY: Who = { name: 'nobody', rights: new Set(), agent: null, teams: null, queues: null }

/** What they ask for is theirs to ask from here on. */
export function isAskedBy(response: Response, who: Who): void {
  response.locals.who = who
}

export const whoAsks = (response: Response): Who => (response.locals.who as Who | undefined) ?? NOBODY

export class Forbidden extends HotlineError {
  constructor(rights: readonly Right[]) {
    super('forbidden', `This takes the right ${rights.join(' or ')}, which you do not have.`)
  }
}

/** Lets through whoever has one of these. */
export const requireRight =
  (rights: readonly Right[]): RequestHandler =>
  (_request, response, next) =>
    next(may(whoAsks(response), ...rights) ? undefined : new Forbidden(rights))
