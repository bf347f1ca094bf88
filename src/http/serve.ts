import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HotlineError, sentenceOf } from '../errors.ts'

export type Serving = {
  port: number
  /** Takes no new requests, lets those under way end, and cuts those that do not. */
  stop(): Promise<void>
}

const LAST_REQUESTS_MS = 3_000

/** Listens on an address and port (0: any that is free). Rejects with a sentence where it cannot. */
export function serve(app: RequestListener, bind: string, port: number): Promise<Serving> {
  const server = createServer(app)
  const stop = () =>
    new Promise<void>((stopped, failed) => {
      const cut = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS)
      server.close(thrown => {
        clearTimeout(cut)
        if (thrown) failed(thrown)
        else stopped()
      })
      server.closeIdleConnections()
    })
  return new Promise((serving, failed) => {
    server.once('error', thrown => failed(cannotListen(bind, port, thrown)))
    server.listen(port, bind, () => serving({ port: (server.address() as AddressInfo).port, stop }))
  })
}

function cannotListen(bind: string, port: number, thrown: NodeJS.ErrnoException): HotlineError {
  const isInUse = thrown.code === 'EADDRINUSE'
  const why = isInUse ? 'it is in use by another program' : sentenceOf(thrown)
  const mend = `${isInUse ? 'End that program, or set' : 'Set'} HOTLINE_HTTP_PORT, HOTLINE_PORTS or HOTLINE_BIND`
  return new HotlineError('port-in-use', `HTTP cannot listen on ${bind}, port ${port}: ${why}. ${mend}.`, {
    cause: thrown,
  })
}
