import { bareNumber } from '../numbers.ts'

/** `bare` as in numbers.ts; `world`: with its country code, digits alone. `extension`: to be keyed in once it is answered. */
export type FullNumber = { readonly bare: string; readonly world: string; readonly extension?: string }
export type Unfit = 'no-number' | 'service-number'

/**
 * What a number is that somebody showed or typed, by the numbering plan of China (GB/T) and E.164. `area`: the centre's own,
 * such as 021, for numbers without one.
 */
export function readNumber(text: string, area: string | null): FullNumber | Unfit {
  if (text.length > LONGEST) return 'no-number'
  // Full-width digits are digits, too.
  const plain = text.normalize('NFKC').trim()
  const marked = MARKED.exec(plain)
  const main = marked ? plain.slice(0, marked.index) : plain
  const whole = known(main, area)
  if (marked) return typeof whole === 'string' ? whole : { ...whole, extension: marked[1]! }
  const joined = whole === 'no-number' ? JOINED.exec(plain) : null
  const before = joined ? known(joined[1]!, area) : whole
  return joined && typeof before !== 'string' ? { ...before, extension: joined[2]! } : whole
}

const LONGEST = 60
/** 转801, x801, ext. 801, #801, ;ext=801 or ,801 at the end. */
const MARKED = /\s*(?:转接?|分机|;?\s*ext(?:ension)?[.:=]?|x|#|,+)\s*(\d{1,6})$/i
/** 010-62345678-801: its last digits, where with them it would be too long. */
const JOINED = /^(.*\d.*)[-–\s](\d{1,6})$/
const SEPARATORS = /[\s().\-–—/·]/g

function known(text: string, area: string | null): FullNumber | Unfit {
  const typed = text.replace(SEPARATORS, '')
  if (!/^\+?\d{1,25}$/.test(typed)) return 'no-number'
  const digits = typed.replace('+', '00')
  if (isService(digits)) return 'service-number'
  // The zero of an area code has no place behind a country code, and is often written there: +86 (0)10.
  const bare = bareNumber(digits.replace(/^(0086|86)0(?=[1-9]\d{8,10}$)/, '$1'))
  const full = area !== null && LOCAL.test(bare) ? area + bare : bare
  if (full.startsWith('00')) return ABROAD.test(full) ? { bare: full, world: full.slice(2) } : 'no-number'
  return AT_HOME.test(full) ? { bare: full, world: `86${full.replace(/^0/, '')}` } : 'no-number'
}

/** Of Beijing 10, of large cities 2x, of all others three digits; without the zero before it. */
const AREA = '(?:10|2\\d|[3-9]\\d\\d)'
const LOCAL = /^[2-8]\d{6,7}$/
/** A mobile; 400 or 800; a line with its area code. A line begins with 2 to 8: what begins like 110 is never one, however long. */
const AT_HOME = new RegExp(`^(?:1[3-9]\\d{9}|[48]00\\d{7}|0${AREA}[2-8]\\d{6,7})$`)
/** E.164: at most 15 digits. China is not abroad, whatever stands behind its code. */
const ABROAD = /^00(?!86)[1-9]\d{7,14}$/

/**
 * Emergencies (110, 119, 120, 122, 112, 999), carriers (10086), banks (95588), hotlines (12345): so short is no person's
 * number. Also behind an outside-line digit, the country code, an area code; and 86110 as well as +86110.
 */
const isService = (digits: string): boolean =>
  SHORT.test(digits) || SHORT_ABROAD.test(digits) || URGENT_BEHIND_CODE.test(digits)
const SHORT = new RegExp(`^[09]?(?:0086(?:0?${AREA})?|0${AREA}?)?\\d{1,6}$`)
/** +1 911, +44 999. */
const SHORT_ABROAD = /^[09]?00\d{1,7}$/
/** Without + or 00 nearly everything that begins with 86 is a line of some city. */
const URGENT_BEHIND_CODE = new RegExp(`^[09]?86(?:0?${AREA})?(?:1[012]\\d|911|999)$`)
