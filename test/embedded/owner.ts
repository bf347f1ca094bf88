import { setInterval } from 'node:timers'
import { startAsterisk } from '../../src/embedded/asterisk.ts'

// A service that does nothing but own an Asterisk.
const asterisk = await startAsterisk({ ...JSON.parse(process.argv[2]!), say: () => {} })
console.log(asterisk.pid)
setInterval(() => {}, 60_000)
