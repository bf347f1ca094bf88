import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import { draftNames, loadDraft } from '../database/flows.ts'
import { loadCentre } from '../database/load.ts'
import { addPrompt, loadPrompts, removePrompt } from '../database/prompts.ts'
import { BadInput, NotFound } from '../errors.ts'
import { insistOnName } from '../flows/names.ts'
import { promptTexts, recordedPrompts } from '../flows/prompts.ts'
import { type Flow, LANGUAGE_NAMES, LANGUAGES, type Language, otherLanguage, type Prompt } from '../ivr/flow.ts'
import { says } from '../ivr/uses.ts'
import type { Queue } from '../queue/queue.ts'
import { csvTable } from '../report/csv.ts'
import type { Cell, Column } from '../report/tables.ts'
import { textTable } from '../report/text.ts'
import { Unsound } from '../sound/failure.ts'
import { BYTES_AT_MOST, type Made, promptOf, RATE } from '../sound/prompt.ts'
import { msOfWav } from '../sound/wav.ts'
import { withDatabase } from './ask.ts'

/** Prompts that managers upload, beside those of the house. */

const TEXT_AT_MOST = 2_000

export async function promptAdd(
  config: Config,
  name: string,
  file: string,
  asked: { language: string; text: string },
): Promise<string> {
  const language = languageIn(asked.language)
  await insistOnOwnName(config, name)
  const text = asked.text.trim()
  if (text.length === 0 || text.length > TEXT_AT_MOST || /\p{Cc}/u.test(text))
    throw new BadInput('text', `--text must be what is said, in one line of 1 to ${TEXT_AT_MOST} characters.`)
  return withDatabase(config, async knex => {
    const made = await promptIn(file)
    await addPrompt(knex, { name, language, text, ...made })
    const isWhole = (await loadPrompts(knex)).some(one => one.name === name && one.language !== language)
    const lack = `A flow that says it can be published once it is there in ${LANGUAGE_NAMES[otherLanguage(language)]}, too.`
    return [
      `The prompt ${name} is there in ${LANGUAGE_NAMES[language]}: ${(made.lengthMs / 1_000).toFixed(1)} s.`,
      isWhole ? 'A flow can say it now; where one does already, the next caller hears it so.' : lack,
    ].join(' ')
  })
}

async function promptIn(file: string): Promise<Made> {
  try {
    if ((await stat(file)).size > BYTES_AT_MOST)
      throw new Unsound(`is too large: at most ${BYTES_AT_MOST / 1e6} MB are taken; an MP3 is smaller.`)
    return await promptOf(await readFile(file))
  } catch (thrown) {
    if (thrown instanceof Unsound) throw new BadInput('file', `${file} ${thrown.message}`)
    if ((thrown as NodeJS.ErrnoException).syscall === undefined) throw thrown
    throw new BadInput('file', `${file} cannot be read: ${(thrown as Error).message}`)
  }
}

async function insistOnOwnName({ soundsFolder }: Config, name: string): Promise<void> {
  insistOnName('name', name)
  const house = await housePrompts(soundsFolder)
  if (house.some(one => one.name === name))
    throw new BadInput('name', `${name} is a prompt of the house: give yours another name, and let your flow say that.`)
}

/** What a published flow says, or a queue plays, stays: the next caller would hear nothing in its place. */
export async function promptRemove(config: Config, name: string, only?: string): Promise<string> {
  const language = only === undefined ? undefined : languageIn(only)
  return withDatabase(config, async knex => {
    const { library, queues } = await loadCentre(knex, config.zone)
    const flows = library.current.filter(flow => says(flow, name)).map(flow => flow.id)
    const saying = [...flows, ...queues.filter(queue => plays(queue, name)).map(asQueue)]
    if (saying.length > 0) throw new BadInput('name', `${name} is said by ${saying.join(', ')}.`)
    const languages = await removePrompt(knex, name, language)
    if (languages.length === 0)
      throw new NotFound(`There is no uploaded prompt ${name}${language ? ` in ${LANGUAGE_NAMES[language]}` : ''}.`)
    return `The prompt ${name} is removed in ${LANGUAGES.filter(one => languages.includes(one))
      .map(one => LANGUAGE_NAMES[one])
      .join(' and ')}.`
  })
}

type Listed = { name: Prompt; language: Language; text: string; lengthMs: number; from: 'uploaded' | 'house' }

/** The uploaded ones first. */
export const promptList = (config: Config, csv: boolean): Promise<string> =>
  withDatabase(config, async knex => {
    const uploaded = (await loadPrompts(knex)).map(one => ({ ...one, from: 'uploaded' as const }))
    const usage = await usageIn(knex, config)
    const all: Listed[] = [...uploaded, ...(await housePrompts(config.soundsFolder))]
    return csv ? csvTable(columns(usage), all) : textTable(columns(usage), all)
  })

type Usage = readonly { readonly as: string; readonly says: (prompt: Prompt) => boolean }[]

async function usageIn(knex: Knex, { zone }: Config): Promise<Usage> {
  const { library, queues } = await loadCentre(knex, zone)
  const drafts = await Promise.all((await draftNames(knex)).map(name => loadDraft(knex, name)))
  const saying = (as: string, flow: Flow) => ({ as, says: (prompt: Prompt) => says(flow, prompt) })
  return [
    ...library.current.map(flow => saying(flow.id, flow)),
    ...drafts.flatMap(flow => (flow ? saying(`${flow.id} (draft)`, flow) : [])),
    ...queues.map(queue => ({ as: asQueue(queue), says: (prompt: Prompt) => plays(queue, prompt) })),
  ]
}

const asQueue = ({ id }: Queue): string => `queue ${id}`

/** To who waits in it. */
const plays = ({ music, comfort }: Queue, prompt: Prompt): boolean =>
  music === prompt || comfort.prompts.includes(prompt)

function columns(usage: Usage): Column<Listed>[] {
  const of = (head: string, kind: Cell['kind'], value: (row: Listed) => Cell['value']): Column<Listed> => {
    return { head, kind, wide: false, cell: row => ({ kind, value: value(row) }) }
  }
  const saying = (name: Prompt) => usage.flatMap(({ as, says }) => (says(name) ? as : []))
  return [
    of('prompt', 'text', row => row.name),
    of('language', 'text', row => row.language),
    of('from', 'text', row => row.from),
    of('seconds', 'count', row => Math.round(row.lengthMs / 100) / 10),
    of('said by', 'text', row => saying(row.name).join(', ') || null),
    of('text', 'text', row => row.text || null),
  ]
}

async function housePrompts(soundsFolder: string): Promise<Listed[]> {
  const recorded = await recordedPrompts(soundsFolder)
  const texts = await promptTexts(soundsFolder)
  const all = LANGUAGES.flatMap(language => [...recorded[language]].map(name => ({ name, language })))
  const sorted = all.sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1))
  return Promise.all(
    sorted.map(async ({ name, language }) => {
      const { size } = await stat(join(soundsFolder, language, `${name}.wav`))
      return {
        name,
        language,
        text: texts[name]?.[language] ?? '',
        lengthMs: msOfWav(size, RATE),
        from: 'house' as const,
      }
    }),
  )
}

function languageIn(text: string): Language {
  const language = LANGUAGES.find(known => known === text)
  if (!language) throw new BadInput('language', `--language must be ${LANGUAGES.join(' or ')}, not ${text}.`)
  return language
}
