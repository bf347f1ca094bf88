import type { Knex } from 'knex'
import type { Config } from '../../config.ts'
import { loadBanned } from '../../database/addresses.ts'
import { certificateIn, refuseUnfit } from '../../embedded/certificate.ts'
import { sentenceOf } from '../../errors.ts'
import { bad, type Finding, good } from './finding.ts'

/** By which phones come in over TLS, and who is refused. */

const NAMED_AT_MOST = 10

/** That of an Asterisk of one's own is that one's affair. */
export async function lookAtCertificate(config: Config, now: number): Promise<Finding[]> {
  if (config.asterisk) return []
  const certificate = config.certificate ?? certificateIn(config.folder)
  if (!certificate) return [good('There is no certificate for phones that come over TLS; the next start makes one')]
  try {
    const until = await refuseUnfit(certificate, now)
    return [good(`The certificate for phones that come over TLS is good until ${until.toISOString().slice(0, 10)}`)]
  } catch (thrown) {
    const mend = 'name another, or none, and start Asterisk anew when nobody talks'
    return [bad(`Phones cannot come over TLS (${sentenceOf(thrown)})`, mend)]
  }
}

/** It mends itself, and is no fault of the hotline. */
export async function lookAtBans(knex: Knex, now: number): Promise<Finding> {
  const banned = await loadBanned(knex, now)
  if (banned.length === 0) return good('No address is refused for wrong SIP passwords')
  const named = banned.slice(0, NAMED_AT_MOST).map(({ address, endsAt }) => `${address} until ${timeOf(endsAt)}`)
  const more = banned.length > named.length ? ` and ${banned.length - named.length} more` : ''
  return good(`Refused for a while, because wrong SIP passwords came from there: ${named.join(', ')}${more}`)
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 16).concat(' UTC')
