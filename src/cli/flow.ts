import { readFile } from 'node:fs/promises'
import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import { formerRelease, loadDraft, loadReleases, publish, saveDraft } from '../database/flows.ts'
import { loadCentre } from '../database/load.ts'
import { BadInput, NotFound } from '../errors.ts'
import { flowSchema, readFlow } from '../flows/document.ts'
import { evaluate, expressionFault } from '../flows/expressions.ts'
import { promptTexts, recordedPrompts } from '../flows/prompts.ts'
import { rehearsalText } from '../flows/rehearsal-text.ts'
import { type Fault, faultsOf } from '../ivr/check.ts'
import { drawing } from '../ivr/drawing.ts'
import { type Flow, LANGUAGES, type Language } from '../ivr/flow.ts'
import { rehearse } from '../ivr/rehearsal.ts'
import { withDatabase } from './ask.ts'

/** `FILE.json`, or the name of a flow: its draft where there is one, else what is in force. */
async function flowAt(knex: Knex, place: string): Promise<Flow> {
  if (place.endsWith('.json')) return flowIn(place)
  const flow = (await loadDraft(knex, place)) ?? (await loadCentre(knex)).library.flow(place, Number.MAX_SAFE_INTEGER)
  if (!flow) throw new NotFound(`There is no flow ${place}; there are ${(await names(knex)).join(', ')}.`)
  return flow
}

async function flowIn(file: string): Promise<Flow> {
  const text = await readFile(file, 'utf8').catch(thrown => {
    throw new BadInput('file', `${file} cannot be read: ${(thrown as Error).message}`)
  })
  const { flow, faults } = readFlow(text)
  if (!flow) throw new Unfit(file, faults)
  return flow
}

/** A document that cannot work: each fault with its path. */
class Unfit extends BadInput {
  constructor(what: string, faults: readonly Fault[]) {
    const lines = faults.map(({ path, sentence }) => `  ${path === '' ? '(document)' : path}: ${sentence}`)
    super('flow', [`${what} cannot work:`, ...lines].join('\n'))
  }
}

const names = async (knex: Knex): Promise<string[]> =>
  (await loadCentre(knex)).library.current.map(flow => flow.id).sort()

async function insistOnFit(knex: Knex, { soundsFolder }: Config, flow: Flow): Promise<void> {
  const prompts = await recordedPrompts(soundsFolder)
  const queues = new Set((await loadCentre(knex)).queues.map(({ id }) => id))
  const flows = new Set(await names(knex))
  const faults = faultsOf(flow, { prompts, queues, flows, expressionFault })
  if (faults.length > 0) throw new Unfit(flow.id, faults)
}

export async function flowList(config: Config): Promise<string> {
  return withDatabase(config, async knex => {
    const releases = await loadReleases(knex)
    const lines = (await names(knex)).map(async name => {
      const latest = releases.findLast(({ flow }) => flow.id === name)?.number ?? 0
      const draft = (await loadDraft(knex, name)) ? ', and a draft' : ''
      return `${name}: release ${latest}${draft}`
    })
    return (await Promise.all(lines)).join('\n')
  })
}

/** As JSON, to be changed in an editor. */
export const flowShow = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => JSON.stringify(await flowAt(knex, place), null, 2))

export const flowCheck = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => {
    const flow = await flowAt(knex, place)
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
    const flow = await flowAt(knex, place)
    await insistOnFit(knex, config, flow)
    return `${flow.id} is published: release ${await publish(knex, flow)}. Callers meet it from the next call on.`
  })

export const flowRollBack = (config: Config, name: string, to?: number): Promise<string> =>
  withDatabase(config, async knex => {
    const former = await formerRelease(knex, name, to)
    if (!former) throw new NotFound(`${name} has no ${to === undefined ? 'former release' : `release ${to}`}.`)
    await insistOnFit(knex, config, former.flow)
    return `${name} is again as in release ${former.number}: release ${await publish(knex, former.flow)}.`
  })

export const flowTry = (config: Config, place: string, asked: { keys?: string; language: string }): Promise<string> =>
  withDatabase(config, async knex => {
    if (!isLanguage(asked.language)) throw new BadInput('language', `--language must be ${LANGUAGES.join(' or ')}.`)
    const flow = await flowAt(knex, place)
    await insistOnFit(knex, config, flow)
    const keys = asked.keys?.split(',').map(key => key.trim()) ?? []
    const { library } = await loadCentre(knex)
    const around = {
      flow: (id: string) => (id === flow.id ? flow : library.flow(id, library.latest)!),
      variables: { caller: '', called: '', language: asked.language },
      evaluate,
    }
    return rehearsalText(rehearse(around, flow.id, keys, asked.language), await promptTexts(config.soundsFolder))
  })

export const flowDraw = (config: Config, place: string): Promise<string> =>
  withDatabase(config, async knex => drawing(await flowAt(knex, place)))

export const flowSchemaText = (): string => JSON.stringify(flowSchema(), null, 2)

const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text)
