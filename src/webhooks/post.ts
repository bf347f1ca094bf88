import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { isRefusedHost, NotPublic, publicLookup } from './address.ts'
import { ANSWER_WITHIN_MS } from './webhook.ts'

/** `anywhere`: also to this machine, and the networks behind it. `until`: then it is broken off. */
export type Posting = { anywhere: boolean; until: AbortSignal }

/** Sends JSON. Resolves when it is taken: 2xx. Rejects with a sentence why not; a redirection is not followed. */
export function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  { anywhere, until }: Posting,
): Promise<void> {
  const { hostname, protocol } = new URL(url)
  if (!anywhere && isRefusedHost(hostname)) return Promise.reject(new NotPublic())
  const request = protocol === 'https:' ? overHttps : overHttp
  return new Promise((taken, failed) => {
    const length = Buffer.byteLength(body)
    const asked = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': length, 'user-agent': 'hotline' },
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), until]),
      ...(!anywhere && { lookup: publicLookup }),
    })
    asked.on('error', thrown => failed(new Error(sentence(thrown))))
    asked.on('response', response => {
      const status = response.statusCode ?? 0
      // What it says beside is nothing to us; but unread it would keep the connection.
      response.on('error', () => {}).resume()
      if (status >= 200 && status < 300) taken()
      else failed(new Error(`it answered ${status}`))
    })
    asked.end(body)
  })
}

function sentence(thrown: Error & { code?: string }): string {
  if (thrown.name === 'TimeoutError' || thrown.name === 'AbortError')
    return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`
  return thrown instanceof NotPublic ? thrown.message : `it cannot be reached: ${thrown.code ?? thrown.message}`
}
