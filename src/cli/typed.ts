import { type Command, InvalidArgumentError } from 'commander'

/** How commands take what is typed, and answer. */

/** Prints what is answered. */
export function say(command: Command, answer: (word: string) => Promise<string>): void {
  command.action(async word => console.log(await answer(word)))
}

/** Of an integer in Postgres. */
const HIGHEST = 2_147_483_647

export function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > HIGHEST)
    throw new InvalidArgumentError(`a whole number from 1 to ${HIGHEST} is needed.`)
  return number
}

export type TypedKey = number | 'none'

/** A key of a phone. */
export function keyFrom(lowest: number, text: string): TypedKey {
  if (text === 'none') return text
  if (!/^[1-9]$/.test(text) || Number(text) < lowest)
    throw new InvalidArgumentError(`a key from ${lowest} to 9, or none, is needed.`)
  return Number(text)
}

/** As it is kept: nothing of it where it was not typed. */
export const keySet = (key: TypedKey | undefined): { key?: number | null } =>
  key === undefined ? {} : { key: key === 'none' ? null : key }
