import { BadInput } from '../errors.ts'

/** Addresses that a desk opens, with words of the call in them: `https://crm.example/find?phone={number}`. */

const WORDS = ['number', 'name', 'customer', 'call', 'queue', 'agent'] as const
export type AddressWords = Readonly<Record<(typeof WORDS)[number], string>>

const WORD = /\{(\w*)\}/g

/** No word can be more than one value of it, whatever a caller sends. */
export const addressOf = (template: string, words: AddressWords): string =>
  template.replace(WORD, (_, word: keyof AddressWords) => encodeURIComponent(words[word].toWellFormed()))

export const namesTheCaller = (template: string): boolean => /\{(number|name)\}/.test(template)

/** http:// or https://, words only after the host, and none but ours. Throws BadInput. */
export function insistOnTemplate(field: string, template: string): void {
  const plain = template.replace(WORD, 'x')
  const isFit = /^https?:\/\/[^{}?#/\s\\]+([/?#]|$)/i.test(template) && !/[{}\s\\]/.test(plain) && URL.canParse(plain)
  if (!isFit)
    throw new BadInput(field, `${field} must be http:// or https://, a host, and then words such as {number}.`)
  const { username, password } = new URL(plain)
  if (username || password) throw new BadInput(field, `${field} must not hold a name and password.`)
  for (const [, word] of template.matchAll(WORD))
    if (!WORDS.some(known => known === word))
      throw new BadInput(field, `${field} may hold ${WORDS.map(one => `{${one}}`).join(', ')}, not {${word}}.`, [
        ...WORDS,
      ])
}
