import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

type Fields = Record<string, string>

/** Speaks as Asterisk's manager does, as far as a test needs it. */
export class FakeManager {
  /** What was asked, in order. */
  readonly actions: Fields[] = []
  secret = 'secret'
  /** It takes everything in and says nothing. */
  silent = false
  /** Endpoints that it does not have. */
  unknown: readonly string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', socket => this.#serve(socket))
  }

  static async open(port = 0): Promise<FakeManager> {
    const server = createServer()
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return new FakeManager(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get connections(): number {
    return this.#sockets.size
  }

  names(): string[] {
    return this.actions.map(({ action }) => action!)
  }

  say(fields: Fields): void {
    for (const socket of this.#sockets) put(socket, fields)
  }

  /** Something that ends in the middle of a message. */
  mumble(text: string): void {
    for (const socket of this.#sockets) socket.write(text)
  }

  /** Ends all connections, as a network does that reports it. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {}) // a cut is the point of some tests
    let text = ''
    if (!this.silent) socket.write('Asterisk Call Manager/9.0.0\r\n')
    socket.on('data', data => {
      text += data
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        this.#asked(socket, parsed(text.slice(0, end)))
        text = text.slice(end + 4)
      }
    })
  }

  #asked(socket: Socket, action: Fields): void {
    this.actions.push(action)
    if (this.silent || action.action === 'Forget') return
    const ActionID = action.actionid!
    if (action.action === 'login') this.#login(socket, action)
    else if (action.action === 'Refuse') put(socket, { Response: 'Error', ActionID, Message: 'No such queue' })
    else if (this.unknown.includes(action.endpoint ?? ''))
      put(socket, { Response: 'Error', ActionID, Message: `Unable to retrieve endpoint ${action.endpoint}` })
    else if (action.action === 'List') putList(socket, ActionID)
    else put(socket, { Response: 'Success', ActionID })
  }

  #login(socket: Socket, { actionid, secret }: Fields): void {
    const [Response, Message] = secret === this.secret ? ['Success', 'accepted'] : ['Error', 'Authentication failed']
    put(socket, { Response: Response!, ActionID: actionid!, Message: Message! })
    if (Response === 'Error') socket.end()
  }
}

function putList(socket: Socket, ActionID: string): void {
  put(socket, { Response: 'Success', ActionID, EventList: 'start' })
  for (const Name of ['8001', '8002']) put(socket, { Event: 'Entry', ActionID, Name })
  put(socket, { Event: 'Other', ActionID })
  put(socket, { Event: 'ListComplete', ActionID, EventList: 'Complete', ListItems: '3' })
}

function put(socket: Socket, fields: Fields): void {
  socket.write(
    `${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  )
}

function parsed(text: string): Fields {
  const pairs = text.split('\r\n').map(line => line.split(/: (.*)/s) as [string, string])
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]))
}
