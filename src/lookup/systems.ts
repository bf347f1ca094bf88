import type { Answered, Asked } from '../ivr/step.ts'

/** A customer system: where it is, and what every request to it carries, such as a key. */
export type System = {
  readonly id: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** More than this no caller is read aloud. */
const LONGEST_ANSWER = 65_536

/** The customer systems that flows may ask; learnt anew while calls go on. */
export class Systems {
  #known = new Map<string, System>()

  constructor(systems: readonly System[] = []) {
    this.learn(systems)
  }

  learn(systems: readonly System[]): void {
    this.#known = new Map(systems.map(system => [system.id, system]))
  }

  /**
   * What it answers, as JSON. Tried twice, each time for `timeoutMs`; a POST carries `lookup` as its Idempotency-Key
   * (draft-ietf-httpapi-idempotency-key-header), so that a system can tell the second try from a second wish. Never rejects.
   */
  async ask(asked: Asked, lookup: string): Promise<Answered> {
    const first = await this.askOnce(asked, lookup)
    return first.failure !== undefined && first.isWorthAnother ? this.askOnce(asked, lookup) : first
  }

  /** The same, tried once. */
  async askOnce(asked: Asked, lookup: string): Promise<Attempt> {
    const system = this.#known.get(asked.system)
    return system ? attempt(system, asked, lookup) : { failure: `there is no system ${asked.system}` }
  }
}

type Attempt = Answered & { isWorthAnother?: boolean }

async function attempt({ url, headers }: System, asked: Asked, lookup: string): Promise<Attempt> {
  const { method, path, send, timeoutMs } = asked
  const body = method === 'POST' ? { body: JSON.stringify(send) } : {}
  const carried = {
    accept: 'application/json',
    ...(method === 'POST' && { 'content-type': 'application/json', 'idempotency-key': lookup }),
    ...headers,
  }
  try {
    const place = new URL(url.replace(/\/$/, '') + path)
    if (method === 'GET') for (const [name, value] of Object.entries(send)) place.searchParams.set(name, String(value))
    const signal = AbortSignal.timeout(timeoutMs)
    // A redirection could lead anywhere, with our key.
    const answer = await fetch(place, { method, headers: carried, ...body, signal, redirect: 'manual' })
    if (answer.ok) return { answer: JSON.parse(await textOf(answer)) }
    await answer.body?.cancel()
    return { failure: `it answered ${answer.status}`, isWorthAnother: answer.status >= 500 }
  } catch (thrown) {
    return { failure: whyOf(thrown), isWorthAnother: !(thrown instanceof TooLong || thrown instanceof SyntaxError) }
  }
}

class TooLong extends Error {}

async function textOf(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of answer.body ?? []) {
    bytes += part.length
    if (bytes > LONGEST_ANSWER) throw new TooLong(`its answer is longer than ${LONGEST_ANSWER} bytes`)
    parts.push(part)
  }
  return new TextDecoder().decode(Buffer.concat(parts))
}

/** Neither what a system sends, which may be a person's, nor its address, which may hold a secret, is quoted. */
function whyOf(thrown: unknown): string {
  if (thrown instanceof TooLong) return thrown.message
  if (thrown instanceof SyntaxError) return 'its answer is no JSON'
  if ((thrown as Error).name === 'TimeoutError') return 'no answer in time'
  const { code } = ((thrown as Error).cause ?? {}) as NodeJS.ErrnoException
  return code === undefined ? 'it could not be asked' : `it could not be asked (${code})`
}
