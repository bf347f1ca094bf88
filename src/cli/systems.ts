import type { Config } from '../config.ts'
import { loadCentre } from '../database/load.ts'
import { loadSystems, removeSystem, setSystem } from '../database/systems.ts'
import { BadInput, NotFound } from '../errors.ts'
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
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id))
    throw new BadInput(
      'system',
      `the name must be a small letter, then at most 39 small letters, digits or hyphens, not ${id}`,
    )
  const place = URL.parse(url)
  if (!place || !/^https?:$/.test(place.protocol) || place.search || place.hash || place.username || place.password)
    throw new BadInput('url', 'the url must be http:// or https://, a host, and perhaps a path')
  return withDatabase(config, async knex => {
    await setSystem(knex, { id, url, headers: Object.fromEntries(header.map(headerIn)) })
    return `The system ${id} is set. Flows ask it there from now on.`
  })
}

function headerIn(words: string): [string, string] {
  const [, name, value] = /^([A-Za-z0-9-]+): *([ -~]+)$/.exec(words) ?? []
  if (!name || !value) throw new BadInput('header', 'a header must be "Name: value"')
  return [name.toLowerCase(), value]
}

export const systemRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    const { library } = await loadCentre(knex, config.zone)
    const asking = library.current.filter(({ nodes }) =>
      Object.values(nodes).some(node => node.type === 'lookup' && node.system === id),
    )
    if (asking.length > 0) throw new BadInput('system', `${id} is asked by ${asking.map(flow => flow.id).join(', ')}.`)
    if (!(await removeSystem(knex, id))) throw new NotFound(`There is no system ${id}.`)
    return `The system ${id} is removed.`
  })
