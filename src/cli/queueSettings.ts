import { isShowable } from '../dialling/dialling.ts'
import { STRATEGIES } from '../queue/queue.ts'

/** How the settings of a queue are typed and shown, and where each stands in the table queues. */

export type Setting = {
  readonly column: string
  /** What is allowed, for people. */
  readonly allowed: string
  /** Undefined: it is not allowed. */
  readonly read: (words: string) => unknown
  readonly write: (value: unknown) => string
}

const NONE = 'none'
/** The columns are integers. */
const LONGEST_MS = 2 ** 31 - 1

export const name = (column: string): Setting => ({
  column,
  allowed: '1 to 40 letters',
  read: words => (words.length > 0 && words.length <= 40 ? words : undefined),
  write: String,
})

/** The table has ms; people type seconds. */
const seconds = (column: string, least: number): Setting => ({
  column,
  allowed: `seconds, ${least === 0 ? '0 or more' : 'more than 0'}, such as 15`,
  read: words => {
    const ms = Math.round(Number(words) * 1_000)
    return words !== '' && ms >= least && ms <= LONGEST_MS ? ms : undefined
  },
  write: ms => String(Number(ms) / 1_000),
})

const flow = (column: string): Setting => ({
  column,
  allowed: 'a flow, or none',
  read: words => (words === NONE ? null : words || undefined),
  write: value => String(value ?? NONE),
})

const whole = (column: string, least: number, most: number): Setting => ({
  column,
  allowed: `a whole number from ${least} to ${most}`,
  read: words => (/^[0-9]{1,6}$/.test(words) && +words >= least && +words <= most ? Number(words) : undefined),
  write: String,
})

/** As the table has it; Asterisk's classes of music are named by it. */
const PROMPT = /^[a-z0-9][a-z0-9/-]{0,79}$/
const PROMPTS_AT_MOST = 20

function promptsIn(words: string): string[] | undefined {
  if (words === NONE) return []
  const prompts = words.split(',').map(prompt => prompt.trim())
  return prompts.length <= PROMPTS_AT_MOST && prompts.every(prompt => PROMPT.test(prompt)) ? prompts : undefined
}

type Levels = Record<string, number>

export function levelsIn(words: string): Levels | undefined {
  if (words === NONE) return {}
  const pairs = words.split(',').map(pair => /^([a-z][a-z0-9-]*):([1-9]|10)$/.exec(pair.trim()))
  return pairs.every(pair => pair !== null)
    ? Object.fromEntries(pairs.map(([, skill, level]) => [skill!, Number(level)]))
    : undefined
}

export const levelsOf = (levels: Levels): string =>
  Object.entries(levels)
    .map(([skill, level]) => `${skill}:${level}`)
    .join(',') || NONE

type Step = { afterMs: number; skills: Levels }

function stepsIn(words: string): Step[] | undefined {
  if (words === NONE) return []
  const steps = words.split(';').map(step => {
    const [after = '', levels = ''] = step.trim().split(/ +(.*)/s)
    return { afterMs: Math.round(Number(after) * 1_000), skills: levelsIn(levels.trim()) }
  })
  const isFit = steps.every(({ afterMs, skills }, i) => skills && afterMs > (steps[i - 1]?.afterMs ?? 0))
  return isFit ? (steps as Step[]) : undefined
}

const json = (read: (words: string) => unknown) => (words: string) => {
  const value = read(words)
  return value === undefined ? undefined : JSON.stringify(value)
}

/** People type minutes. */
const minutesOrNone = (column: string): Setting => ({
  column,
  allowed: 'whole minutes from 1 to 10080, or none',
  read: words =>
    words === NONE ? null : /^[1-9][0-9]{0,4}$/.test(words) && +words <= 10_080 ? +words * 60_000 : undefined,
  write: ms => (ms === null ? NONE : String(Number(ms) / 60_000)),
})

export const yesOrNo = (column: string): Setting => ({
  column,
  allowed: 'yes or no',
  read: words => (words === 'yes' ? true : words === 'no' ? false : undefined),
  write: value => (value ? 'yes' : 'no'),
})

const MOST_PAUSES = 20

/** In seconds, one before each further try. */
function pausesIn(words: string): number[] | undefined {
  if (words === NONE) return []
  const pauses = words.split(',').map(pause => Math.round(Number(pause) * 1_000))
  const areFit = pauses.every(ms => ms >= 1_000 && ms <= LONGEST_MS) && pauses.length <= MOST_PAUSES
  return areFit ? pauses : undefined
}

export const SETTINGS: Readonly<Record<string, Setting>> = {
  'name-zh': name('name_zh'),
  'name-en': name('name_en'),
  skills: {
    column: 'skills',
    allowed: 'skills with their least levels from 1 to 10, such as sales:3,english:1, or none',
    read: json(levelsIn),
    write: value => levelsOf(value as Levels),
  },
  relaxing: {
    column: 'relaxing',
    allowed: 'what is enough after so many seconds, in order of time, such as "60 sales:1; 120 none", or none',
    read: json(stepsIn),
    write: value =>
      (value as Step[]).map(({ afterMs, skills }) => `${afterMs / 1_000} ${levelsOf(skills)}`).join('; ') || NONE,
  },
  strategy: {
    column: 'strategy',
    allowed: `one of ${STRATEGIES.join(', ')}`,
    read: words => STRATEGIES.find(strategy => strategy === words),
    write: String,
  },
  ring: seconds('ring_ms', 1),
  'wrap-up': seconds('wrap_up_ms', 0),
  'announce-every': seconds('announce_every_ms', 1),
  music: {
    column: 'music',
    allowed: 'the key of a prompt, which is played over and over, or none for the music of the house',
    read: words => (words === NONE ? null : PROMPT.test(words) ? words : undefined),
    write: value => String(value ?? NONE),
  },
  comfort: {
    column: 'comfort',
    allowed: `1 to ${PROMPTS_AT_MOST} keys of prompts, which are told in turn, such as app-tip,web-tip, or none`,
    read: json(promptsIn),
    write: value => (value as string[]).join(',') || NONE,
  },
  'comfort-first': seconds('comfort_first_ms', 1),
  'comfort-every': seconds('comfort_every_ms', 1),
  'longest-wait': seconds('longest_wait_ms', 1),
  'service-level': seconds('service_level_ms', 1),
  'head-start': seconds('head_start_ms', 0),
  'repeat-within': seconds('repeat_within_ms', 0),
  'repeat-head-start': seconds('repeat_head_start_ms', 0),
  'last-agent': seconds('last_agent_ms', 0),
  'most-waiting': {
    column: 'most_waiting',
    allowed: 'a whole number from 1 on, or none',
    read: words => (words === NONE ? null : /^[1-9][0-9]{0,5}$/.test(words) ? Number(words) : undefined),
    write: value => String(value ?? NONE),
  },
  'overflow-wait': flow('overflow_wait'),
  'overflow-length': flow('overflow_length'),
  'overflow-nobody': flow('overflow_nobody'),
  'keep-place': yesOrNo('callback_keeps_place'),
  'callback-within': seconds('callback_within_ms', 1),
  'callback-pauses': {
    column: 'callback_pauses',
    allowed: 'the seconds before each further try, such as 300,1800, or none',
    read: json(pausesIn),
    write: value => (value as number[]).map(ms => ms / 1_000).join(',') || NONE,
  },
  'callback-after-low-score': yesOrNo('callback_after_low_score'),
  'duty-after': minutesOrNone('duty_after_ms'),
  survey: flow('survey'),
  'survey-share': whole('survey_share', 0, 100),
  shows: {
    column: 'shows',
    allowed: 'a number of 3 to 20 digits, perhaps with + in front, as the trunk takes it, or none',
    read: words => (words === NONE ? null : isShowable(words) ? words : undefined),
    write: value => String(value ?? NONE),
  },
  'survey-every-days': whole('survey_every_days', 0, 90),
}
