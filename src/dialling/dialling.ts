import { bareNumber } from '../numbers.ts'
import { type FullNumber, readNumber, type Unfit } from './number.ts'

/** Which numbers outside the centre itself may dial, and when. */
export type DiallingRules = {
  /** Country codes, or what numbers begin with behind them: digits alone, such as 86 or 86138. Where none is named, nothing is dialled. */
  readonly prefixes: readonly string[]
  /** The centre's own area code, with its zero, for numbers that are shown without one; null: these are not dialled. */
  readonly area: string | null
  /** How the trunk wants them: 13800138000, 02162345678, 0044…; or +86…, +44…. */
  readonly form: (typeof FORMS)[number]
  /** What the trunk wants before each number; empty where nothing. */
  readonly outsideLine: string
  /** Nobody is dialled then, by the clocks where the number is: half-open, minutes of the day; may go over midnight. */
  readonly quiet: { readonly from: number; readonly to: number } | null
  /** The centre's main number, which they see whom agents call whose line shows none of its own; null: none. */
  readonly shows: string | null
  /** Where other clocks are than the centre's, by what numbers begin with; the longest counts. */
  readonly zones: readonly { readonly prefix: string; readonly zone: string }[]
}

export const FORMS = ['national', 'e164'] as const

/** Of a centre that has set nothing. */
export const DIALLING: DiallingRules = {
  prefixes: ['86'],
  area: null,
  form: 'national',
  outsideLine: '',
  quiet: { from: 21 * 60, to: 8 * 60 },
  shows: null,
  zones: [],
}

export type Reason = Unfit | 'own-number' | 'not-allowed' | 'quiet-hours'
/** `from`: when it may be dialled, ms since 1970. */
export type Refusal = { readonly reason: Reason; readonly sentence: string; readonly from?: number }
/** `number`: as the trunk wants it. `extension`: to be keyed in once it is answered. */
export type ToDial =
  | { readonly number: string; readonly extension?: string; readonly refusal?: undefined }
  | { readonly number?: undefined; readonly refusal: Refusal }

/** The minute of the day, 0 to 1439, on the clocks of a zone; undefined: the centre's own. `at` in ms since 1970. */
export type LocalMinute = (at: number, zone: string | undefined) => number

/** What is to be dialled for a number as somebody showed or typed it, or why the machine does not dial it at that time (ms since 1970). */
export function numberToDial(text: string, rules: DiallingRules, at: number, localMinute: LocalMinute): ToDial {
  const allowed = allowedNumber(text, rules)
  if (typeof allowed === 'string') return { refusal: refused(allowed) }
  const { bare, world, extension } = allowed
  const zone = zoneOf(world, rules)
  const from = rules.quiet ? quietUntil(at, rules.quiet, time => localMinute(time, zone)) : at
  if (from > at) return { refusal: { ...refused('quiet-hours'), from } }
  return { number: forTrunk({ bare, world }, rules), ...(extension !== undefined && { extension }) }
}

/** `whole`: in the one spelling that it has with us (numbers.ts). `urgent`: an emergency. */
export type DialledByHand =
  | { readonly number: string; readonly whole: string; readonly urgent?: true; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly urgent?: undefined }

/**
 * The same where a person dials: no hour is too early or too late for them, and an emergency is theirs to call, whatever numbers
 * are allowed, with the outside-line digit or without. An extension they key in themselves.
 */
export function numberDialledByHand(text: string, rules: DiallingRules): DialledByHand {
  const { outsideLine } = rules
  const urgent = outsideLine !== '' && isEmergency(text.slice(1)) && text.startsWith(outsideLine) ? text.slice(1) : text
  if (isEmergency(urgent)) return { number: outsideLine + urgent, whole: urgent, urgent: true }
  const allowed = allowedNumber(text, rules)
  if (typeof allowed === 'string') return { refusal: refused(allowed) }
  return { number: forTrunk(allowed, rules), whole: allowed.bare }
}

/** 110, 119, 120, 122, and what people from elsewhere would dial: 112, 999. */
export const isEmergency = (text: string): boolean => /^(?:11[029]|12[02]|999)$/.test(text)

const forTrunk = ({ bare, world }: FullNumber, { outsideLine, form }: DiallingRules): string =>
  outsideLine + (form === 'e164' ? `+${world}` : bare)

/** Why it is dialled at no time; undefined: it may be, outside quiet hours. */
export function refusedForGood(text: string, rules: DiallingRules): Refusal | undefined {
  const allowed = allowedNumber(text, rules)
  return typeof allowed === 'string' ? refused(allowed) : undefined
}

function allowedNumber(text: string, { area, prefixes }: DiallingRules): FullNumber | Unfit | 'not-allowed' {
  const number = readNumber(text, area)
  const isAllowed = typeof number === 'string' || prefixes.some(prefix => number.world.startsWith(prefix))
  return isAllowed ? number : 'not-allowed'
}

/** Of one of these numbers, on which the centre itself is called; undefined: it is none of them. */
export function refusedAsOwn(text: string, own: Iterable<string>): Refusal | undefined {
  const bare = bareNumber(text)
  const isOwn = bare !== '' && [...own].some(number => bareNumber(number) === bare)
  return isOwn ? refused('own-number') : undefined
}

/** None of them tells the number. */
const SENTENCES: Record<Reason, string> = {
  'no-number': 'this is no number that can be dialled from here: it must be whole, with its area code or country code',
  'service-number': 'emergency and service numbers are never dialled by the hotline',
  'own-number': 'that number is one of the hotline itself: the call would come round to it again',
  'not-allowed': 'the dialling rules do not allow numbers that begin like that',
  'quiet-hours': 'it is too early or too late there to be called',
}
const refused = (reason: Reason): Refusal => ({ reason, sentence: SENTENCES[reason] })

function zoneOf(world: string, { zones }: DiallingRules): string | undefined {
  const there = zones.filter(({ prefix }) => world.startsWith(prefix))
  return there.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.zone
}

const MINUTE_MS = 60_000
const DAY = 1_440

/** The first moment from then on that is not quiet, by clocks that may be put forward or back meanwhile. */
function quietUntil(at: number, quiet: NonNullable<DiallingRules['quiet']>, minuteAt: (at: number) => number): number {
  const isQuiet = (time: number): boolean => isWithin(minuteAt(time), quiet)
  let until = at
  while (isQuiet(until))
    until = Math.floor(until / MINUTE_MS) * MINUTE_MS + untilEnd(minuteAt(until), quiet) * MINUTE_MS
  // Put forward, they went past the end sooner.
  while (until > at && !isQuiet(until - MINUTE_MS)) until -= MINUTE_MS
  return until
}

const isWithin = (minute: number, { from, to }: { from: number; to: number }): boolean =>
  from < to ? from <= minute && minute < to : from > to && (minute >= from || minute < to)

const untilEnd = (minute: number, { to }: { to: number }): number => (to - minute + DAY) % DAY

/** Which of the centre's numbers whoever is dialled sees: the line's own, else the one that the caller dialled; undefined: none. */
export const numberToShow = (own: string | null | undefined, dialled: string): string | undefined =>
  own ?? (isShowable(dialled) ? dialled : undefined)

/** Whether a trunk may be asked to show it as the caller's number. */
export const isShowable = (number: string): boolean => /^\+?[0-9]{3,20}$/.test(number)
