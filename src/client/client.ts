/** Hotline's API for programs in TypeScript: `/api/client.ts` is this with the types of all that can be asked. Needs `fetch`. */

export type Problem = {
  status: number
  id: string
  detail: string
  field?: string
  allowed?: string[]
}

/** It was not done, and why. */
export class Refused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

type Operation = { given: Given; answer: unknown }
type Given = { params?: object; query?: object; body?: object }
type Needed<G> = Partial<G> extends G ? [given?: G] : [given: G]

/** `url`: such as http://127.0.0.1:5080. */
export type Where = { url: string; key: string }

export class Client<All extends { [What in keyof All]: Operation }, Event extends { id: number }> {
  readonly #where: Where

  constructor(where: Where) {
    this.#where = where
  }

  /** `ask('GET /api/calls/{id}', { params: { id } })`. Rejects with Refused, or with what fetch says. */
  async ask<What extends keyof All & string>(
    what: What,
    ...[given]: Needed<All[What]['given']>
  ): Promise<All[What]['answer']> {
    const response = await this.#fetch(what, given ?? {})
    const isJson = response.headers.get('content-type')?.includes('json')
    return (isJson ? await response.json() : await response.arrayBuffer()) as All[What]['answer']
  }

  /**
   * What happens, as it happens, from `after` on, or from now. It comes back by itself where it was cut off, and misses nothing;
   * ends with `signal`. Rejects with Refused where that would not help.
   */
  async *events(query: Record<string, string | number> = {}, signal?: AbortSignal): AsyncGenerator<Event> {
    let last = query.after === undefined ? undefined : String(query.after)
    while (!signal?.aborted) {
      try {
        const response = await this.#fetch('GET /api/events', { query, ...(signal && { signal }) }, last)
        for await (const { id, data } of blocksOf(response.body!)) {
          if (id !== undefined) last = id
          if (data !== undefined) yield JSON.parse(data) as Event
        }
      } catch (thrown) {
        if (thrown instanceof Refused && thrown.problem.status < 500) throw thrown
      }
      if (!signal?.aborted) await new Promise(done => setTimeout(done, 1_000))
    }
  }

  async #fetch(what: string, given: Given & { signal?: AbortSignal }, lastEventId?: string): Promise<Response> {
    const [method, path] = what.split(' ') as [string, string]
    const params = (given.params ?? {}) as Record<string, unknown>
    const url = new URL(
      path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(params[name]))),
      this.#where.url,
    )
    for (const [name, value] of Object.entries(given.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#where.key}`,
        ...(given.body && { 'content-type': 'application/json' }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      ...(given.body && { body: JSON.stringify(given.body) }),
      ...(given.signal && { signal: given.signal }),
    })
    if (response.ok) return response
    const { status, statusText } = response
    const problem = (await response.json().catch(() => ({ id: 'unknown', detail: statusText }))) as Omit<
      Problem,
      'status'
    >
    throw new Refused({ ...problem, status })
  }
}

async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<{ id?: string; data?: string }> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (let rest = ''; ; ) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n')
      rest = blocks.pop()!
      for (const block of blocks) {
        const fields = block
          .split('\n')
          .map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)])
        yield Object.fromEntries(fields)
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
