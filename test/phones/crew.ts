import { type Ami, openAmi } from '../../src/asterisk/ami.ts'
import { openLog } from '../../src/log.ts'
import type { World } from './world.ts'

/** A look into the lifeboat of our own, beside the service's. */
export function openManager(world: World): Promise<Ami> {
  const { host, amiPort: port, user, amiSecret: secret } = world.surroundings.asterisk
  return new Promise(done => {
    const manager = openAmi({ host, port, user, secret, log: openLog('silent'), onUp: () => done(manager) })
  })
}

/** Who is in the lifeboat and whether paused there, as Asterisk says. */
export async function aboard(manager: Ami): Promise<Record<string, string>> {
  const members = await manager.list({ action: 'QueueStatus', queue: 'lifeboat' }, 'QueueMember')
  return Object.fromEntries(members.map(({ location, paused }) => [location, paused]))
}
