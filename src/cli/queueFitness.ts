import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import type { QueueRow } from '../database/lines.ts'
import { loadAgents, loadCentre } from '../database/load.ts'
import { loadPrompts } from '../database/prompts.ts'
import { BadInput } from '../errors.ts'
import { recordedPrompts, withUploaded } from '../flows/prompts.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../ivr/flow.ts'
import { type Centre, leadsAway } from '../switchboard/centre.ts'

/** Whether what a queue is to lean on is there. */

/** Throws BadInput, naming the setting. */
export async function refuseUnfit(knex: Knex, { soundsFolder, zone }: Config, row: QueueRow): Promise<void> {
  const centre = await loadCentre(knex, zone)
  for (const why of ['wait', 'length', 'nobody']) {
    const flow = row[`overflow_${why}`]
    if (typeof flow === 'string' && !centre.knows(flow))
      throw new BadInput(
        `overflow-${why}`,
        `overflow-${why} must be a flow that is published, direct-QUEUE or none, not ${flow}`,
      )
  }
  if (typeof row.survey === 'string' && !isSurvey(row.survey, centre))
    throw new BadInput(
      'survey',
      `survey must be a published flow that leads to no queue and dials nobody, or none, not ${row.survey}`,
    )
  if (typeof row.most_waiting === 'number' && typeof row.overflow_length !== 'string')
    throw new BadInput('most-waiting', 'most-waiting needs overflow-length=FLOW: a full line leads on')
  const named = promptsOf(row)
  if (named.length === 0) return
  const prompts = withUploaded(await recordedPrompts(soundsFolder), await loadPrompts(knex))
  for (const { setting, prompt } of named)
    for (const language of LANGUAGES)
      if (!prompts[language].has(prompt))
        throw new BadInput(setting, `${setting}: the prompt ${prompt} is not recorded in ${LANGUAGE_NAMES[language]}`)
}

const promptsOf = (row: QueueRow): { setting: string; prompt: string }[] => [
  ...(typeof row.music === 'string' ? [{ setting: 'music', prompt: row.music }] : []),
  ...jsonIn<string[]>(row.comfort, []).map(prompt => ({ setting: 'comfort', prompt })),
]

/** Callers whom a survey leads to a queue, or outside, are let go there. */
const isSurvey = (id: string, { library }: Centre): boolean =>
  library.current.some(flow => flow.id === id && !leadsAway(flow))

type Levels = Readonly<Record<string, number>>

/** A sentence where nobody is able to serve it, ever; no refusal: who is may be hired tomorrow. */
export async function lackingSkills(knex: Knex, row: QueueRow): Promise<string[]> {
  const agents = await loadAgents(knex)
  const steps = jsonIn<{ skills: Levels }[]>(row.relaxing, []).map(({ skills }) => skills)
  const asked = [jsonIn<Levels>(row.skills, {}), ...steps].flatMap(Object.entries<number>)
  const lacking = asked.filter(([skill, level]) => !agents.some(({ skills }) => (skills[skill] ?? 0) >= level))
  const named = new Set(lacking.map(([skill, level]) => `${skill}:${level}`))
  return named.size === 0 ? [] : [`But no agent has ${[...named].join(', or ')}.`]
}

/** Of a column of JSON, as it was read from the table or is to be written there. */
const jsonIn = <T>(value: unknown, none: T): T =>
  typeof value === 'string' ? JSON.parse(value) : ((value as T | undefined) ?? none)
