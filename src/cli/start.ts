import type { Config } from '../config.ts'
import { HOTLINE_NUMBER } from '../database/sample.ts'
import { bringAlong } from '../embedded/bring.ts'
import { openLog } from '../log.ts'
import { type Hotline, openHotline } from '../main.ts'
import { listenForStop } from '../told.ts'

const say = (line: string): void => console.log(line)

/** `npm start`: answers the hotline until Ctrl-C, and then ends everything that it started. */
export async function start(config: Config): Promise<void> {
  const told = listenForStop(() => say('Stopping … (Ctrl-C again ends at once)'))
  const surroundings = await bringAlong(config, say)
  let hotline: Hotline | undefined
  try {
    if (told.hasBeen()) return
    const giveUp = new AbortController()
    void told.toStop.then(() => giveUp.abort())
    hotline = await openHotline(config, surroundings, openLog(config.logLevel), giveUp.signal).catch(thrown => {
      if (giveUp.signal.aborted) return undefined
      throw thrown
    })
    if (!hotline) return
    const end = Promise.race([told.toStop, hotline.replaced.then(standDown)])
    const isReady = await Promise.race([hotline.ready.then(() => true), end.then(() => false)])
    if (isReady) say(await welcome(config, hotline))
    await end
  } finally {
    await hotline?.stop()
    await surroundings.stop()
  }
}

/** Whoever restarts us (systemd, Docker) makes a standby of us. */
function standDown(): void {
  console.error('Another service has taken over this Asterisk: this one ends.')
  process.exitCode = 1
}

async function welcome({ bind, ports, folder, apiKey }: Config, { knex, httpPort }: Hotline): Promise<string> {
  const accounts: { id: string; sip_password: string }[] = await knex('agents')
    .select('id', 'sip_password')
    .orderBy('id')
  const key = apiKey === undefined ? `the key is in ${folder}/secrets.json` : 'the key is HOTLINE_API_KEY'
  return `
The hotline is answered. Dial ${HOTLINE_NUMBER} at ${bind}:${ports.sip} (UDP).

To be an agent, register a softphone at ${bind}:${ports.sip} as
${accounts.map(({ id, sip_password }) => `  user ${id}  password ${sip_password}`).join('\n')}
and dial *1 to sign in, *2 to sign out, *3 ready, *41 rest, *42 meal, *43 training, *44 meeting, *5 to hear your state.

HTTP: http://${bind}:${httpPort}/api (${key}). Figures: npx hotline report agents. Ctrl-C ends it all.
`
}
