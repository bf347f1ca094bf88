import type { Config } from '../../config.ts'
import { PortInUse, refusePortsInUse } from '../../embedded/ports.ts'
import { sentenceOf } from '../../errors.ts'
import { bad, type Finding, good } from './finding.ts'

type Answering = { asterisk: boolean; postgres: boolean }
type Port = { what: string; number: number; protocol: 'udp' | 'tcp'; address: string; isOurs: boolean }

/** Each port that we open ourselves must be free, unless what we started holds it. */
export async function lookAtPorts(config: Config, answering: Answering): Promise<Finding[]> {
  const service = await serviceAnswers(config)
  const findings: Finding[] = []
  for (const port of portsOf(config, answering, service)) findings.push(await lookAt(port))
  return findings
}

function portsOf({ bind, ports, asterisk, databaseUrl }: Config, answering: Answering, service: boolean): Port[] {
  const ofAsterisk = (what: string, number: number, protocol: 'udp' | 'tcp'): Port => ({
    what,
    number,
    protocol,
    address: bind,
    isOurs: answering.asterisk,
  })
  const postgres: Port = {
    what: 'Postgres',
    number: ports.postgres,
    protocol: 'tcp',
    address: '127.0.0.1',
    isOurs: answering.postgres,
  }
  return [
    ...(asterisk
      ? []
      : [
          ofAsterisk('SIP', ports.sip, 'udp'),
          ofAsterisk('ARI', ports.ari, 'tcp'),
          ofAsterisk('AMI', ports.ami, 'tcp'),
        ]),
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

async function serviceAnswers({ bind, ports }: Config): Promise<boolean> {
  const host = bind === '0.0.0.0' ? '127.0.0.1' : bind
  const signal = AbortSignal.timeout(2_000)
  return fetch(`http://${host}:${ports.http}/health/live`, { signal }).then(
    response => response.ok,
    () => false,
  )
}
