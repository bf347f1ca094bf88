import { readFile } from 'node:fs/promises'
import { BadInput } from '../errors.ts'
import type { Read } from '../flows/reading.ts'
import type { Fault } from '../ivr/check.ts'

/** What a file says. Throws BadInput where it cannot be read, or cannot work. */
export async function documentIn<T>(file: string, read: (text: string) => Read<T>): Promise<T> {
  const { document, faults } = read(await textIn(file))
  if (faults) throw new Unfit(file, faults)
  return document
}

export async function textIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(thrown => {
    throw new BadInput('file', `${file} cannot be read: ${(thrown as Error).message}`)
  })
}

/** A document that cannot work: each fault with its path. */
export class Unfit extends BadInput {
  constructor(what: string, faults: readonly Fault[]) {
    const lines = faults.map(({ path, sentence }) => `  ${path === '' ? '(document)' : path}: ${sentence}`)
    super('document', [`${what} cannot work:`, ...lines].join('\n'))
  }
}
