import net from 'node:net'
import { connect as connectTls } from 'node:tls'
import ManagerOfLibrary, { type Manager } from 'asterisk-manager'
import { BadInput, HotlineError } from '../errors.ts'

/** An action, an answer or an event. The names in what Asterisk sends come in small letters. */
export type Fields = Readonly<Record<string, string>>

/**
 * `away`: there is no connection, or it broke before the answer. `late`: no answer in time, so that it may have been done.
 * `refused`: Asterisk said no, in its own words.
 */
export class AmiFailed extends HotlineError {
  declare readonly id: 'away' | 'refused' | 'late'

  constructor(id: 'away' | 'refused' | 'late', message: string) {
    super(id, message)
  }
}

/** `tls`: who answers must prove to be that host. */
export type AmiAddress = { host: string; port: number; tls?: boolean; user: string; secret: string }

type Question = {
  /** The events that make up the list asked for; undefined where the answer alone is. */
  entries: readonly string[] | undefined
  found: Fields[]
  answered: (found: Fields[]) => void
  failed: (why: AmiFailed) => void
  deadline: NodeJS.Timeout
}

let questions = 0

/**
 * One connection, from its opening to its end; it never comes back. The library's Manager serves one connection only: its
 * parser would glue the rest of a broken message to the first of the next. It is never asked to disconnect either, since
 * that leaves a socket behind that is still connecting, or whose other end is silent. But it hands what we give it to
 * net.createConnection, which takes a signal, and the signal ends the socket whatever it is doing.
 */
export class AmiConnection {
  /** Resolves, with the reason, when the connection is over. */
  readonly closed: Promise<AmiFailed>
  readonly #manager: Manager
  readonly #open = new Map<string, Question>()
  #end!: (why: AmiFailed) => void
  #isOver = false
  #isProved: Promise<unknown> = Promise.resolve()

  constructor(address: AmiAddress, onEvent: (event: Fields) => void) {
    const { host, port, tls = false, user, secret } = address
    const cut = new AbortController()
    this.closed = new Promise(ended => {
      this.#end = why => {
        this.#isOver = true
        cut.abort()
        ended(why)
      }
    })
    this.#manager = new ManagerOfLibrary(null, host, user, secret, true)
    this.#manager.on('error', (error: Error) => this.end(`the connection failed: ${error.message}`))
    this.#manager.on('close', () => this.end('Asterisk closed the connection'))
    this.#manager.on('managerevent', (message: Record<string, unknown>) => this.#heard(plain(message), onEvent))
    if (tls) this.#connectOverTls(host, port, cut.signal)
    else this.#manager.connect({ host, port, signal: cut.signal })
  }

  /** The library knows no TLS, and calls net.createConnection at once: for that moment, this is where it finds what it shall use. */
  #connectOverTls(host: string, port: number, cut: AbortSignal): void {
    const socket = connectTls({ host, port, servername: net.isIP(host) ? '' : host })
    cut.addEventListener('abort', () => socket.destroy())
    // Its "connect" comes before anybody has proved anything, and then the secret would go out.
    this.#isProved = new Promise(proved => socket.once('secureConnect', proved))
    const { createConnection } = net
    net.createConnection = () => socket
    try {
      this.#manager.connect({ host, port, signal: cut })
    } finally {
      net.createConnection = createConnection
    }
  }

  /** Rejects with AmiFailed: `refused` where Asterisk does not take the user or the secret. */
  async login(withinMs: number): Promise<void> {
    const deadline = setTimeout(() => this.end(`no login within ${withinMs} ms`), withinMs)
    const broken = this.closed.then(why => Promise.reject(why))
    try {
      await Promise.race([this.#loggedIn(), broken])
    } finally {
      clearTimeout(deadline)
    }
  }

  #loggedIn(): Promise<void> {
    return new Promise((done, failed) => {
      const answered = (error?: Record<string, unknown>) =>
        error ? failed(new AmiFailed('refused', wordsOf(plain(error)))) : done()
      this.#manager.once('connect', () => void this.#isProved.then(() => this.#manager.login(answered)))
    })
  }

  /** Resolves with the answer, and the entries of the list where one is asked for. Rejects with AmiFailed. */
  ask(action: Fields, withinMs: number, entries?: readonly string[]): Promise<Fields[]> {
    refuseInjection(action)
    if (this.#isOver) return Promise.reject(new AmiFailed('away', 'there is no connection to Asterisk'))
    questions += 1
    const id = `hotline-${questions}`
    return new Promise((answered, failed) => {
      const late = () => this.#settle(id)?.failed(new AmiFailed('late', `no answer within ${withinMs} ms`))
      const deadline = setTimeout(late, withinMs)
      this.#open.set(id, { entries, found: [], answered, failed, deadline })
      this.#manager.action({ ...action, actionid: id }, (error, answer) =>
        this.#answered(id, error !== undefined, plain(answer)),
      )
    })
  }

  #answered(id: string, isRefusal: boolean, answer: Fields): void {
    const question = this.#open.get(id)
    if (!question) return
    if (isRefusal) this.#settle(id)?.failed(new AmiFailed('refused', wordsOf(answer)))
    else if (!question.entries) this.#settle(id)?.answered([answer])
  }

  #heard(event: Fields, onEvent: (event: Fields) => void): void {
    const id = event.actionid ?? ''
    const question = this.#open.get(id)
    if (!question) onEvent(event)
    else if (question.entries?.includes(event.event ?? '')) question.found.push(event)
    if (question && event.eventlist?.toLowerCase() === 'complete') this.#settle(id)?.answered(question.found)
  }

  /** Takes a question off the list: from now on nothing else can answer it. */
  #settle(id: string): Question | undefined {
    const question = this.#open.get(id)
    this.#open.delete(id)
    this.#manager.removeAllListeners(id)
    clearTimeout(question?.deadline)
    return question
  }

  end(because: string): void {
    if (this.#isOver) return
    const why = new AmiFailed('away', because)
    this.#end(why)
    for (const id of [...this.#open.keys()]) this.#settle(id)?.failed(why)
  }
}

/** The library puts keys and values on the line as they are: with a line break in one of them, a caller could act as us. */
export function refuseInjection(fields: Fields): void {
  for (const [key, value] of Object.entries(fields)) {
    if (!/^[a-z][a-z0-9-]*$/i.test(key) || key.toLowerCase() === 'actionid') {
      throw new BadInput(key, `${JSON.stringify(key)} cannot be the name of a field`)
    }
    if (/[\r\n\0]/.test(value)) throw new BadInput(key, `${key} must not hold line breaks or NUL`)
  }
}

const wordsOf = (answer: Fields): string => answer.message ?? 'no reason given'

/** The library makes an array of a name that comes twice, and an object of variables: of no use to us. */
function plain(message: Record<string, unknown>): Fields {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(message)) {
    if (typeof value === 'string') fields[name] = value
    else if (Array.isArray(value)) fields[name] = value.join('\n')
  }
  return fields
}
