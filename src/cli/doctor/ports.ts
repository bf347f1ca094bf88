import type { Config } from '../../config.ts'
import { LOOPBACK } from '../../embedded/configuration.ts'
import { PortInUse, refusePortsInUse } from '../../embedded/ports.ts'
import { sentenceOf } from '../../errors.ts'
import { hotlineAnswers } from '../../http/alive.ts'
import { bad, type Finding, good } from './finding.ts'

type Answering = { asterisk: boolean; postgres: boolean }
type Port = { what: string; number: number; protocol: 'udp' | 'tcp'; address: string; isOurs: boolean }

/** Each port that we open ourselves must be free, unless what we started holds it. */
export async function lookAtPorts(config: Config, answering: Answering): Promise<Finding[]> {
  const service = await hotlineAnswers(config.bind, config.ports.http)
  const findings: Finding[] = []
  for (const port of portsOf(config, answering, service)) findings.push(await lookAt(port))
  return findings
}

function portsOf({ bind, ports, asterisk, databaseUrl }: Config, answering: Answering, service: boolean): Port[] {
  const isOurs = answering.asterisk
  const ofAsterisk: Port[] = [
    { what: 'SIP', number: ports.sip, protocol: 'udp', address: bind, isOurs },
    { what: 'SIP over TLS', number: ports.tls, protocol: 'tcp', address: bind, isOurs },
    // Wherever SIP listens, these two are for us alone.
    { what: 'ARI', number: ports.ari, protocol: 'tcp', address: LOOPBACK, isOurs },
    { what: 'AMI', number: ports.ami, protocol: 'tcp', address: LOOPBACK, isOurs },
  ]
  const postgres: Port = {
    what: 'Postgres',
    number: ports.postgres,
    protocol: 'tcp',
    address: LOOPBACK,
    isOurs: answering.postgres,
  }
  return [
    ...(asterisk ? [] : ofAsterisk),
    ...(databaseUrl ? [] : [postgres]),
    { what: 'HTTP', number: ports.http, protocol: 'tcp', address: bind, isOurs: service },
  ]
}

async function lookAt({ what, number, protocol, address, isOurs }: Port): Promise<Finding> {
  const name = `Port ${number} (${what}, ${protocol.toUpperCase()})`
  try {
    await refusePortsInUse(address, { [protocol]: [number] })
    return good(`${name} is free`)
  } catch (thrown) {
    if (!(thrown instanceof PortInUse))
      return bad(`${name} cannot be opened (${sentenceOf(thrown)})`, 'see HOTLINE_BIND')
    if (isOurs) return good(`${name} is ours`)
    const setting = what === 'HTTP' ? 'HTTP_PORT or HOTLINE_PORTS' : 'PORTS'
    return bad(`${name} is held by another program`, `end it, or set HOTLINE_${setting}`)
  }
}
