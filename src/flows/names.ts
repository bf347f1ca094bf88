import { z } from 'zod'
import { BadInput } from '../errors.ts'

const NAME = /^[a-z][a-z0-9-]{0,39}$/
const ALLOWED = 'a small letter, then at most 39 small letters, digits or hyphens'

/** Of a flow, a node, a calendar and whatever else people name in a document. */
export const named = z.string('must be a name').regex(NAME, `must be a name: ${ALLOWED}`)

/** The same, typed as an argument. Throws BadInput for that field. */
export function insistOnName(field: string, words: string): void {
  if (!NAME.test(words)) throw new BadInput(field, `the name must be ${ALLOWED}, not ${words}`)
}
