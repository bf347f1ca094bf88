import type { Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Right, Who } from '../rights/rights.ts'
import { read } from './asked.ts'
import { whoAsks } from './who.ts'

/** One thing that can be asked for: served by express and described in openapi.json from the same schemas. */
export type Route = {
  /** As OpenAPI writes it: /api/calls/{id}. */
  readonly path: string
  /** What is asked for changes nothing (get), or is an act. */
  readonly method: Method
  readonly summary: string
  /** The rights of which it takes one; `anyone`: it answers whoever asks. */
  readonly may: readonly Right[] | 'anyone'
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodObject | undefined
  readonly answers: Answers
  readonly handle: RequestHandler
}
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** By HTTP status: what it means, and what comes with it by media type. */
export type Answers = Record<number, { description: string; content?: Record<string, { schema: z.ZodType | Binary }> }>
type Binary = { type: 'string'; format?: 'binary' }

export type Asked<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodObject> = {
  /** Who asks: of what `anyone` may ask, nobody. */
  who: Who
  params: z.infer<Params>
  query: z.infer<Query>
  body: z.infer<Body>
  request: Request
  response: Response
}

type Description<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodObject> = {
  path: string
  method?: Method
  summary: string
  may: Right | Route['may']
  params: Params
  query: Query
  body?: Body
  answers: Answers
  handle: (asked: Asked<Params, Query, Body>) => Promise<void>
}

/** `handle` is given what was asked for, checked and typed. */
export function route<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject = z.ZodObject<Record<string, never>>,
>(described: Description<Params, Query, Body>): Route {
  const { handle, params, query, body, may, method = 'get' } = described
  return {
    ...described,
    method,
    may: typeof may === 'string' && may !== 'anyone' ? [may] : may,
    body,
    handle: (request, response) =>
      handle({
        who: whoAsks(response),
        params: read(params, request.params),
        query: read(query, request.query),
        body: (body ? read(body, request.body ?? {}) : {}) as z.infer<Body>,
        request,
        response,
      }),
  }
}

export const json = (description: string, schema: z.ZodType): Answers[number] => ({
  description,
  content: { 'application/json': { schema } },
})
