import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createConnection } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { World } from './world.ts'

/**
 * Starts the service as for an Asterisk on another host, whose certificate this machine was told to trust: ARI and AMI are behind
 * TLS. Resolves, when it is ready, with how many connections have come so.
 */
export async function startedOverTls(world: World): Promise<{ connections: number }> {
  const { folder, ports } = world.config
  const secured = { connections: 0 }
  const certificate = join(folder, 'certificate.pem')
  const files = { cert: readFileSync(certificate), key: readFileSync(join(folder, 'certificate-key.pem')) }
  const front = async (port: number): Promise<number> => {
    const server = createServer(files, service => {
      secured.connections += 1
      const asterisk = createConnection({ host: '127.0.0.1', port })
      service.pipe(asterisk).pipe(service)
      service.on('error', () => asterisk.destroy())
      asterisk.on('error', () => service.destroy())
    })
    server.listen(0, '127.0.0.1').unref()
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const { asterisk } = world.surroundings
  const overTls = { ...asterisk, tls: true, ariPort: await front(ports.ari), amiPort: await front(ports.ami) }
  process.env.NODE_EXTRA_CA_CERTS = certificate
  world.surroundings = { ...world.surroundings, asterisk: overTls }
  world.launchService()
  world.surroundings = { ...world.surroundings, asterisk }
  delete process.env.NODE_EXTRA_CA_CERTS
  await world.serviceReady()
  return secured
}
