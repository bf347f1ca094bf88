import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/log.ts'
import { openHotline } from '../../src/main.ts'

/**
 * The service in a process of its own, so that a test can kill it. It tells its parent all that it decides; what it is
 * given as its one argument is a `Settings`.
 */
const { environment, surroundings, home } = JSON.parse(process.argv[2]!)
const config = readConfig(environment, home)
const hotline = await openHotline(config, { ...surroundings, stop: async () => {} }, openLog(config.logLevel))
hotline.board.watch((call, facts, agents) => process.send!({ call, facts, agents: agents.map(change => change.after) }))
process.on('message', () => process.send!({ resources: resources(), facts: [], agents: [] }))
// Nothing in Node lists all listeners. But it warns of the eleventh for one event of one emitter, which a listener that
// every call leaves behind soon is.
let crowdedEmitters = 0
process.on('warning', ({ name }) => {
  if (name === 'MaxListenersExceededWarning') crowdedEmitters += 1
})
// Whoever started us is gone, and so is the reason to live.
process.on('disconnect', () => process.exit(0))
void hotline.replaced.then(async () => {
  await hotline.stop()
  process.exit(1)
})
await hotline.ready
tellAll('ready')

/** What this process holds on to: calls, timers, servers, files and the like, and listeners where they are too many. */
function resources(): Record<string, number> {
  const held: Record<string, number> = { calls: hotline.board.calls.length, crowdedEmitters }
  for (const kind of process.getActiveResourcesInfo()) held[kind] = (held[kind] ?? 0) + 1
  // The pools of the database and of HTTP keep as many sockets as they needed once.
  delete held.TCPSocketWrap
  return held
}

function tellAll(ready?: 'ready'): void {
  process.send!({ ready, calls: hotline.board.calls, agents: [...hotline.board.agents.values()], facts: [] })
}
