import { vi } from 'vitest'
import type { Softphone } from '../../src/softphone/softphone.ts'
import { aboard, openManager } from './crew.ts'
import { type Name, TONES } from './parties.ts'
import { hotline } from './typed.ts'
import type { World } from './world.ts'

/** A phone of the centre's, which is nobody's own, with an account that Asterisk has. */
export async function openDesk(world: World, folder: string, id: string, voice: Name): Promise<Softphone> {
  const password = /with the password (\S+) from/.exec(await hotline(world, folder, `phone add ${id}`))![1]!
  await vi.waitFor(() => world.ari(`endpoints/PJSIP/${id}`), { timeout: 10_000, interval: 100 })
  const phone = await world.phone({ user: id, password, tone: { hz: TONES[voice] } })
  await phone.register()
  return phone
}

/** A code, and they listen to the end. */
export async function dials(phone: Softphone, code: string): Promise<void> {
  const dialog = await phone.invite(code).answered
  await dialog.heard.speech({ forMs: 300, withinMs: 10_000 })
  await dialog.ended
}

/** With what they key in for a PIN. */
export async function keysIn(phone: Softphone, id: string, pin: string): Promise<void> {
  const dialog = await phone.invite(`*1${id}`).answered
  await dialog.heard.speech({ forMs: 300, withinMs: 10_000 })
  await dialog.press(`${pin}#`)
  await dialog.ended
}

/** Whose phones, as Asterisk's own queues have it. */
export async function rungByLifeboat(world: World): Promise<string[]> {
  const manager = await openManager(world)
  try {
    return Object.keys(await aboard(manager)).map(location => location.replace('PJSIP/', ''))
  } finally {
    await manager.close()
  }
}
