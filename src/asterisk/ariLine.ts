import type { Socket } from 'node:net'
import type WebSocket from 'ws'
import { PhoneRefused } from '../switchboard/ports.ts'

/** What Asterisk says over the WebSocket in answer to a request (rest-api/api-docs/events.json, RESTResponse). */
export type LineAnswer = { type: 'RESTResponse'; request_id: string; status_code: number; message_body?: string }

type Question = {
  answered: (answer: LineAnswer) => void
  failed: (why: PhoneRefused) => void
  deadline: NodeJS.Timeout
}

const ANSWER_WITHIN_MS = 5_000

/**
 * ARI's requests over the WebSocket on which the events come (Asterisk 22.5 and later): a fraction of what HTTP costs either
 * side. Asterisk does them one after another, so an answer that does not come means that the link or Asterisk hangs.
 */
export class AriLine {
  readonly #socket: WebSocket
  readonly #open = new Map<string, Question>()
  #tcp: Socket | undefined
  #isHeldBack = false
  #asked = 0
  #hasAnswered = false

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('upgrade', response => {
      this.#tcp = response.socket
    })
  }

  /** An Asterisk before 22.5 never answers here. */
  get isAnswering(): boolean {
    return this.#hasAnswered
  }

  /** `uri` begins with the resource: `channels/…?query`. Rejects with PhoneRefused (away) where no answer comes. */
  ask(method: string, uri: string): Promise<LineAnswer> {
    this.#asked += 1
    const id = String(this.#asked)
    return new Promise((answered, failed) => {
      const deadline = setTimeout(() => this.#late(id), ANSWER_WITHIN_MS)
      this.#open.set(id, { answered, failed, deadline })
      this.#holdBack()
      this.#socket.send(JSON.stringify({ type: 'RESTRequest', transaction_id: '', request_id: id, method, uri }))
    })
  }

  answered(answer: LineAnswer): void {
    this.#hasAnswered = true
    this.#take(answer.request_id)?.answered(answer)
  }

  /** The link is lost: nothing that was asked will be answered. */
  end(): void {
    const lost = new PhoneRefused('away', 'the link to Asterisk was lost')
    for (const id of [...this.#open.keys()]) this.#take(id)?.failed(lost)
  }

  /** What is asked in one go leaves in one go: each write is a system call, and wakes a thread of Asterisk. */
  #holdBack(): void {
    if (this.#isHeldBack) return
    this.#isHeldBack = true
    this.#tcp?.cork()
    process.nextTick(() => {
      this.#isHeldBack = false
      this.#tcp?.uncork()
    })
  }

  #late(id: string): void {
    this.#take(id)?.failed(new PhoneRefused('away', `Asterisk did not answer within ${ANSWER_WITHIN_MS} ms`))
    if (this.#hasAnswered) this.#socket.terminate()
  }

  #take(id: string): Question | undefined {
    const question = this.#open.get(id)
    this.#open.delete(id)
    clearTimeout(question?.deadline)
    return question
  }
}
