/**
 * Callbacks for which nobody waits (messages of a night, further tries) may be many, and older than whoever calls now. While
 * callers wait whom the same agents could serve, they have half of the agents at work; where there is but one, every second
 * turn. Neither starves the other.
 */
export function mayGoOn(atWork: number, withPromised: number, lastWasPromised: boolean): boolean {
  return atWork < 2 ? withPromised === 0 && !lastWasPromised : withPromised < Math.floor(atWork / 2)
}
