import { createHmac, randomBytes } from 'node:crypto'

/**
 * Signatures as standardwebhooks.com has them, so that there is a library for whoever verifies: HMAC-SHA256, in base64, of
 * `id.timestamp.body`; the secret is whsec_ and its bytes in base64.
 */

const PREFIX = 'whsec_'

export const newSecret = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`

/** The headers of what is sent. `at`: ms since 1970, told in seconds. */
export function signed(secret: string, id: string, at: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000))
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
