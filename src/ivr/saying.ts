import type { Kind, Language, Prompt } from './flow.ts'
import { count, digits, number } from './speech.ts'

/**
 * What a `say` node makes of a value: prompts of `sounds/catalogue.json`, in order, by the grammar of each language. Undefined
 * where the value is nothing of that kind.
 */
export function saying(kind: Kind, value: string | number, language: Language): Prompt[] | undefined {
  const said = GRAMMARS[kind](value, language)
  return said && said.length > 0 ? said : undefined
}

type Grammar = (value: string | number, language: Language) => Prompt[] | undefined

const GRAMMARS: Record<Kind, Grammar> = {
  digits: value => (/^[0-9*# -]+$/.test(String(value)) ? digits(String(value)) : undefined),
  number: (value, language) => whole(value, n => signed(n, size => large(size, language))),
  money: (value, language) => cents(value, n => signed(n, size => money(size, language))),
  date: (value, language) => parts(value, /^(\d{4})-(\d{2})-(\d{2})$/, ([y, m, d]) => date(y!, m!, d!, language)),
  time: (value, language) => parts(value, /^(\d{2}):(\d{2})$/, ([h, m]) => time(h!, m!, language)),
  duration: (value, language) => whole(value, n => (n < 0 ? undefined : duration(n, language))),
}

/** Beyond this nobody can follow. */
const LARGEST = 999_999_999

function whole(value: string | number, say: (n: number) => Prompt[] | undefined): Prompt[] | undefined {
  const n = typeof value === 'number' ? value : /^-?\d{1,12}$/.test(value) ? Number(value) : Number.NaN
  return Number.isInteger(n) && Math.abs(n) <= LARGEST ? say(n) : undefined
}

/** In hundredths, without the errors of fractions: 0.1 + 0.2 is thirty of them. */
function cents(value: string | number, say: (n: number) => Prompt[]): Prompt[] | undefined {
  if (typeof value === 'string' && !/^-?\d{1,9}(\.\d+)?$/.test(value)) return undefined
  const n = Math.round(Number(value) * 100)
  // A remainder as of 0.3 - 0.1 - 0.2 is none, also where it is negative.
  return Math.abs(n) <= LARGEST * 100 ? say(n === 0 ? 0 : n) : undefined
}

function parts(
  value: string | number,
  form: RegExp,
  say: (numbers: number[]) => Prompt[] | undefined,
): Prompt[] | undefined {
  const found = form.exec(String(value))
  return found ? say(found.slice(1).map(Number)) : undefined
}

const signed = (n: number, say: (size: number) => Prompt[]): Prompt[] => (n < 0 ? ['number/minus', ...say(-n)] : say(n))

/** Mandarin counts in ten thousands (万) and their squares (亿), English in thousands. */
const large = (n: number, language: Language): Prompt[] => (language === 'zh' ? inMyriads(n) : inThousands(n))

function inThousands(n: number): Prompt[] {
  const [millions, thousands, rest] = [Math.floor(n / 1_000_000), Math.floor(n / 1_000) % 1_000, n % 1_000]
  return [
    ...(millions > 0 ? [...number(millions), 'number/million'] : []),
    ...(thousands > 0 ? [...number(thousands), 'number/thousand'] : []),
    ...(rest > 0 || n === 0 ? number(rest) : []),
  ]
}

/** 20500: 两万零五百. Where a lower group does not fill its places, or one is left out, a single 零 says so. */
function inMyriads(n: number): Prompt[] {
  const groups = [
    { size: Math.floor(n / 100_000_000), unit: ['number/yi'] },
    { size: Math.floor(n / 10_000) % 10_000, unit: ['number/wan'] },
    { size: n % 10_000, unit: [] },
  ]
  const said: Prompt[] = []
  for (const [i, { size, unit }] of groups.entries()) {
    if (size === 0) continue
    const gap = said.length > 0 && (size < 1_000 || groups[i - 1]!.size === 0)
    said.push(...(gap ? afterGap(size) : unit.length > 0 && size === 2 ? ['number/pair'] : upToMyriad(size)), ...unit)
  }
  return said.length > 0 ? said : number(0)
}

function upToMyriad(n: number): Prompt[] {
  const thousands = n - (n % 1_000)
  const rest = n % 1_000
  if (thousands === 0) return number(rest)
  if (rest === 0) return [`number/${thousands}`]
  return [`number/${thousands}`, ...(rest < 100 ? afterGap(rest) : number(rest))]
}

/** 零五, 零一十五, 零二十五, 零三百: after a place that is not filled. */
function afterGap(n: number): Prompt[] {
  if (n < 10) return [`number/and/${n}`]
  return ['number/0', ...(n < 20 ? [`number/and/${n}`] : upToMyriad(n))]
}

/** `n` hundredths. 12.05: 十二元零五分; 2.20: 两元两角. */
function money(n: number, language: Language): Prompt[] {
  const [yuan, rest] = [Math.floor(n / 100), n % 100]
  if (language === 'en') {
    const fen = rest > 0 ? [...number(rest), 'money/fen'] : []
    return yuan === 0 && rest > 0
      ? fen
      : [...large(yuan, 'en'), 'money/yuan', ...(rest > 0 ? ['money/and', ...fen] : [])]
  }
  const [jiao, fen] = [Math.floor(rest / 10), rest % 10]
  const whole = yuan > 0 || rest === 0 ? [...(yuan === 2 ? count(2) : large(yuan, 'zh')), 'money/yuan'] : []
  return [
    ...whole,
    ...(jiao > 0 ? [...count(jiao), 'money/jiao'] : []),
    ...(fen > 0 ? [...(jiao === 0 && yuan > 0 ? [`number/and/${fen}`] : count(fen)), 'money/fen'] : []),
  ]
}

/** 二零二六年十一月二十六日; "November twenty-sixth, twenty twenty-six". */
function date(year: number, month: number, day: number, language: Language): Prompt[] | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined
  if (language === 'en') return [`month/${month}`, `ordinal/${day}`, ...yearInEnglish(year)]
  return [...[...String(year)].map(d => `number/${d}`), 'date/year', `month/${month}`, `ordinal/${day}`]
}

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** 2026: twenty twenty-six; 2006: two thousand six; 1905: nineteen oh five; 1900 is left to "one thousand nine hundred". */
function yearInEnglish(year: number): Prompt[] {
  const [century, rest] = [Math.floor(year / 100), year % 100]
  if (rest === 0 || (rest < 10 && century % 10 === 0)) return large(year, 'en')
  return [...number(century), ...(rest < 10 ? ['time/oh'] : []), ...number(rest)]
}

/** 上午九点零五分; "nine oh five a m". */
function time(hour: number, minute: number, language: Language): Prompt[] | undefined {
  if (hour > 23 || minute > 59) return undefined
  const onClock = hour === 0 ? 0 : hour > 12 ? hour - 12 : hour
  if (language === 'en') {
    const half = hour < 12 ? 'time/am' : 'time/pm'
    const minutes = minute === 0 ? [] : minute < 10 ? ['time/oh', ...number(minute)] : number(minute)
    return [`hour/${onClock}`, ...minutes, half]
  }
  const minutes =
    minute === 0 ? ['time/sharp'] : [...(minute < 10 ? [`number/and/${minute}`] : number(minute)), 'time/minutes']
  return [`daytime/${partOfDay(hour)}`, `hour/${onClock}`, ...minutes]
}

function partOfDay(hour: number): string {
  if (hour < 6) return 'night'
  if (hour < 9) return 'early'
  if (hour < 12) return 'morning'
  if (hour < 13) return 'noon'
  return hour < 18 ? 'afternoon' : 'evening'
}

/** In seconds: 两小时三分钟; "two hours three minutes". */
function duration(seconds: number, language: Language): Prompt[] {
  const units: [number, string][] = [
    [Math.floor(seconds / 3_600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ]
  const said = units.flatMap(([n, unit]) =>
    n > 0 ? [...counted(n, language), `duration/${unit}${n === 1 ? '' : 's'}`] : [],
  )
  return said.length > 0 ? said : [...number(0), 'duration/seconds']
}

const counted = (n: number, language: Language): Prompt[] => (n === 2 ? count(2) : large(n, language))
