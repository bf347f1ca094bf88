import type { Request, Response } from 'express'
import type { Route } from './route.ts'

/** Answers that can be had as CSV, too. */

export const withCsv = (answer: Route['answers'][number]): Route['answers'][number] => ({
  ...answer,
  content: { ...answer.content, 'text/csv': { schema: { type: 'string' } } },
})

export const wantsCsv = (request: Request, format: 'json' | 'csv' | undefined): boolean =>
  format === undefined ? request.accepts(['json', 'csv']) === 'csv' : format === 'csv'

/** Spreadsheets take a file for UTF-8 only where it begins with this mark. */
const UTF_8 = '\ufeff'

export function sendCsv(response: Response, text: string): void {
  response.type('text/csv; charset=utf-8').send(UTF_8 + text)
}
