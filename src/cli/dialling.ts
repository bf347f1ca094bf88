import type { Command } from 'commander'
import { IANAZone } from 'luxon'
import type { Config } from '../config.ts'
import { loadDialling, setDialling } from '../database/dialling.ts'
import { type DiallingRules, FORMS, isShowable } from '../dialling/dialling.ts'
import { withDatabase } from './ask.ts'
import type { Setting } from './queueSettings.ts'
import { rowIn } from './settings.ts'

/** Which numbers outside may be dialled, and when. */

export function diallingCommands(program: Command, config: () => Config): void {
  const dialling = program.command('dialling').description('which numbers outside the hotline may dial, and when')
  dialling
    .command('show')
    .description('the rules as they are')
    .action(async () => console.log(await diallingShow(config())))
  dialling
    .command('set')
    .description('whoever is dialled from now on is dialled by these')
    .argument('<setting...>', 'such as quiet=21:00-08:00 prefixes=86,852; `dialling show` shows them all')
    .action(async words => console.log(await diallingSet(config(), words)))
}

export const diallingShow = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const rules: Record<string, unknown> = await loadDialling(knex)
    return Object.entries(SETTINGS)
      .map(([name, { column, write }]) => `${name}=${write(rules[column])}`)
      .join('\n')
  })

export const diallingSet = (config: Config, words: string[]): Promise<string> =>
  withDatabase(config, async knex => {
    const changed = rowIn(words, SETTINGS) as Partial<DiallingRules>
    await setDialling(knex, { ...(await loadDialling(knex)), ...changed })
    return 'The dialling rules are set so from now on.'
  })

const NONE = 'none'
const PREFIX = /^[1-9][0-9]{0,14}$/

/** `column`: the field of the rules. */
const SETTINGS: Record<string, Setting & { column: keyof DiallingRules }> = {
  prefixes: {
    column: 'prefixes',
    allowed: 'what numbers may begin with, with the country code and without +, such as 86,852 or 86138, or none',
    read: words => (words === NONE ? [] : listIn(words, one => (PREFIX.test(one) ? one : undefined))),
    write: value => (value as string[]).join(',') || NONE,
  },
  area: {
    column: 'area',
    allowed: 'your own area code, such as 021, or none',
    read: words => (words === NONE ? null : /^0[1-9][0-9]{1,2}$/.test(words) ? words : undefined),
    write: value => String(value ?? NONE),
  },
  form: {
    column: 'form',
    allowed: `one of ${FORMS.join(', ')}`,
    read: words => FORMS.find(form => form === words),
    write: String,
  },
  'outside-line': {
    column: 'outsideLine',
    // With a 1, 10… would begin like 110.
    allowed: 'the digit that your trunk wants before each number, 0 or 2 to 9, or none',
    read: words => (words === NONE ? '' : /^[02-9]$/.test(words) ? words : undefined),
    write: value => String(value) || NONE,
  },
  quiet: {
    column: 'quiet',
    allowed: 'from when to when nobody is dialled, such as 21:00-08:00, or none',
    read: words => (words === NONE ? null : quietIn(words)),
    write: value => {
      const quiet = value as DiallingRules['quiet']
      return quiet ? `${time(quiet.from)}-${time(quiet.to)}` : NONE
    },
  },
  shows: {
    column: 'shows',
    allowed: 'your main number, which they see whom agents call, of 3 to 20 digits, such as 4008001000, or none',
    read: words => (words === NONE ? null : isShowable(words) ? words : undefined),
    write: value => String(value ?? NONE),
  },
  zones: {
    column: 'zones',
    allowed: 'where other clocks are than yours, such as 1:America/New_York,44:Europe/London, or none',
    read: words => (words === NONE ? [] : listIn(words, zoneIn)),
    write: value => (value as DiallingRules['zones']).map(({ prefix, zone }) => `${prefix}:${zone}`).join(',') || NONE,
  },
}

/** Undefined where one of them is none. */
function listIn<T>(words: string, read: (one: string) => T | undefined): T[] | undefined {
  const list = words.split(',').map(one => read(one.trim()))
  return list.every(one => one !== undefined) ? list : undefined
}

function zoneIn(words: string): DiallingRules['zones'][number] | undefined {
  const [prefix = '', zone = ''] = words.split(/:(.*)/s)
  return PREFIX.test(prefix) && IANAZone.isValidZone(zone) ? { prefix, zone } : undefined
}

function quietIn(words: string): DiallingRules['quiet'] | undefined {
  const [, h1, m1, h2, m2] = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(words) ?? []
  const quiet = { from: Number(h1) * 60 + Number(m1), to: Number(h2) * 60 + Number(m2) }
  return h1 !== undefined && quiet.from !== quiet.to ? quiet : undefined
}

const time = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map(part => String(part).padStart(2, '0')).join(':')
