/** That one run of a service drives an Asterisk from now on, and the how manyth claim this is. */
export type LeaseClaim = { term: number; session: string }

/**
 * Whether nobody has driven the Asterisk since this claim: what was believed under it is still the last word. Where the
 * last claim that the tables know is lower, they are older than it: a backup was restored.
 */
export function isLatest(claim: LeaseClaim, last: LeaseClaim | undefined): boolean {
  return !last || last.session === claim.session || last.term < claim.term
}
