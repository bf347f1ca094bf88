import { EventEmitter } from 'node:events'
import type { Agent } from '../../src/agent/agent.ts'
import type { Call } from '../../src/call/call.ts'
import type { Fact, FactKind } from '../../src/call/facts.ts'

/** A line of the service's log. Levels as pino has them: 40 is a warning, 50 an error. */
export type Logged = { level: number; msg: string; error?: string; call?: string; faults?: string[] }
export const WARN = 40
export const ERROR = 50

/** What the service tells whoever started it (service.ts). */
export type Message = {
  ready?: 'ready'
  resources?: Record<string, number>
  calls?: Call[]
  call?: Call | null
  facts: Fact[]
  agents: Agent[]
}

/** Knows what the service has decided and logged, and waits for it to become so. */
export class Observer {
  /** What the service believes, as it tells us. */
  readonly calls = new Map<string, Call>()
  readonly agents = new Map<string, Agent>()
  /** Every fact the service has told us, with its call. */
  readonly facts: { call: string; fact: Fact }[] = []
  /** Every line that the service has logged, in all its lives. */
  readonly logged: Logged[] = []
  readonly #told = new EventEmitter().setMaxListeners(1_000)

  /** The service has told us something. */
  protected learn(message: Message): void {
    if (message.calls) {
      this.calls.clear()
      for (const call of message.calls) this.calls.set(call.id, call)
    }
    if (message.call) {
      this.calls.set(message.call.id, message.call)
      if (message.call.recording) this.calls.delete(message.call.id)
      for (const fact of message.facts) this.facts.push({ call: message.call.id, fact })
    }
    for (const agent of message.agents) this.agents.set(agent.id, agent)
    this.#told.emit('told')
  }

  /** The service has written a line. */
  protected read(line: string): void {
    if (line.startsWith('{')) this.logged.push(JSON.parse(line) as Logged)
    this.#told.emit('told')
  }

  /** Resolves as soon as it is so; asked again whenever the service tells us anything. */
  async until(what: string, isSo: () => boolean, withinMs = 15_000): Promise<void> {
    if (isSo()) return
    await new Promise<void>((done, failed) => {
      const look = (): void => {
        if (!isSo()) return
        clearTimeout(deadline)
        this.#told.off('told', look)
        done()
      }
      const deadline = setTimeout(() => {
        this.#told.off('told', look)
        const last = this.facts.slice(-12).map(({ fact }) => fact.kind)
        const states = [...this.agents.values()].map(agent => `${agent.id} ${agent.state}`)
        failed(
          new Error(`not within ${withinMs} ms: ${what}; last facts: ${last.join(' ')}; agents: ${states.join(', ')}`),
        )
      }, withinMs)
      this.#told.on('told', look)
    })
  }

  /** Resolves with the first fact of this kind told from now on (or since `since`, a count of facts). */
  async fact<K extends FactKind>(
    kind: K,
    { withinMs = 15_000, since = this.facts.length } = {},
  ): Promise<Fact & { kind: K }> {
    const find = () => this.facts.slice(since).find(({ fact }) => fact.kind === kind)
    await this.until(`${kind} happens`, () => find() !== undefined, withinMs)
    return find()!.fact as Fact & { kind: K }
  }

  /** The open call from this number. */
  callOf(from: string): Call | undefined {
    return [...this.calls.values()].find(call => call.from === from && !call.direction)
  }

  /** The callback that is open for this number. */
  callbackOf(from: string): Call | undefined {
    return [...this.calls.values()].find(call => call.from === from && call.callback)
  }

  /** Counts the lines of this kind that the service logs from now on. */
  countLogged({ level, msg }: { level: number; msg: string }): () => number {
    const before = this.logged.length
    return () => this.logged.slice(before).filter(line => line.level === level && line.msg.startsWith(msg)).length
  }

  /** The open call that an agent has made to this number. */
  outboundOf(from: string): Call | undefined {
    return [...this.calls.values()].find(call => call.from === from && call.outbound)
  }

  agentIs(id: string, state: Agent['state'], withinMs = 15_000): Promise<void> {
    return this.until(`agent ${id} is ${state}`, () => this.agents.get(id)?.state === state, withinMs)
  }
}
