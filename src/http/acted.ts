import { createHash } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import type { Knex } from 'knex'
import { isAway } from '../away.ts'
import { type Deed, recordDeed } from '../database/auditLog.ts'
import { type Ask, claim, type First, keepAnswer, letGo } from '../database/idempotency.ts'
import { BadInput, Conflict, HotlineError, sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { detailsOf, withoutNumbers, withoutSecrets } from './hiding.ts'
import { NOBODY, whoAsks } from './who.ts'

/** Whatever is done, and not only asked: once for each Idempotency-Key, and each in the audit log. */

class UnderWay extends Conflict {
  constructor() {
    super('under-way', 'What was asked for with this Idempotency-Key is still under way. Ask again in a moment.')
  }
}

class AnotherRequest extends HotlineError {
  constructor() {
    super('another-request', 'With this Idempotency-Key something else was asked for within the last 24 hours.')
  }
}

class ShownOnce extends Conflict {
  constructor() {
    super('shown-once', 'This was done when you asked first, and what it showed is shown once.')
  }
}

export type ActedParts = { people: Knex; log: Log; now: () => number }

/** `isSecret`: what is answered is shown once, and kept nowhere. */
export function acted({ people, log, now }: ActedParts, isSecret: boolean): RequestHandler {
  return async (request, response, next) => {
    const ask = askOf(request, response)
    const first = ask ? await claim(people, ask, now()) : 'ours'
    if (first !== 'ours') return answerAgain(response, first)
    const asked = whatIsAsked(request)
    const settle = async (body: unknown): Promise<void> => {
      const status = response.statusCode
      if (ask)
        await (isFinal(status) ? keepAnswer(people, ask, status, kept(status, body, isSecret)) : letGo(people, ask))
      // What nobody asks in vain is no deed: else anybody could fill the log.
      const isNoDeed = whoAsks(response) === NOBODY && [400, 413, 422, 429].includes(status)
      if (!isNoDeed) await recordDeed(people, deedOf(asked, response, outcomeOf(status, body), now()))
    }
    beforeSending(response, body => settle(body).catch(thrown => tellLoss(log, asked, response, thrown)))
    next()
  }
}

/** Whoever is answered knows that it is written down. So an act answers by `json` or `send`, and never by `end`. */
function beforeSending(response: Response, act: (body: unknown) => Promise<void>): void {
  const send = response.send.bind(response)
  response.send = body => {
    // To send an object is to send its text, by the same way.
    if (typeof body === 'object' && body !== null && !Buffer.isBuffer(body)) return response.json(body)
    response.send = send
    void act(body).then(() => send(body))
    return response
  }
}

/** A failure that may be over the next time is no answer to be kept. */
const isFinal = (status: number): boolean => status < 500 && ![401, 403, 429].includes(status)

const kept = (status: number, body: unknown, isSecret: boolean): string | null =>
  isSecret && status < 400 ? null : String(body ?? '')

function answerAgain(response: Response, first: Exclude<First, 'ours'>): void {
  if (first === 'under-way') throw new UnderWay()
  if (first === 'another') throw new AnotherRequest()
  const { status, answer } = first
  if (answer === null) throw new ShownOnce()
  response
    .status(status)
    .type(status < 400 ? 'application/json' : 'application/problem+json')
    .send(answer)
}

const KEY = /^[\x21-\x7e]{1,200}$/

function askOf(request: Request, response: Response): Ask | undefined {
  const key = request.get('idempotency-key')
  const who = whoAsks(response).name
  // Who signs in is nobody yet, and whatever nobody asked for is anybody's.
  if (key === undefined || who === NOBODY.name) return undefined
  if (!KEY.test(key))
    throw new BadInput('Idempotency-Key', 'Idempotency-Key must be 1 to 200 letters, digits and signs of ASCII.')
  // Of a secret that people choose not even a hash is kept here.
  const asked = [request.method, request.originalUrl, withoutSecrets(request.body ?? null)]
  return { who, key, request: createHash('sha256').update(JSON.stringify(asked)).digest('hex') }
}

/** Read before it is handled: of a request that has failed express no longer knows the params. */
function whatIsAsked(request: Request): Pick<Deed, 'what' | 'whom' | 'details' | 'address'> {
  const { id, ...params } = request.params
  return {
    // As openapi.json writes it.
    what: `${request.method} ${String(request.route.path).replaceAll(/:(\w+)/g, '{$1}')}`,
    whom: id === undefined ? null : String(withoutNumbers(id)),
    details: detailsOf({ ...params, ...request.query, ...(request.body as object | undefined) }),
    address: request.ip ?? '',
  }
}

type AskedFor = ReturnType<typeof whatIsAsked>

const deedOf = (asked: AskedFor, response: Response, outcome: string, at: number): Deed => ({
  ...{ ...asked, at, who: whoAsks(response).name, outcome },
  // It may have been named by who answered it.
  whom: (response.locals.whom as string | undefined) ?? asked.whom,
})

function outcomeOf(status: number, body: unknown): string {
  if (status < 400) return 'done'
  return String((JSON.parse(String(body)) as { id?: unknown }).id ?? status)
}

/** It was done: not to answer would be worse. The log of the service has it then. */
function tellLoss(log: Log, asked: AskedFor, response: Response, thrown: unknown): void {
  const level = thrown instanceof Error && isAway(thrown) ? 'warn' : 'error'
  const { what, whom } = asked
  const who = whoAsks(response).name
  log[level]({ who, what, whom, error: sentenceOf(thrown) }, 'an act is not in the audit log')
}

/** Of a question that is in the audit log all the same, such as what is played; before it is answered. */
export const noteDeed = ({ people, now }: ActedParts, request: Request, response: Response): Promise<void> =>
  recordDeed(people, deedOf(whatIsAsked(request), response, 'done', now()))

/** To whom it was done, where that is not the id in the path. */
export function isAbout(response: Response, whom: string): void {
  response.locals.whom = whom
}
