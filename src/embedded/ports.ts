import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { HotlineError } from '../errors.ts'

export class PortInUse extends HotlineError {
  readonly port: number

  constructor(port: number, protocol: string) {
    super(
      'port-in-use',
      `Port ${port} (${protocol}) is already in use by another program: end it, or set HOTLINE_PORTS (for a demo --ports).`,
    )
    this.port = port
  }
}

/** Tries each port for a moment: a plain answer here is better than a puzzle in somebody's log. */
export async function refusePortsInUse(address: string, ports: { udp?: number[]; tcp?: number[] }): Promise<void> {
  for (const port of ports.udp ?? []) await tryUdp(address, port)
  for (const port of ports.tcp ?? []) await tryTcp(address, port)
}

async function tryUdp(address: string, port: number): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind({ port, address, exclusive: true })
  await once(socket, 'listening').catch(refuse(port, 'UDP'))
  socket.close()
  await once(socket, 'close')
}

async function tryTcp(address: string, port: number): Promise<void> {
  const server = createServer()
  server.listen({ port, host: address, exclusive: true })
  await once(server, 'listening').catch(refuse(port, 'TCP'))
  server.close()
  await once(server, 'close')
}

function refuse(port: number, protocol: string) {
  return (cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE' ? new PortInUse(port, protocol) : cause
  }
}
