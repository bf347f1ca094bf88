import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { isGone, PhoneRefused } from '../switchboard/ports.ts'
import type { Ari } from './ari.ts'

/** `remote`: it must come over TLS, and its sound must be encrypted. */
export type SipAccount = { user: string; password: string; remote: boolean }

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
  /** As they were given last. */
  #given: readonly SipAccount[] = []

  constructor(parts: AccountsParts) {
    this.#parts = parts
  }

  /** Rejects with PhoneRefused. What cannot be read yet is given later. */
  async give(): Promise<void> {
    const { ari, load, log } = this.#parts
    const accounts = await load()
    if (!accounts) return void setTimeout(() => this.#giveLater(), AGAIN_MS)
    await closeOthers(ari, accounts, log)
    await pushAccounts(ari, accounts, log)
    this.#given = accounts
  }

  /** Likewise, where an account is another than it was. Where Asterisk is away, its return gives it. */
  async giveChanged(): Promise<void> {
    const { ari, load } = this.#parts
    if (!ari.isUp) return
    const accounts = await load()
    if (accounts && !isDeepStrictEqual(accounts, this.#given)) await this.give()
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
 * Gives phones their SIP accounts, without a file: Asterisk keeps what is pushed to it in its own database (sorcery's
 * astdb), so that it survives its restart. What is there already and right is left alone: phones stay registered. One that
 * Asterisk refuses, such as one without a password, keeps out this phone alone. Rejects with PhoneRefused (away).
 */
export async function pushAccounts(ari: Ari, accounts: readonly SipAccount[], log: Log): Promise<void> {
  for (const account of accounts) {
    try {
      if (!(await isThere(ari, account))) await push(ari, account)
    } catch (thrown) {
      tell(thrown, log, { account: account.user }, 'Asterisk refuses the account of a phone')
    }
  }
}

/** A refusal is for a person, and about this account alone. */
function tell(thrown: unknown, log: Log, whose: object, what: string): void {
  if (!(thrown instanceof PhoneRefused) || thrown.id === 'away') throw thrown
  log.error({ ...whose, error: sentenceOf(thrown) }, what)
}

/**
 * What comes from this phone over UDP is taken for another account (`domain` in dialplan/pjsip.conf), of which nobody knows the
 * password: so the answer is that to a wrong one.
 */
const IN_CLEAR = '@clear'
export const isInClear = (account: string): boolean => account.endsWith(IN_CLEAR)

async function push(ari: Ari, account: SipAccount): Promise<void> {
  const { user, remote } = account
  const inClear = `${user}${IN_CLEAR}`
  if (remote) {
    await put(ari, 'auth', inClear, authOf(user, randomBytes(32).toString('hex')))
    await put(ari, 'endpoint', inClear, fields({ context: CONTEXT, disallow: 'all', allow: 'ulaw', auth: inClear }))
  }
  // In this order: an endpoint without its auth would let anyone in as this phone.
  await put(ari, 'auth', user, authOf(user, account.password))
  await put(ari, 'aor', user, AOR)
  await put(ari, 'endpoint', user, endpointOf(account))
  if (!remote) await remove(ari, inClear)
}

const fields = (values: Record<string, string>): Fields =>
  Object.entries(values).map(([attribute, value]) => ({ attribute, value }))

const authOf = (username: string, password: string): Fields => fields({ auth_type: 'userpass', username, password })

/** One phone an account: a new registration takes the place of the old one. */
const AOR = fields({ max_contacts: '1', remove_existing: 'yes', qualify_frequency: '60', default_expiration: '300' })
const CONTEXT = 'from-agents'

const endpointOf = ({ user, remote }: SipAccount): Fields =>
  fields({
    // Else by whichever its phone has registered.
    transport: remote ? 'tls' : '',
    // Offered and taken: without encryption there is no call.
    media_encryption: remote ? 'sdes' : 'no',
    context: CONTEXT,
    // Texts go to phones; what a phone writes to us is wanted by nobody, and must not run the dialplan.
    message_context: 'nobody',
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
    // Asterisk would send the caller into the dialplan anew (REFER), out of our hands and past the dialling rules; and some REFERs end
    // it (asterisk #2021). Asterisk shows it in this word.
    allow_transfer: 'false',
    // A phone whose cable was pulled must not stay in a talk for ever.
    rtp_timeout: '60',
    rtp_timeout_hold: '0',
  })

async function put(ari: Ari, objectType: string, id: string, wanted: Fields): Promise<void> {
  await ari.operations.asterisk.updateObject!({ configClass: 'res_pjsip', objectType, id, fields: wanted })
}

const get = async (ari: Ari, objectType: string, id: string): Promise<Fields> =>
  (await ari.operations.asterisk.getObject!({ configClass: 'res_pjsip', objectType, id })) as Fields

/** The endpoint first: without its auth it would let anyone in. */
async function remove(ari: Ari, id: string): Promise<void> {
  for (const objectType of ['endpoint', 'auth', 'aor']) {
    await ari.operations.asterisk.deleteObject!({ configClass: 'res_pjsip', objectType, id }).catch(unlessGone)
  }
}

function unlessGone(thrown: unknown): void {
  if (!isGone(thrown)) throw thrown
}

/** An account that nobody has any more is closed, where it is one of ours: Asterisk would let its phone in for ever. */
async function closeOthers(ari: Ari, accounts: readonly SipAccount[], log: Log): Promise<void> {
  const known = new Set(accounts.map(({ user }) => user))
  const there = (await ari.operations.endpoints.listByTech!({ tech: 'PJSIP' })) as { resource: string }[]
  for (const { resource } of there) {
    const user = resource.replace(IN_CLEAR, '')
    if (known.has(user) || !/^\d{2,8}$/.test(user)) continue
    try {
      const endpoint = await get(ari, 'endpoint', resource)
      if (!holds(endpoint, { attribute: 'context', value: CONTEXT })) continue
      await remove(ari, resource)
      log.info({ account: user }, 'an account that nobody has any more is closed')
    } catch (thrown) {
      tell(thrown, log, { account: user }, 'an account that nobody has any more cannot be closed')
    }
  }
}

async function isThere(ari: Ari, account: SipAccount): Promise<boolean> {
  try {
    const { user, password, remote } = account
    const [auth, endpoint] = await Promise.all([
      get(ari, 'auth', user),
      get(ari, 'endpoint', user),
      ...(remote ? [get(ari, 'endpoint', `${user}${IN_CLEAR}`)] : []),
    ])
    const passwordIsRight = auth!.some(field => field.attribute === 'password' && field.value === password)
    return passwordIsRight && endpointOf(account).every(field => holds(endpoint!, field))
  } catch (thrown) {
    if (isGone(thrown)) return false
    throw thrown
  }
}

/** Asterisk writes some values its own way (lists, numbers), so only what it returns word for word counts as different. */
const LITERAL = new Set([
  ...['transport', 'allow_transfer', 'context', 'message_context'],
  ...['aors', 'auth', 'rtp_timeout'],
])

const holds = (there: Fields, { attribute, value }: Fields[number]): boolean =>
  !LITERAL.has(attribute) || there.some(field => field.attribute === attribute && field.value === value)
