import { HotlineError } from '../errors.ts'

/** What came off the wire is not SIP, SDP or RTP as we know it. */
export class SipMalformed extends HotlineError {
  constructor(message: string) {
    super('sip-malformed', message)
  }
}

/** A request that ended in a final status other than 2xx; 408 also stands for no answer at all (RFC 3261 §8.1.3.1). */
export class SipFailure extends HotlineError {
  readonly status: number
  readonly reason: string

  constructor(what: string, status: number, reason: string) {
    super('sip-failure', `${what}: ${status} ${reason}`)
    this.status = status
    this.reason = reason
  }
}

/** The phone was asked for something that its state does not allow. */
export class PhoneMisused extends HotlineError {
  constructor(message: string) {
    super('phone-misused', message)
  }
}

/** A sound that was waited for did not come; the message tells what was heard instead. */
export class NotHeard extends HotlineError {
  constructor(message: string) {
    super('not-heard', message)
  }
}
