import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import {
  draftNames,
  formerRelease,
  loadDraft,
  loadReleases,
  type Published,
  publish,
  releasesOf,
  saveDraft,
} from '../database/flows.ts'
import { loadCentre } from '../database/load.ts'
import { loadPrompts } from '../database/prompts.ts'
import { loadSystems } from '../database/systems.ts'
import { refusedAsOwn } from '../dialling/dialling.ts'
import { BadInput, NotFound } from '../errors.ts'
import { flowSchema, readFlow } from '../flows/document.ts'
import { evaluate, expressionFault } from '../flows/expressions.ts'
import { promptTexts, recordedPrompts, withUploaded, withUploadedTexts } from '../flows/prompts.ts'
import { rehearsalText } from '../flows/rehearsal-text.ts'
import { faultsOf } from '../ivr/check.ts'
import { drawing } from '../ivr/drawing.ts'
import { type Expression, type Flow, LANGUAGES, type Language } from '../ivr/flow.ts'
import type { Library } from '../ivr/library.ts'
import { rehearse } from '../ivr/rehearsal.ts'
import type { Around } from '../ivr/step.ts'
import { clockTime, readMoment } from '../report/interval.ts'
import { withDatabase } from './ask.ts'
import { documentIn, Unfit } from './documents.ts'

/** `FILE.json`, or the name of a flow: its draft where there is one, else what is in force. */
async function flowAt(knex: Knex, { zone }: Config, place: string): Promise<Flow> {
  if (place.endsWith('.json')) return flowIn(place)
  const { library } = await loadCentre(knex, zone)
  const flow = (await loadDraft(knex, place)) ?? library.flow(place, library.latest)
  if (!flow) throw new NotFound(`There is no flow ${place}; there are ${namesIn(library).join(', ')}.`)
  return flow
}

const flowIn = (file: string): Promise<Flow> => documentIn(file, readFlow)

const namesIn = (library: Library): string[] => library.current.map(flow => flow.id).sort()

async function insistOnFit(knex: Knex, { soundsFolder, zone }: Config, flow: Flow): Promise<void> {
  const prompts = withUploaded(await recordedPrompts(soundsFolder), await loadPrompts(knex))
  const centre = await loadCentre(knex, zone)
  const queues = new Set(centre.queues.map(({ id }) => id))
  const calendars = new Set(centre.hours.names)
  const systems = new Set((await loadSystems(knex)).map(({ id }) => id))
  const flows = new Map(centre.library.current.map(other => [other.id, other]))
  const neverDialled = (number: Expression): string | undefined => {
    const { value } = evaluate(number, {})
    if (value === undefined) return undefined
    const own = refusedAsOwn(String(value), centre.numbers.keys())
    return (own ?? centre.dialling.refusedForGood(String(value)))?.sentence
  }
  const faults = faultsOf(flow, { prompts, queues, calendars, systems, flows, expressionFault, neverDialled })
  if (faults.length > 0) throw new Unfit(flow.id, faults)
}

export const flowList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const releases = await loadReleases(knex)
    const drafts = await draftNames(knex)
    const { library } = await loadCentre(knex, config.zone)
    const all = [...new Set([...namesIn(library), ...drafts])].sort()
    const lineOf = (name: string): string => {
      const latest = releases.findLast(({ flow }) => flow.id === name)
      const parts = [...(latest ? [`release ${latest.number}`] : []), ...(drafts.includes(name) ? ['a draft'] : [])]
      return `${name}: ${parts.join(', and ') || 'as it came with Hotline'}`
    }
    return all.map(lineOf).join('\n')
  })

/** As JSON, to be changed in an editor. */
export const flowShow = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => JSON.stringify(await flowAt(knex, config, place), null, 2))

export const flowCheck = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => {
    const flow = await flowAt(knex, config, place)
    await insistOnFit(knex, config, flow)
    return `${flow.id} can be published.`
  })

export const flowDraft = (config: Config, file: string): Promise<string> =>
  withDatabase(config, async knex => {
    const flow = await flowIn(file)
    await saveDraft(knex, flow)
    return `The draft of ${flow.id} is saved; no caller meets it before it is published.`
  })

export const flowPublish = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => {
    const flow = await flowAt(knex, config, place)
    await insistOnFit(knex, config, flow)
    return `${flow.id} is published: release ${await publish(knex, flow)}. Callers meet it from the next call on.`
  })

export const flowRollBack = (config: Config, name: string, to?: number): Promise<string> =>
  withDatabase(config, async knex => {
    const former = await formerRelease(knex, name, to)
    if (!former) throw new NotFound(`${name} has no ${to === undefined ? 'former release' : `release ${to}`}.`)
    await insistOnFit(knex, config, former.flow)
    const number = await publish(knex, former.flow, former.number)
    return `${name} is again as in release ${former.number}: release ${number}.`
  })

/** By the centre's clocks. */
export const flowReleases = (config: Config, name: string): Promise<string> =>
  withDatabase(config, async knex => {
    const releases = await releasesOf(knex, name)
    if (releases.length === 0) throw new NotFound(`${name} has no release.`)
    const lineOf = ({ number, at, restores }: Published, place: number): string => {
      const again = restores === null ? '' : `, again as in release ${restores}`
      return `release ${number}, ${clockTime(at.getTime(), config.zone)}${again}${place === 0 ? ': in force' : ''}`
    }
    return releases.map(lineOf).join('\n')
  })

export type Trying = { keys?: string; language: string; at?: string; answer?: string }

/** Everybody is taken to be on shift: whether they are is nothing that a flow is right or wrong about. */
export const flowTry = (config: Config, place: string, { keys = '', language, at, answer }: Trying): Promise<string> =>
  withDatabase(config, async knex => {
    if (!isLanguage(language)) throw new BadInput('language', `--language must be ${LANGUAGES.join(' or ')}.`)
    const then = at === undefined ? Date.now() : readMoment('at', at, config.zone)
    const flow = await flowAt(knex, config, place)
    await insistOnFit(knex, config, flow)
    const centre = await loadCentre(knex, config.zone)
    const { library, hours } = centre
    const around: Around = {
      flow: id => (id === flow.id ? flow : library.flow(id, library.latest)!),
      variables: { caller: '', called: '', language },
      evaluate,
      mayCallBack: () => true,
      isOpen: calendar => hours.isOpen(calendar, then),
      toDial: number => centre.toDial(number, ''),
    }
    const pressed = keysIn(keys)
    const answered = answer === undefined ? { failure: 'no answer was given to try with' } : { answer: jsonIn(answer) }
    const lines = rehearse(around, flow.id, pressed, language, () => answered)
    return rehearsalText(lines, withUploadedTexts(await promptTexts(config.soundsFolder), await loadPrompts(knex)))
  })

export const flowDraw = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => drawing(await flowAt(knex, config, place)))

export const flowSchemaText = (): string => JSON.stringify(flowSchema(), null, 2)

/** `1,2,#`, or without the commas. */
export function keysIn(words: string): string[] {
  const keys = [...words.replace(/[,\s]/g, '')]
  if (keys.some(key => !/[0-9*#]/.test(key))) throw new BadInput('keys', '--keys must be keys: 0 to 9, * or #')
  return keys
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new BadInput('answer', `--answer must be JSON: ${(thrown as Error).message}`)
  }
}

const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text)
