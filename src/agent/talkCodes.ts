/**
 * What an agent presses on their telephone while they talk. The other hears the tones, so none of it is said twice.
 *
 *   *6 send the caller to the survey        *70 hold, and retrieve
 *   *71 NUMBER # consult                    *72 go between the two
 *   *73 all talk together                   *74 pass the caller on to whoever is consulted
 *   *75 NUMBER # pass the caller on at once
 *
 * NUMBER is an agent's id, or a number outside as they would dial it.
 */
export type TalkCode =
  | { readonly do: 'survey' | 'hold-or-retrieve' | 'alternate-call' | 'conference-call' | 'transfer-call' }
  | { readonly do: 'consultation-call' | 'single-step-transfer'; readonly number: string }

/** What so many keys mean: `more`, where they may yet come to mean something; `nothing`, where they cannot. */
export function talkCode(keys: string): TalkCode | 'more' | 'nothing' {
  const simple = SIMPLE[keys]
  if (simple) return { do: simple }
  const whole = /^\*7([15])(\d{2,20})#$/.exec(keys)
  if (whole) return { do: whole[1] === '1' ? 'consultation-call' : 'single-step-transfer', number: whole[2]! }
  return /^\*(7([15]\d{0,20})?)?$/.test(keys) ? 'more' : 'nothing'
}

const SIMPLE: Record<string, Extract<TalkCode, { do: unknown; number?: never }>['do']> = {
  '*6': 'survey',
  '*70': 'hold-or-retrieve',
  '*72': 'alternate-call',
  '*73': 'conference-call',
  '*74': 'transfer-call',
}
