import type { Config } from '../config.ts'
import { HOTLINE_NUMBER } from '../database/sample.ts'
import { bringAlong } from '../embedded/bring.ts'
import { openLog } from '../log.ts'
import { openHotline } from '../main.ts'

const say = (line: string): void => console.log(line)

/** `npm start`: resolves when the hotline is up; ends everything that it started on Ctrl-C. */
export async function start(config: Config): Promise<void> {
  const log = openLog(config.logLevel)
  const surroundings = await bringAlong(config, say)
  const hotline = await openHotline(config, surroundings, log)
  onceTold(['SIGINT', 'SIGTERM'], async () => {
    say('Stopping …')
    await hotline.stop()
    await surroundings.stop()
  })
  await hotline.ready
  const accounts = await hotline.knex('agents').select('id', 'sip_password').orderBy('id')
  say(`
The hotline is answered. Dial ${HOTLINE_NUMBER} at ${config.bind}:${config.ports.sip} (UDP).
To be an agent, register a softphone at ${config.bind}:${config.ports.sip} as
${accounts.map(({ id, sip_password }) => `  user ${id}  password ${sip_password}`).join('\n')}
then dial *1 to sign in, *2 to sign out, *3 ready, *41 rest, *42 meal, *43 training, *44 meeting, *5 to hear your state.
`)
}

/** The first signal stops in good order; a second one ends us at once. */
function onceTold(signals: NodeJS.Signals[], stop: () => Promise<void>): void {
  let told = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (told) process.exit(130)
      told = true
      void stop().then(() => process.exit(0))
    })
  }
}
