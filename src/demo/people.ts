import { CALLBACK } from '../call/commands.ts'
import type { Dialog } from '../softphone/dialog.ts'
import { NotHeard, SipFailure } from '../softphone/failure.ts'
import { Softphone } from '../softphone/softphone.ts'
import { AGENTS_VOICE_HZ, type Chance, type Errand, seconds } from './errands.ts'

/** The people of the demo: they know only what they hear, as real ones do. Each has a tone for a voice. */

type Server = { host: string; port: number }

export type AgentAtWork = { signOut(): Promise<void> }

/** An agent who signs in, takes most calls, now and then misses one, and is ready again soon after. */
export async function agentAtWork(server: Server, id: string, password: string, chance: Chance): Promise<AgentAtWork> {
  const phone = await Softphone.open({ server, user: id, password, tone: { hz: AGENTS_VOICE_HZ } })
  await phone.register()
  await dial(phone, '*1')
  await dial(phone, '*3')
  phone.on('invite', incoming => {
    incoming.ring()
    if (chance() < 0.08) {
      incoming.reject(486)
      setTimeout(() => void dial(phone, '*3'), seconds(2, 5, chance))
      return
    }
    setTimeout(
      () => {
        const take = incoming.displayName?.startsWith(CALLBACK) ? callBack : talk
        if (incoming.open) void incoming.answer().then(dialog => take(dialog, chance), unlessGone)
      },
      seconds(0.5, 2.5, chance),
    )
  })
  return {
    async signOut() {
      await dial(phone, '*2')
      await phone.close()
    },
  }
}

/** Hears what it is about, and takes it; that the customer is not reached is no fault. */
async function callBack(dialog: Dialog, chance: Chance): Promise<void> {
  try {
    await dialog.heard.speech({ withinMs: 20_000 })
    await dialog.press('1')
    await talk(dialog, chance)
  } catch (thrown) {
    unlessGone(thrown)
  }
}

export async function talk(dialog: Dialog, chance: Chance): Promise<void> {
  const end = setTimeout(() => void dialog.hangUp(), seconds(5, 14, chance))
  await dialog.ended
  clearTimeout(end)
}

/** Dials a feature code and listens until the line is closed. */
async function dial(phone: Softphone, code: string): Promise<void> {
  try {
    await (await phone.invite(code).answered).ended
  } catch (thrown) {
    unlessGone(thrown)
  }
}

/**
 * One call from its dialling to its end. What a caller does is chance; resolves when the line is closed, with why the
 * hotline did not take the call where it did not. `isOurs`: the Asterisk is brought along; else they show no number, or a trunk
 * would be asked to call some stranger back.
 */
export async function phoneIn(
  server: Server,
  { dials, does }: Errand,
  chance: Chance,
  isOurs: boolean,
): Promise<SipFailure | undefined> {
  const number = isOurs ? `13${String(Math.floor(chance() * 1e9)).padStart(9, '0')}` : 'anonymous'
  const voice = { hz: 300 + Math.floor(chance() * 20) * 10 }
  const phone = await Softphone.open({ server, user: number, tone: voice })
  try {
    const answer = await phone.invite(dials).answered.catch(refusalIn)
    if (answer instanceof SipFailure) return answer
    await does(answer, chance)
    await answer.ended
  } catch (thrown) {
    unlessGone(thrown)
  } finally {
    await phone.close()
  }
  return undefined
}

function refusalIn(thrown: unknown): SipFailure {
  if (thrown instanceof SipFailure) return thrown
  throw thrown
}

/** People hang up on each other: what fails because the other is gone (or was not there in time) is no fault. */
function unlessGone(thrown: unknown): void {
  if (!(thrown instanceof SipFailure) && !(thrown instanceof NotHeard)) throw thrown
}
