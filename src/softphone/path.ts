import { type Address, addressOf, parseNameAddress } from './address.ts'
import { cseq, type Header, listed, required, type SipRequest, type SipResponse } from './message.ts'
import { tagOf } from './transaction.ts'

/** Counts the requests of one side of a dialog. */
export class Sequence {
  #last = Math.floor(Math.random() * 1000)

  next(): number {
    return ++this.#last
  }

  get last(): number {
    return this.#last
  }
}

/** What makes two phones' messages one call (RFC 3261 §12): the names, the tags, and the way from one to the other. */
export interface Path {
  /** We have called, rather than been called. */
  caller: boolean
  callId: string
  localTag: string
  remoteTag: string
  /** From and To as this side sends them, tags included. */
  local: string
  remote: string
  /** The other side's Contact. */
  target: string
  routes: string[]
  sequence: Sequence
  /** The last number the other side used. */
  remoteSequence: number
}

/** Of the caller: from the answer to the INVITE (RFC 3261 §12.1.2). */
export function callersPath(invite: SipRequest, answer: SipResponse, sequence: Sequence): Path {
  return {
    caller: true,
    callId: required(invite, 'Call-ID'),
    localTag: tagOf(invite, 'From') ?? '',
    remoteTag: tagOf(answer, 'To') ?? '',
    local: required(invite, 'From'),
    remote: required(answer, 'To'),
    target: contactOf(answer) ?? invite.uri,
    routes: listed(answer, 'Record-Route').reverse(),
    sequence,
    remoteSequence: 0,
  }
}

/** Of the one who is called: from the INVITE (RFC 3261 §12.1.1). */
export function calleesPath(invite: SipRequest, localTag: string): Path {
  return {
    caller: false,
    callId: required(invite, 'Call-ID'),
    localTag,
    remoteTag: tagOf(invite, 'From') ?? '',
    local: `${required(invite, 'To')};tag=${localTag}`,
    remote: required(invite, 'From'),
    target: contactOf(invite) ?? parseNameAddress(required(invite, 'From')).uri,
    routes: listed(invite, 'Record-Route'),
    sequence: new Sequence(),
    remoteSequence: cseq(invite).number,
  }
}

/** Each of the two knows a call by its Call-ID and its own tag. */
export function dialogKey(callId: string, localTag: string): string {
  return `${callId} ${localTag}`
}

export function contactOf(message: SipRequest | SipResponse): string | undefined {
  const contact = listed(message, 'Contact')[0]
  return contact === undefined ? undefined : parseNameAddress(contact).uri
}

/** A request within the dialog, sent by loose routing (RFC 3261 §12.2.1.1); the phone adds Via and the like. */
export function within(
  path: Path,
  method: string,
  { headers = [], body = '', number = path.sequence.next() }: Parts = {},
) {
  const own: Header[] = [
    ...path.routes.map((route): Header => ['Route', route]),
    ['From', path.local],
    ['To', path.remote],
    ['Call-ID', path.callId],
    ['CSeq', `${number} ${method}`],
  ]
  const request: SipRequest = { kind: 'request', method, uri: path.target, headers: [...own, ...headers], body }
  return { request, to: nextHop(path) }
}

interface Parts {
  headers?: Header[]
  body?: string
  number?: number
}

function nextHop(path: Path): Address {
  return addressOf(path.routes[0] === undefined ? path.target : parseNameAddress(path.routes[0]).uri)
}
