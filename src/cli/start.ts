import { networkInterfaces } from 'node:os'
import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import { addFirst, FIRST, renewPassword } from '../database/people.ts'
import { openLog } from '../log.ts'
import { type Opened, openWithSurroundings } from '../opening.ts'
import { listenForStop } from '../told.ts'
import { note } from './people.ts'
import { type Account, reachedAt, type Welcome, welcome } from './welcome.ts'

const say = (line: string): void => console.log(line)

/** `npm start`: answers the hotline until Ctrl-C, and then ends everything that it started. */
export async function start(config: Config): Promise<void> {
  const told = listenForStop(() => say('Stopping … (Ctrl-C again ends at once)'))
  const hotline = await openWithSurroundings(config, openLog(config.logLevel), told, say)
  if (!hotline) return
  try {
    const end = Promise.race([told.toStop, hotline.replaced.then(standDown)])
    const isReady = await Promise.race([hotline.ready.then(() => true), end.then(() => false)])
    if (isReady) say(await welcomeTo(config, hotline))
    await end
  } finally {
    await hotline.stop()
  }
}

/** Whoever restarts us (systemd, Docker) makes a standby of us. */
function standDown(): void {
  console.error('Another service has taken over this Asterisk: this one ends.')
  process.exitCode = 1
}

async function welcomeTo(config: Config, { knex, httpPort, isNew, surroundings }: Opened): Promise<string> {
  const accounts: Account[] = await knex('agents').select('id', 'sip_password').orderBy('id')
  // What is not a terminal is kept, such as a journal, and read by others than the agents.
  const showsPasswords = Boolean(process.stdout.isTTY) || surroundings.isFirstStart
  return welcome({
    config,
    httpPort,
    accounts,
    here: reachedAt(config.bind, networkInterfaces()),
    // Once; where Asterisk is another's, only to whom sits there.
    showsPasswords: isNew && showsPasswords,
    first: await firstOf(knex, showsPasswords),
  })
}

/** Where nobody may sign in yet, an administrator may from now on, with a password that is shown this once. */
async function firstOf(knex: Knex, showsPasswords: boolean): Promise<Welcome['first']> {
  if (!(await addFirst(knex, Date.now()))) return undefined
  await note(knex, 'start', FIRST, { roles: ['administrator'] })
  return { id: FIRST, password: showsPasswords ? await renewPassword(knex, FIRST) : undefined }
}
