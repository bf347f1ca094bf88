import { isIP } from 'node:net'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { type Clock, isGone, PhoneRefused } from '../switchboard/ports.ts'
import { isInClear } from './accounts.ts'
import type { Fields } from './ami.ts'
import type { Ari } from './ari.ts'
import { type Banned, Bans, type Known, type Verdict } from './bans.ts'

export type DoorkeeperParts = {
  ari: Pick<Ari, 'operations' | 'isUp'>
  /** Addresses that are never refused: whence callers come. */
  isExempt: (address: string) => boolean
  /** What was known when the service last ran. */
  known: () => Promise<readonly Known[]>
  /** Whom somebody has let in before their time was over, and when. */
  lifted: () => Promise<ReadonlyMap<string, number>>
  /** May reject: what is not remembered is known until the service ends. */
  note: (known: Known) => Promise<void>
  clock: Clock
  log: Log
}

/** Asterisk's words for who was not let in (security_events_defs.h). */
const FAILURES = ['InvalidPassword', 'ChallengeResponseFailed', 'FailedACL']

/** Hears who is let in and who is not (AMI's security events), and has those refused who try too often (ARI). */
export class Doorkeeper {
  readonly #parts: DoorkeeperParts
  readonly #bans: Bans
  readonly #inClear = new Set<string>()
  #giving: Promise<void> = Promise.resolve()
  #inForce: 'a' | 'b' = 'b'
  #takeBack = (): void => {}
  #trouble = ''
  /** Since the service started. */
  failures = 0
  bans = 0

  constructor(parts: DoorkeeperParts) {
    this.#parts = parts
    this.#bans = new Bans(parts.isExempt)
  }

  get banned(): readonly Banned[] {
    return this.#bans.all
  }

  /** Of PJSIP alone: who asks ARI or AMI is on this machine, or has proved to be us. Returns whether it was about that. */
  hear({ event = '', service, remoteaddress, accountid = '' }: Fields): boolean {
    const address = addressIn(remoteaddress)
    if (service !== 'PJSIP' || address === undefined) return false
    if (event === 'SuccessfulAuth') this.#letIn(address, accountid)
    else if (event === 'ChallengeSent') this.#judged(address, this.#bans.asked(address, this.#parts.clock.now()))
    else if (FAILURES.includes(event)) this.#turnedAway(address, accountid)
    return true
  }

  /** Asterisk is told whom to refuse, whatever it was told before. Where it is away, its return gives it. */
  give(): Promise<void> {
    this.#giving = this.#giving.then(() => this.#give())
    return this.#giving
  }

  /** Believes what was known. Rejects where that cannot be read. */
  async restore(): Promise<void> {
    this.#bans.learn(await this.#parts.known())
    this.#lift()
  }

  /** Somebody may have let somebody in. Rejects where that cannot be read. */
  async pardon(): Promise<void> {
    if (!this.#bans.pardon(await this.#parts.lifted())) return
    this.#lift()
    await this.give()
  }

  close(): void {
    this.#takeBack()
  }

  #letIn(address: string, account: string): void {
    const { clock } = this.#parts
    this.#inClear.delete(account)
    const at = clock.now()
    if (this.#bans.worked(address, at)) this.#note({ address, workedAt: at, ban: null })
  }

  #turnedAway(address: string, account: string): void {
    this.failures += 1
    this.#tellOfClear(account)
    this.#judged(address, this.#bans.failed(address, this.#parts.clock.now()))
  }

  #judged(address: string, verdict: Verdict): void {
    const { log } = this.#parts
    if (verdict === 'spared')
      log.warn({ address }, 'somebody tries passwords from where phones of ours work: nobody is refused there')
    if (verdict !== 'banned') return
    this.bans += 1
    const { address: _, ...ban } = this.banned.find(one => one.address === address)!
    log.warn(
      { address, until: new Date(ban.endsAt).toISOString() },
      'somebody tries passwords or looks for accounts: all from this address is refused for a while',
    )
    this.#note({ address, workedAt: null, ban })
    this.#lift()
    void this.give()
  }

  /** It may have the right password, and nobody would see why it is not let in. */
  #tellOfClear(account: string): void {
    if (!isInClear(account) || this.#inClear.has(account)) return
    this.#inClear.add(account)
    const [phone] = account.split('@')
    this.#parts.log.warn({ phone }, 'a phone that must come over TLS (remote=yes) comes without, and is refused')
  }

  /** Lets those in whose time is over, and looks again when the next one's is. */
  #lift(): void {
    const { clock } = this.#parts
    this.#takeBack()
    if (this.#bans.lift(clock.now())) void this.give()
    const next = Math.min(...this.banned.map(({ endsAt }) => endsAt))
    if (Number.isFinite(next)) this.#takeBack = clock.at(next, () => this.#lift())
  }

  #note(known: Known): void {
    const { note, log } = this.#parts
    note(known).catch(thrown => log.warn({ error: sentenceOf(thrown) }, 'what came of an address is not remembered'))
  }

  async #give(): Promise<void> {
    const { ari, log } = this.#parts
    if (!ari.isUp) return
    try {
      await this.#refuse(this.banned.map(({ address }) => address))
      this.#trouble = ''
    } catch (thrown) {
      if (thrown instanceof PhoneRefused && thrown.id === 'away') return
      const error = sentenceOf(thrown)
      if (this.#trouble !== error) log.error({ error, mend: MEND }, 'Asterisk refuses nobody, however often they try')
      this.#trouble = error
    }
  }

  /**
   * A list that is written again is lengthened (res_pjsip_acl.c, acl_handler): so the new one is written beside the old one,
   * which is then removed.
   */
  async #refuse(addresses: readonly string[]): Promise<void> {
    const next = this.#inForce === 'a' ? 'b' : 'a'
    await this.#remove(next)
    if (addresses.length > 0) await this.#write(next, addresses)
    await this.#remove(this.#inForce)
    this.#inForce = next
  }

  /** ARI makes the list and then cannot show it, which it answers with 500 "Allocation failed"; of one that is not there it says 404. */
  async #write(list: string, addresses: readonly string[]): Promise<void> {
    const { updateObject, getObject } = this.#parts.ari.operations.asterisk
    const fields = [
      { attribute: 'deny', value: addresses.map(each => `${each}/${isIP(each) === 4 ? 32 : 128}`).join() },
    ]
    try {
      await updateObject!({ ...at(list), fields })
    } catch (thrown) {
      if (!isShy(thrown)) throw thrown
      await getObject!(at(list)).catch(why => {
        if (!isShy(why)) throw why
      })
    }
  }

  async #remove(list: string): Promise<void> {
    await this.#parts.ari.operations.asterisk.deleteObject!(at(list)).catch(thrown => {
      if (!isGone(thrown)) throw thrown
    })
  }
}

const MEND = 'sorcery.conf must have the section [acl] of dialplan/sorcery.conf, and modules.conf load res_pjsip_acl.so'

const at = (list: string) => ({ configClass: 'res_pjsip', objectType: 'acl', id: `bans-${list}` })

const isShy = (thrown: unknown): boolean =>
  thrown instanceof PhoneRefused && thrown.id === 'refused' && /→ 500 .*Allocation failed/.test(thrown.message)

/** `IPV4/UDP/203.0.113.7/5060` */
function addressIn(words: string | undefined): string | undefined {
  const address = words?.split('/')[2]?.replace(/^\[|\]$/g, '')
  return address !== undefined && isIP(address) !== 0 ? address : undefined
}
