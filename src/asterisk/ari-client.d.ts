/** The little of ari-client that we use: its operations, made from Asterisk's own description of its REST interface. */
declare module 'ari-client' {
  export type Operation = (parameters?: Record<string, unknown>) => Promise<unknown>
  export type Client = Record<
    'applications' | 'asterisk' | 'bridges' | 'channels' | 'endpoints' | 'playbacks' | 'recordings',
    Record<string, Operation>
  >
  export function connect(url: string, user: string, password: string): Promise<Client>
  const ari: { connect: typeof connect }
  export default ari
}
