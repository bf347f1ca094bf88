import { WARN, type World } from './world.ts'

/** From now on phones ring until a restart of the service is over, on a busy machine too. The world must log at `info`. */
export async function ringLong(world: World): Promise<void> {
  const changed = world.countLogged({ level: WARN - 10, msg: 'queues or numbers were changed' })
  await world.knex('queues').update({ ring_ms: 60_000 })
  await world.until('the service has learned it', () => changed() > 0)
}
