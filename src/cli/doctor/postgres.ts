import type { Knex } from 'knex'
import pg from 'pg'
import type { Config } from '../../config.ts'
import { connectDatabase } from '../../database/connect.ts'
import { loadAccounts, loadCentre } from '../../database/load.ts'
import { migrationsMissing, TablesAreNewer } from '../../database/migrations.ts'
import { loadSystems } from '../../database/systems.ts'
import { sentenceOf } from '../../errors.ts'
import type { Looked } from './asterisk.ts'
import { clockDifference } from './clock.ts'
import { lookAtBans } from './door.ts'
import { bad, type Finding, good } from './finding.ts'
import type { KnownSecrets } from './secrets.ts'
import { lookAtSystems } from './systems.ts'

const OLDEST = 14
const ANSWER_WITHIN_MS = 3_000

/** The Postgres that is named, or the private one where it runs: reachable, new enough, its tables, its clock. */
export async function lookAtPostgres(config: Config, secrets: KnownSecrets, now: () => number): Promise<Looked> {
  const url = config.databaseUrl ?? privateUrl(config, secrets)
  if (url === undefined) {
    return { findings: [good('Postgres does not run; the next start creates the database')], answers: false }
  }
  const why = await unreachable(url)
  if (why !== undefined) return { findings: [config.databaseUrl ? refusal(url, why) : asleep], answers: false }
  const knex = connectDatabase(url)
  try {
    return {
      findings: [await version(knex), ...(await tables(knex, config, now)), await clock(knex, now)],
      answers: true,
    }
  } finally {
    await knex.destroy()
  }
}

const privateUrl = ({ ports }: Config, { postgres }: KnownSecrets): string | undefined =>
  postgres && `postgres://hotline:${postgres}@127.0.0.1:${ports.postgres}/hotline`

/** Why it cannot be used. Asked without knex, which would tell it on the console as well. */
async function unreachable(url: string): Promise<string | undefined> {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_WITHIN_MS })
    await client.connect().finally(() => client.end())
    return undefined
  } catch (thrown) {
    return sentenceOf(thrown)
  }
}

const asleep = good('Postgres does not run; the next start starts it with the data it has')

function refusal(url: string, why: string): Finding {
  // Without the password, nor what follows the question mark, where another may stand. There may be no host.
  const [, place] = /^\w+:\/\/(?:[^?]*@)?([^?]*)/.exec(url) ?? []
  return bad(`Postgres at ${place} cannot be used (${why})`, 'start it, or set DATABASE_URL aright')
}

async function version(knex: Knex): Promise<Finding> {
  const { rows } = await knex.raw("select current_setting('server_version') as version")
  const { version } = rows[0] as { version: string }
  if (Number.parseInt(version, 10) < OLDEST) return bad(`Postgres ${version} is too old`, `use ${OLDEST} or newer`)
  return good(`Postgres ${version} answers`)
}

async function tables(knex: Knex, config: Config, now: () => number): Promise<Finding[]> {
  try {
    const missing = await migrationsMissing(knex)
    if (missing === 'all') return [good('The database is empty; the next start creates its tables')]
    if (missing.length === 0)
      return [good('The tables are up to date'), ...(await deadEnds(knex, config)), await lookAtBans(knex, now())]
    return [bad(`The tables lack ${missing.join(', ')}`, 'start the hotline, which brings them up to date')]
  } catch (thrown) {
    if (thrown instanceof TablesAreNewer) return [bad(thrown.what, thrown.mend)]
    return [bad(`The tables cannot be read (${sentenceOf(thrown)})`, 'let the user of DATABASE_URL read them')]
  }
}

/** Where no centre is in the tables yet, the next start sets one up. */
async function deadEnds(knex: Knex, { zone }: Config): Promise<Finding[]> {
  if ((await loadAccounts(knex)).length === 0) return []
  const centre = await loadCentre(knex, zone)
  return [
    ...centre.deadEnds.map(({ what, mend }) => bad(what, mend)),
    ...(await lookAtSystems(centre, await loadSystems(knex))),
  ]
}

const clock = (knex: Knex, now: () => number): Promise<Finding> =>
  clockDifference("Postgres's clock", now, async () => {
    const { rows } = await knex.raw('select extract(epoch from clock_timestamp()) * 1000 as ms')
    return Number(rows[0].ms)
  })
