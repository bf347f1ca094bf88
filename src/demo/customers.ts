import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DateTime } from 'luxon'

/** What a small customer system answers, by path: bills, orders and outages of a power company. */
export function answerTo(path: string, asked: URLSearchParams): object | undefined {
  const account = asked.get('account') ?? ''
  const last = Number(account.at(-1))
  switch (path) {
    case '/bills':
      return {
        known: /^1\d{7}$/.test(account),
        balance: 20.5 * (last - 2),
        bill: 80.05 + last,
        due: DateTime.now().plus({ days: 10 }).toFormat('yyyy-MM-dd'),
        overdue: last < 2,
      }
    case '/orders':
      return { order: ['accepted', 'working', 'done', 'none'][last % 4] }
    case '/outages':
      // Whoever's number ends with these lives where the power is out.
      return { outage: /[0-2]$/.test(asked.get('caller') ?? ''), until: '18:30' }
    default:
      return undefined
  }
}

export type Customers = { url: string; close(): Promise<void> }

/** On this machine alone, at any free port. */
export async function openCustomers(): Promise<Customers> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const answer = answerTo(pathname, searchParams)
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
