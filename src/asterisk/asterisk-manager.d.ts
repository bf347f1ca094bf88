/** The little of asterisk-manager that we use. */
declare module 'asterisk-manager' {
  import type { EventEmitter } from 'node:events'
  import type { TcpNetConnectOpts } from 'node:net'

  type Message = Record<string, unknown>
  type Answer = (error: Message | undefined, response: Message) => void

  export interface Manager extends Pick<EventEmitter, 'on' | 'once' | 'removeAllListeners'> {
    /** The first argument goes to net.createConnection as it is, so it may be an object of options. */
    connect(options: TcpNetConnectOpts & { signal: AbortSignal }): void
    login(callback: (error?: Message) => void): void
    action(fields: Record<string, string>, callback: Answer): string
  }

  const ManagerOfLibrary: new (port: null, host: string, user: string, secret: string, events: boolean) => Manager
  export default ManagerOfLibrary
}
