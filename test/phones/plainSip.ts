import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** What Asterisk answers to this request, sent as it stands; without what differs each time anyway. */
export async function answerTo(
  server: number,
  method: string,
  from: string,
  host: string,
  nonce?: string,
): Promise<[string, string]> {
  const socket = createSocket('udp4').bind(0, host)
  await once(socket, 'listening')
  const { port } = socket.address()
  const uri = `sip:${method === 'REGISTER' ? '' : `4008001000@`}127.0.0.1:${server}`
  const request = [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${host}:${port};rport;branch=z9hG4bK${port}`,
    `From: ${from};tag=1`,
    `To: ${method === 'REGISTER' ? from : `<${uri}>`}`,
    `Call-ID: ${port}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:me@${host}:${port}>`,
    'Max-Forwards: 70',
    ...(nonce === undefined ? [] : [`Authorization: ${wrongly(from, uri, nonce)}`]),
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n')
  socket.send(request, server, '127.0.0.1')
  const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(5_000) })
  socket.close()
  const plain = String(answer)
    .replaceAll(String(port), 'PORT')
    .replaceAll(host, 'HOST')
    .replaceAll(from, 'FROM')
    .replace(/(nonce|opaque|tag)="?[\w/+=.-]+"?/g, '$1')
  return [plain, /nonce="([^"]*)"/.exec(String(answer))?.[1] ?? '']
}

/** As this user, with a password that is not theirs. */
function wrongly(from: string, uri: string, nonce: string): string {
  const user = decodeURIComponent(/sip:(?:(.*)@)?/.exec(from)![1] ?? '')
  const response = createHash('md5').update(`${user} ${nonce}`).digest('hex')
  return `Digest username="${user}", realm="asterisk", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5`
}
