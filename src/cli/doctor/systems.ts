import { lookup } from 'node:dns/promises'
import type { System } from '../../lookup/systems.ts'
import { type Centre, systemsOf } from '../../switchboard/centre.ts'
import { bad, type Finding, good } from './finding.ts'

/** Customer systems that callers are led to: each is known, and its host has an address. They are not asked: that might mean something to them. */
export async function lookAtSystems({ library }: Centre, known: readonly System[]): Promise<Finding[]> {
  const asking = new Map<string, string[]>()
  for (const flow of library.current)
    for (const system of systemsOf(flow)) asking.set(system, [...(asking.get(system) ?? []), flow.id])
  const findings = [...asking].map(([id, flows]) =>
    lookAt(
      id,
      flows,
      known.find(system => system.id === id),
    ),
  )
  return Promise.all(findings)
}

async function lookAt(id: string, flows: readonly string[], system: System | undefined): Promise<Finding> {
  const who = `Flow ${flows.join(', ')} asks system ${id}`
  if (!system) return bad(`${who}, which does not exist`, `hotline system set ${id} URL`)
  // An address in brackets is one of IPv6.
  const host = new URL(system.url).hostname.replace(/^\[|\]$/g, '')
  try {
    await lookup(host)
    return good(`${who}, whose host ${host} is found`)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    return bad(`${who}, whose host ${host} is not found (${code})`, `hotline system set ${id} URL, or mend the DNS`)
  }
}
