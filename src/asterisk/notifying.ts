import { sentenceOf } from '../errors.ts'
import type { Lamp } from '../switchboard/lamps.ts'
import { PhoneRefused, SomePhonesRefused } from '../switchboard/ports.ts'
import { type AmiAddress, AmiConnection, AmiFailed, type Fields } from './amiConnection.ts'

/** What phones are told beside calls, by NOTIFY (RFC 6665); most desk phones heed these without having asked. */

const ANSWER_WITHIN_MS = 5_000

/** As whom we tell them. */
export const phonesLogin = (user: string): string => `${user}-phones`

/** The leg is picked up by the phone where it rings, as by hand. Rejects with PhoneRefused: gone, or not ringing yet. */
export const pickUp = (ami: AmiAddress, leg: string): Promise<void> =>
  notify(ami, tell => tell({ channel: leg, variable: 'Event=talk' }))

/** The lamps of these phones, where they are registered. One that Asterisk does not know keeps no other dark. Rejects with PhoneRefused. */
export async function light(ami: AmiAddress, lamps: readonly Lamp[]): Promise<void> {
  const refused = new Map<string, string>()
  await notify(ami, async tell => {
    for (const { phone, waiting } of lamps)
      await tell({ endpoint: phone, variable: summary(waiting) }).catch(thrown => {
        if (reasonOf(thrown) === 'away') throw thrown
        refused.set(phone, sentenceOf(thrown))
      })
  })
  const [first] = refused.values()
  if (first === undefined) return
  const others = refused.size > 1 ? ` (and of ${refused.size - 1} more)` : ''
  throw new SomePhonesRefused([...refused.keys()], first + others)
}

type Tell = (fields: Fields) => Promise<unknown>

const summary = (waiting: number): string =>
  [
    ...['Event=message-summary', 'Content-Type=application/simple-message-summary'],
    ...[`Content=Messages-Waiting: ${waiting > 0 ? 'yes' : 'no'}`, `Content=Voice-Message: ${waiting}/0`],
  ].join()

/**
 * Asterisk counts NOTIFY among what its manager calls `system`, beside what runs a shell command. So it has a login of its own, for as
 * long as it takes: nothing of a caller's ever goes over that (dialplan/manager.conf).
 */
async function notify(ami: AmiAddress, all: (tell: Tell) => Promise<unknown>): Promise<void> {
  const connection = new AmiConnection({ ...ami, user: phonesLogin(ami.user) }, () => {})
  try {
    await connection.login(ANSWER_WITHIN_MS)
    await all(fields => connection.ask({ action: 'PJSIPNotify', ...fields }, ANSWER_WITHIN_MS))
  } catch (thrown) {
    throw new PhoneRefused(reasonOf(thrown), sentenceOf(thrown), { cause: thrown })
  } finally {
    connection.end('all is told')
  }
}

const reasonOf = (thrown: unknown): PhoneRefused['id'] => {
  if (!(thrown instanceof AmiFailed) || thrown.id !== 'refused') return 'away'
  return /not found/i.test(thrown.message) ? 'gone' : 'refused'
}
