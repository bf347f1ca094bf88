import { join } from 'node:path'
import type { Knex } from 'knex'
import type { Config } from '../config.ts'
import { connectDatabase } from '../database/connect.ts'
import { refuseOtherTables } from '../database/migrations.ts'
import { startPostgres, wasStarted } from '../embedded/postgres.ts'
import { BadInput, NotFound } from '../errors.ts'
import type { CallDirection } from '../report/calls.ts'
import { callStory, ledger, reportAgents, reportCalls, reportQueues, reportSurveys } from '../report/commands.ts'

export type Asking = { from?: string; to?: string; csv?: boolean; quarters?: boolean; direction?: CallDirection }

const REPORTS = { agents: reportAgents, queues: reportQueues, calls: reportCalls, surveys: reportSurveys }

export async function reportCommand(config: Config, what: string, asked: Asking): Promise<void> {
  if (!Object.hasOwn(REPORTS, what))
    throw new BadInput('report', `the report must be agents, queues, calls or surveys, not ${what}`)
  if (asked.quarters && what !== 'queues')
    throw new BadInput('quarters', `--quarters goes with the report of queues, not of ${what}`)
  if (asked.direction && what !== 'calls')
    throw new BadInput('direction', `--direction goes with the report of calls, not of ${what}`)
  const report = REPORTS[what as keyof typeof REPORTS]
  print(await withDatabase(config, knex => report(knex, { ...asked, zone: config.zone, now: Date.now() })))
}

export async function callCommand(config: Config, id: string): Promise<void> {
  print(await withDatabase(config, knex => callStory(knex, id, config.zone)))
}

/** Resolves with whether the ledger balances. */
export async function ledgerCommand(config: Config, asked: Asking): Promise<boolean> {
  const { text, balances } = await withDatabase(config, knex =>
    ledger(knex, { ...asked, zone: config.zone, now: Date.now() }),
  )
  print(text)
  return balances
}

/** A question to the database: the one named, or the private one, which is started for it where it does not run. */
export async function withDatabase<T>(config: Config, ask: (knex: Knex) => Promise<T>): Promise<T> {
  const { folder, cacheFolder, ports, databaseUrl } = config
  const home = join(folder, 'postgres')
  // An empty one, made for the question, would answer that all is well.
  if (!databaseUrl && !(await wasStarted(home))) throw nobodyThere(folder)
  const postgres = databaseUrl
    ? undefined
    : await startPostgres({ folder: home, port: ports.postgres, cacheFolder, say: () => {} })
  const knex = connectDatabase(databaseUrl ?? postgres!.url)
  try {
    // A question changes no tables: they may be those of an older service, which is answering callers.
    await refuseOtherTables(knex)
    return await ask(knex)
  } finally {
    await knex.destroy()
    if (postgres && !postgres.tookOver) await postgres.stop()
  }
}

const nobodyThere = (folder: string): NotFound =>
  new NotFound(
    `No hotline has run in ${folder} yet: set HOTLINE_FOLDER, or DATABASE_URL, to that of the one that you ask about.`,
  )

const print = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
