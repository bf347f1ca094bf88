import type { Dialog } from '../softphone/dialog.ts'
import { NotHeard, SipFailure } from '../softphone/failure.ts'
import { Softphone } from '../softphone/softphone.ts'

/** The people of the demo: they know only what they hear, as real ones do. Each has a tone for a voice. */

type Server = { host: string; port: number }
export type Chance = () => number

const seconds = (from: number, to: number, chance: Chance): number => (from + (to - from) * chance()) * 1_000
const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

/** Every agent speaks in this voice, so that a caller hears that somebody is there. */
const AGENTS_VOICE_HZ = 620
const LONGEST_PATIENCE_MS = 90_000

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
        if (incoming.open) void incoming.answer().then(dialog => talk(dialog, chance), unlessGone)
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

async function talk(dialog: Dialog, chance: Chance): Promise<void> {
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
 * hotline did not take the call where it did not.
 */
export async function phoneIn(server: Server, hotline: string, chance: Chance): Promise<SipFailure | undefined> {
  const number = `13${String(Math.floor(chance() * 1e9)).padStart(9, '0')}`
  const voice = { hz: 300 + Math.floor(chance() * 20) * 10 }
  const phone = await Softphone.open({ server, user: number, tone: voice })
  try {
    const answer = await phone.invite(hotline).answered.catch(refusalIn)
    if (answer instanceof SipFailure) return answer
    await meetTheHotline(answer, chance)
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

async function meetTheHotline(dialog: Dialog, chance: Chance): Promise<void> {
  await pause(seconds(1, 6, chance))
  if (chance() < 0.05) return dialog.hangUp('changed their mind')
  if (chance() < 0.15) {
    await press(dialog, '9')
    await pause(seconds(1, 3, chance))
  }
  if (chance() < 0.95) await press(dialog, pick(['1', '1', '2', '2', '0', '7'], chance))
  const patienceMs = chance() < 0.15 ? seconds(3, 10, chance) : LONGEST_PATIENCE_MS
  await dialog.heard.tone(AGENTS_VOICE_HZ, { withinMs: patienceMs })
  if (chance() < 0.4) {
    await pause(seconds(2, 8, chance))
    return dialog.hangUp('all said')
  }
  await dialog.heard.speech({ withinMs: LONGEST_PATIENCE_MS })
  await pause(seconds(2, 6, chance))
  if (chance() < 0.8) await press(dialog, pick(['5', '5', '4', '3', '2', '1'], chance))
}

async function press(dialog: Dialog, key: string): Promise<void> {
  if (!dialog.over) await dialog.press(key)
}

const pick = (keys: string[], chance: Chance): string => keys[Math.floor(chance() * keys.length)]!

/** People hang up on each other: what fails because the other is gone (or was not there in time) is no fault. */
function unlessGone(thrown: unknown): void {
  if (!(thrown instanceof SipFailure) && !(thrown instanceof NotHeard)) throw thrown
}
