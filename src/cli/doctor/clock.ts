import { sentenceOf } from '../../errors.ts'
import { bad, type Finding, good } from './finding.ts'

const AT_MOST_MS = 2_000

/** `ask` resolves with the other clock's time; we take it for read halfway between question and answer. */
export async function clockDifference(whose: string, now: () => number, ask: () => Promise<number>): Promise<Finding> {
  try {
    const asked = now()
    const theirs = await ask()
    const ahead = theirs - (asked + now()) / 2
    if (Math.abs(ahead) <= AT_MOST_MS) return good(`${whose} agrees with ours`)
    const difference = `${(Math.abs(ahead) / 1_000).toFixed(0)} s ${ahead > 0 ? 'ahead of' : 'behind'} ours`
    return bad(`${whose} is ${difference}`, 'set both machines by NTP')
  } catch (thrown) {
    return bad(`${whose} cannot be read (${sentenceOf(thrown)})`, 'look into its log')
  }
}
