import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { isGone, PhoneRefused } from '../switchboard/ports.ts'
import type { Ari } from './ari.ts'

export type SipAccount = { user: string; password: string }

export type AccountsParts = {
  ari: Ari
  /** Undefined: they cannot be read now. */
  load: () => Promise<readonly SipAccount[] | undefined>
  log: Log
}

const AGAIN_MS = 1_000

/** Asterisk keeps the accounts that it was given; so where they cannot be read, callers need not wait for them. */
export class Accounts {
  readonly #parts: AccountsParts

  constructor(parts: AccountsParts) {
    this.#parts = parts
  }

  /** Rejects with PhoneRefused. What cannot be read yet is given later. */
  async give(): Promise<void> {
    const { ari, load, log } = this.#parts
    const accounts = await load()
    if (accounts) await pushAccounts(ari, accounts, log)
    else setTimeout(() => this.#giveLater(), AGAIN_MS)
  }

  /** Where the link is lost as well, its return gives them. */
  #giveLater(): void {
    const { ari, log } = this.#parts
    if (!ari.isUp) return
    this.give().catch(thrown => log.warn({ error: sentenceOf(thrown) }, 'Asterisk did not take the accounts'))
  }
}

type Fields = { attribute: string; value: string }[]

/**
 * Gives the agents their SIP accounts, without a file: Asterisk keeps what is pushed to it in its own database (sorcery's
 * astdb), so that it survives its restart. What is there already and right is left alone: phones stay registered. One that
 * Asterisk refuses, such as one without a password, keeps out this agent alone. Rejects with PhoneRefused (away).
 */
export async function pushAccounts(ari: Ari, accounts: readonly SipAccount[], log: Log): Promise<void> {
  for (const account of accounts) {
    try {
      if (!(await isThere(ari, account))) await push(ari, account)
    } catch (thrown) {
      if (!(thrown instanceof PhoneRefused) || thrown.id === 'away') throw thrown
      log.error({ agent: account.user, error: sentenceOf(thrown) }, 'Asterisk refuses the account of an agent')
    }
  }
}

async function push(ari: Ari, account: SipAccount): Promise<void> {
  // In this order: an endpoint without its auth would let anyone in as this agent.
  await put(ari, 'auth', account.user, authOf(account))
  await put(ari, 'aor', account.user, AOR)
  await put(ari, 'endpoint', account.user, endpointOf(account))
}

const fields = (values: Record<string, string>): Fields =>
  Object.entries(values).map(([attribute, value]) => ({ attribute, value }))

const authOf = ({ user, password }: SipAccount): Fields => fields({ auth_type: 'userpass', username: user, password })

/** One phone an agent: a new registration takes the place of the old one. */
const AOR = fields({ max_contacts: '1', remove_existing: 'yes', qualify_frequency: '60', default_expiration: '300' })

const endpointOf = ({ user }: SipAccount): Fields =>
  fields({
    transport: 'udp',
    context: 'from-agents',
    disallow: 'all',
    allow: 'ulaw,alaw',
    auth: user,
    aors: user,
    callerid: `<${user}>`,
    direct_media: 'no',
    rtp_symmetric: 'yes',
    force_rport: 'yes',
    rewrite_contact: 'yes',
    dtmf_mode: 'auto',
    timers: 'no',
    // Asterisk would send the caller into the dialplan, out of our hands; and some REFERs end it (asterisk #2021).
    allow_transfer: 'no',
    // A phone whose cable was pulled must not stay in a talk for ever.
    rtp_timeout: '60',
    rtp_timeout_hold: '0',
  })

async function put(ari: Ari, objectType: string, id: string, wanted: Fields): Promise<void> {
  await ari.operations.asterisk.updateObject!({ configClass: 'res_pjsip', objectType, id, fields: wanted })
}

async function isThere(ari: Ari, { user, password }: SipAccount): Promise<boolean> {
  try {
    const [auth, endpoint] = (await Promise.all([
      ari.operations.asterisk.getObject!({ configClass: 'res_pjsip', objectType: 'auth', id: user }),
      ari.operations.asterisk.getObject!({ configClass: 'res_pjsip', objectType: 'endpoint', id: user }),
    ])) as [Fields, Fields]
    const passwordIsRight = auth.some(field => field.attribute === 'password' && field.value === password)
    return passwordIsRight && endpointOf({ user, password }).every(field => holds(endpoint, field))
  } catch (thrown) {
    if (isGone(thrown)) return false
    throw thrown
  }
}

/** Asterisk writes some values its own way (lists, numbers), so only what it returns word for word counts as different. */
const LITERAL = new Set(['context', 'aors', 'auth', 'rtp_timeout', 'allow_transfer'])

const holds = (there: Fields, { attribute, value }: Fields[number]): boolean =>
  !LITERAL.has(attribute) || there.some(field => field.attribute === attribute && field.value === value)
