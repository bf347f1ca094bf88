import type { Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import { read } from './asked.ts'

/** One thing that can be asked for: served by express and described in openapi.json from the same schemas. */
export type Route = {
  /** As OpenAPI writes it: /api/calls/{id}. */
  readonly path: string
  /** What is asked for changes nothing (get), or is done (post). */
  readonly method: 'get' | 'post'
  readonly summary: string
  /** Answers without the API key. */
  readonly isOpen: boolean
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly answers: Answers
  readonly handle: RequestHandler
}

/** By HTTP status: what it means, and what comes with it by media type. */
export type Answers = Record<number, { description: string; content: Record<string, { schema: z.ZodType | Binary }> }>
type Binary = { type: 'string'; format?: 'binary' }

export type Asked<Params extends z.ZodObject, Query extends z.ZodObject> = {
  params: z.infer<Params>
  query: z.infer<Query>
  request: Request
  response: Response
}

type Description<Params extends z.ZodObject, Query extends z.ZodObject> = {
  path: string
  method?: Route['method']
  summary: string
  isOpen?: boolean
  params: Params
  query: Query
  answers: Answers
  handle: (asked: Asked<Params, Query>) => Promise<void>
}

/** `handle` is given what was asked for, checked and typed. */
export function route<Params extends z.ZodObject, Query extends z.ZodObject>(
  described: Description<Params, Query>,
): Route {
  const { handle, params, query, method = 'get', isOpen = false } = described
  return {
    ...described,
    method,
    isOpen,
    handle: (request, response) =>
      handle({ params: read(params, request.params), query: read(query, request.query), request, response }),
  }
}

export const json = (description: string, schema: z.ZodType): Answers[number] => ({
  description,
  content: { 'application/json': { schema } },
})
