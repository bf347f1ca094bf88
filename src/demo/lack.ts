export type Shown = {
  /** How many callers dialled. */
  made: number
  /** Why the hotline did not take a call, for each that it did not take. */
  refusals: readonly Error[]
  /** How many calls are on record, and how many of them were answered. */
  filed: number
  answered: number
}

/** What a demo should have shown and did not, in sentences: a hotline that nobody reaches has a ledger that balances. */
export function lackOf({ made, refusals, filed, answered }: Shown): string[] {
  const sentences: string[] = []
  if (filed < made) sentences.push(`Only ${filed} of the ${made} calls that were made are on record.`)
  const reasons = [...new Set(refusals.map(refusal => refusal.message))]
  if (refusals.length > 0) sentences.push(`Refused: ${refusals.length} (${reasons.join('; ')}).`)
  if (made > 0 && answered === 0) sentences.push('Not one call was answered.')
  return sentences
}
