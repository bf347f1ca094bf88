import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { type Banned, liftBan, loadBanned } from '../database/addresses.ts'
import { NotFound } from '../errors.ts'
import { clockTime } from '../report/interval.ts'
import { type Column, column } from '../report/tables.ts'
import { textTable } from '../report/text.ts'
import { withDatabase } from './ask.ts'
import { note } from './people.ts'
import { say } from './typed.ts'

/** Who is refused for a while, since wrong passwords of phones came from there. */

export function addBans(program: Command, config: () => Config): void {
  const ban = program.command('ban').description('addresses that are refused for wrong passwords of phones')
  say(ban.command('list').description('who is refused, and until when'), () => banList(config()))
  say(ban.command('lift').description('lets them in at once').argument('<address>'), address =>
    banLift(config(), address),
  )
}

export const banList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const banned = await loadBanned(knex, Date.now())
    return banned.length === 0 ? 'No address is refused.' : textTable(columns(config.zone), banned).trimEnd()
  })

export const banLift = (config: Config, address: string): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await liftBan(knex, address, Date.now()))) throw new NotFound(`${address} is not refused.`)
    await note(knex, 'ban lift', address)
    return `${address} is let in.`
  })

function columns(zone: string): Column<Banned>[] {
  const of = column<Banned>(false)
  return [
    of('address', 'text', ban => ban.address),
    of('since', 'text', ban => clockTime(ban.beganAt, zone)),
    of('until', 'text', ban => clockTime(ban.endsAt, zone)),
    of('tries', 'count', ban => ban.tries),
  ]
}
