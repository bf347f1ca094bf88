import type { Config } from '../config.ts'
import { loadCentre } from '../database/load.ts'
import { loadSystems, removeSystem, setSystem } from '../database/systems.ts'
import { BadInput, NotFound } from '../errors.ts'
import { insistOnName } from '../flows/names.ts'
import { systemsOf } from '../switchboard/centre.ts'
import { withDatabase } from './ask.ts'

/** Customer systems that flows may ask. */

export const systemList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const systems = await loadSystems(knex)
    // What the headers hold is secret.
    const lines = systems.map(({ id, url, headers }) => [`${id}: ${url}`, ...Object.keys(headers)].join(', with '))
    return lines.length > 0 ? lines.join('\n') : 'There are no systems.'
  })

export async function systemSet(
  config: Config,
  id: string,
  url: string,
  { header = [] }: { header?: string[] },
): Promise<string> {
  insistOnName('system', id)
  const system = { id, url: addressIn(url), headers: headersIn(header) }
  return withDatabase(config, async knex => {
    await setSystem(knex, system)
    return `The system ${id} is set. Flows ask it there from now on.`
  })
}

/** As browsers write it: what is after a ? or a # would take the paths of flows in. */
export function addressIn(words: string): string {
  const isFit = /^https?:\/\/[^?#\s\\]+$/i.test(words) && URL.canParse(words)
  const { username = '', password = '', href = '' } = isFit ? new URL(words) : {}
  if (!isFit || username || password)
    throw new BadInput('url', 'the url must be http:// or https://, a host, and perhaps a path')
  return href
}

/** fetch gives these itself, or fails where another does. */
const OURS = [
  ...['content-type', 'content-length', 'idempotency-key', 'host', 'connection', 'keep-alive'],
  ...['upgrade', 'expect', 'transfer-encoding', 'te', 'trailer', 'proxy-connection'],
]

export function headersIn(words: readonly string[]): Record<string, string> {
  const headers = words.map(headerIn)
  const twice = headers.find(([name], i) => headers.some(([other], j) => other === name && j < i))
  if (twice) throw new BadInput('header', `the header ${twice[0]} must be given once`)
  return Object.fromEntries(headers)
}

function headerIn(words: string): [string, string] {
  const [, name, value] = /^([A-Za-z0-9-]{1,100}): *([!-~](?:[ -~]{0,4000}[!-~])?)$/.exec(words.trim()) ?? []
  if (!name || !value)
    throw new BadInput('header', 'a header must be "Name: value", in letters, digits and signs of ASCII')
  const small = name.toLowerCase()
  if (OURS.includes(small)) throw new BadInput('header', `the header must not be ${name}: each request has its own`)
  return [small, value]
}

export const systemRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const { library } = await loadCentre(knex, config.zone)
    const asking = library.current.filter(flow => systemsOf(flow).includes(id))
    if (asking.length > 0) throw new BadInput('system', `${id} is asked by ${asking.map(flow => flow.id).join(', ')}.`)
    if (!(await removeSystem(knex, id))) throw new NotFound(`There is no system ${id}.`)
    return `The system ${id} is removed.`
  })
