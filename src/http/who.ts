import type { RequestHandler, Response } from 'express'
import type { Shown } from '../database/sessions.ts'
import { HotlineError } from '../errors.ts'
import { isBounded, type Reach } from '../rights/reach.ts'
import { may, type Right, type Who } from '../rights/rights.ts'

/** Who asks, from the moment that a request has shown it. */

export const NOBODY: Who = { name: 'nobody', rights: new Set(), agent: null, teams: null, queues: null }

type Asker = Shown & {
  /** Who has it now: their session may have been revoked meanwhile, their role another. */
  readonly again: () => Promise<Who | undefined>
}

/** What they ask for is theirs to ask from here on. */
export function isAskedBy(response: Response, asker: Asker): void {
  response.locals.asker = asker
}

const askerOf = (response: Response): Asker | undefined => response.locals.asker as Asker | undefined

export const whoAsks = (response: Response): Who => askerOf(response)?.who ?? NOBODY

/** null: it is a key, or nobody. */
export const sessionOf = (response: Response): Shown['session'] => askerOf(response)?.session ?? null

/**
 * For what lasts, such as a stream: asked every few seconds, it ends with the session, the key or the right. Resolves with who they are by
 * now, or undefined where they may no longer. Rejects where the database is away.
 */
export async function stillMay(response: Response, ...any: readonly Right[]): Promise<Who | undefined> {
  const who = await askerOf(response)?.again()
  return who && may(who, ...any) ? who : undefined
}

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

export class Bounded extends HotlineError {
  constructor() {
    super('forbidden', 'This is about the whole centre, and your rights reach some teams or queues of it only.')
  }
}

/** Of what cannot be told, or set, for a part of the centre. */
export function insistOnAll(who: Reach): void {
  if (isBounded(who)) throw new Bounded()
}

/** As they may see them, unless they ask for less. Throws Forbidden where they ask for more. */
export function numbersFor(who: Who, asked?: 'whole' | 'masked'): 'whole' | 'masked' {
  const maySee = may(who, 'numbers:whole')
  if (asked === 'whole' && !maySee) throw new Forbidden(['numbers:whole'])
  return asked ?? (maySee ? 'whole' : 'masked')
}
