import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'

/** A company's sign-in on this machine, as OpenID Connect Core 1.0 has it, at which whoever is named signs in. */
export async function fakeProvider(client: string, secret: string) {
  const [key, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const granted = new Map<string, { asked: URLSearchParams; claims: object; signedBy: CryptoKey }>()
  const server = createServer(async (request, response) => {
    const answer = await answers[request.url!]?.(request)
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { error: 'invalid_grant' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const at = (path: string): string => issuer + path
  const answers: Record<string, (request: IncomingMessage) => unknown> = {
    '/.well-known/openid-configuration': () => ({
      ...{ issuer, authorization_endpoint: at('/authorize'), token_endpoint: at('/token'), jwks_uri: at('/keys') },
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': async () => ({ keys: [{ ...(await exportJWK(key.publicKey)), kid: 'k', alg: 'RS256' }] }),
    '/token': tokenFor,
  }

  async function tokenFor(request: IncomingMessage): Promise<object | undefined> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const sent = new URLSearchParams(Buffer.concat(chunks).toString())
    const grant = granted.get(sent.get('code') ?? '')
    granted.delete(sent.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight =
      grant?.asked.get('code_challenge') === challenge &&
      grant.asked.get('redirect_uri') === sent.get('redirect_uri') &&
      sent.get('client_id') === client &&
      sent.get('client_secret') === secret
    if (!isRight) return undefined
    const claims = { nonce: grant.asked.get('nonce'), ...grant.claims }
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setIssuer(issuer)
    const signed = await token.setAudience(client).setIssuedAt().setExpirationTime('1m').sign(grant.signedBy)
    return { access_token: 'a', token_type: 'Bearer', id_token: signed }
  }

  return {
    issuer,
    /** Somebody signs in who was led here. Returns the address to which they are led back. */
    letIn(place: string, claims: object, how: { isForged?: boolean } = {}): URL {
      const asked = new URL(place).searchParams
      const code = randomUUID()
      granted.set(code, { asked, claims, signedBy: how.isForged ? foreign.privateKey : key.privateKey })
      const back = new URL(asked.get('redirect_uri')!)
      back.search = String(new URLSearchParams({ code, state: asked.get('state')! }))
      return back
    },
    stop: () => new Promise(done => server.close(done)),
  }
}
