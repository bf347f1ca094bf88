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
process.on('message', () => void tellAll())
// Whoever started us is gone, and so is the reason to live.
process.on('disconnect', () => process.exit(0))
await hotline.ready
tellAll('ready')

function tellAll(ready?: 'ready'): void {
  process.send!({ ready, calls: hotline.board.calls, agents: [...hotline.board.agents.values()], facts: [] })
}
