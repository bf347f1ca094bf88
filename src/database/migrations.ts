import type { Knex } from 'knex'
import * as firstCall from '../../migrations/001_first_call.ts'
import * as views from '../../migrations/002_views.ts'
import * as bookmarks from '../../migrations/003_bookmarks.ts'
import * as hotUpdates from '../../migrations/004_hot_updates.ts'
import * as leases from '../../migrations/005_leases.ts'
import * as languagesAndComments from '../../migrations/006_languages_and_comments.ts'
import * as queueLog from '../../migrations/007_queue_log.ts'
import * as agentsLanguage from '../../migrations/008_agents_language.ts'
import * as flows from '../../migrations/009_flows.ts'
import * as hours from '../../migrations/010_hours.ts'
import * as queueRules from '../../migrations/011_queue_rules.ts'
import * as callers from '../../migrations/012_callers.ts'
import * as systems from '../../migrations/013_systems.ts'
import * as prompts from '../../migrations/014_prompts.ts'
import * as promises from '../../migrations/016_promises.ts'
import * as surveys from '../../migrations/017_surveys.ts'
import * as lines from '../../migrations/018_lines.ts'
import * as messages from '../../migrations/019_messages.ts'
import * as ringAll from '../../migrations/020_ring_all.ts'
import * as comfort from '../../migrations/021_comfort.ts'
import * as comments from '../../migrations/022_comments.ts'
import * as dialling from '../../migrations/023_dialling.ts'
import * as callbacks from '../../migrations/024_callbacks.ts'
import * as callbacksInViews from '../../migrations/025_callbacks_in_views.ts'
import * as outbound from '../../migrations/026_outbound.ts'
import * as duty from '../../migrations/027_duty.ts'
import * as callsWeMake from '../../migrations/028_calls_we_make.ts'
import * as people from '../../migrations/029_people.ts'
import * as events from '../../migrations/030_events.ts'
import * as desk from '../../migrations/031_desk.ts'
import * as remoteAgents from '../../migrations/032_remote_agents.ts'
import * as words from '../../migrations/033_words.ts'
import * as parties from '../../migrations/034_parties.ts'
import * as supervisions from '../../migrations/035_supervisions.ts'
import * as legs from '../../migrations/036_legs.ts'
import * as hotDesk from '../../migrations/037_hot_desk.ts'
import * as desks from '../../migrations/038_desks.ts'
import * as departedAndKept from '../../migrations/040_departed_and_kept.ts'
import * as roster from '../../migrations/041_roster.ts'
import * as phonesRemoved from '../../migrations/042_phones_removed.ts'
import { HotlineError } from '../errors.ts'

/** Named here one by one and without a file's ending: a run of compiled code must know them by the same names. */
const MIGRATIONS: Record<string, Knex.Migration> = {
  '001_first_call': firstCall,
  '002_views': views,
  '003_bookmarks': bookmarks,
  '004_hot_updates': hotUpdates,
  '005_leases': leases,
  '006_languages_and_comments': languagesAndComments,
  '007_queue_log': queueLog,
  '008_agents_language': agentsLanguage,
  '009_flows': flows,
  '010_hours': hours,
  '011_queue_rules': queueRules,
  '012_callers': callers,
  '013_systems': systems,
  '014_prompts': prompts,
  '016_promises': promises,
  '017_surveys': surveys,
  '018_lines': lines,
  '019_messages': messages,
  '020_ring_all': ringAll,
  '021_comfort': comfort,
  '022_comments': comments,
  '023_dialling': dialling,
  '024_callbacks': callbacks,
  '025_callbacks_in_views': callbacksInViews,
  '026_outbound': outbound,
  '027_duty': duty,
  '028_calls_we_make': callsWeMake,
  '029_people': people,
  '030_events': events,
  '031_desk': desk,
  '032_remote_agents': remoteAgents,
  '033_words': words,
  '034_parties': parties,
  '035_supervisions': supervisions,
  '036_legs': legs,
  '037_hot_desk': hotDesk,
  '038_desks': desks,
  '040_departed_and_kept': departedAndKept,
  '041_roster': roster,
  '042_phones_removed': phonesRemoved,
}

/** A number of our own for the lock that lets only one service at a time build the tables. */
const LOCK = 5_060_001

const MEND = 'run the version that made them, or restore a backup from before it'

/** The tables are those of a version that came after this one. */
export class TablesAreNewer extends HotlineError {
  readonly what: string
  readonly mend = MEND

  constructor(unknown: readonly string[]) {
    const what = `The tables are not those of this version (nobody here knows ${unknown.join(', ')})`
    super('tables-are-newer', `${what}: ${MEND}.`)
    this.what = what
  }
}

/** The tables are not yet those of this version. */
export class TablesAreOlder extends HotlineError {
  constructor(missing: readonly string[] | 'all') {
    const what = missing === 'all' ? 'its tables' : missing.join(', ')
    super('tables-are-older', `The database lacks ${what}: start the service of this version first, which makes them.`)
  }
}

/** Brings the tables up to date. Two services that start at once take turns. Rejects with TablesAreNewer. */
export async function migrate(knex: Knex): Promise<void> {
  const source: Knex.MigrationSource<string> = {
    getMigrations: async () => Object.keys(MIGRATIONS),
    getMigrationName: name => name,
    getMigration: async name => MIGRATIONS[name]!,
  }
  const one = await knex.client.acquireConnection()
  try {
    await knex.raw('select pg_advisory_lock(?)', [LOCK]).connection(one)
    try {
      await migrationsMissing(knex)
      await knex.migrate.latest({ migrationSource: source })
    } finally {
      await knex.raw('select pg_advisory_unlock(?)', [LOCK]).connection(one)
    }
  } finally {
    await knex.client.releaseConnection(one)
  }
}

/** Rejects with TablesAreOlder or TablesAreNewer where the tables are not those of this version. Writes nothing. */
export async function refuseOtherTables(knex: Knex): Promise<void> {
  const missing = await migrationsMissing(knex)
  if (missing === 'all' || missing.length > 0) throw new TablesAreOlder(missing)
}

/** Which migrations the tables still lack; `all` where there are no tables. Rejects with TablesAreNewer. */
export async function migrationsMissing(knex: Knex): Promise<string[] | 'all'> {
  const { rows } = await knex.raw("select to_regclass('knex_migrations') is not null as is_there")
  if (!rows[0].is_there) return 'all'
  const made: string[] = await knex('knex_migrations').orderBy('id').pluck('name')
  const unknown = made.filter(name => !Object.hasOwn(MIGRATIONS, name))
  if (unknown.length > 0) throw new TablesAreNewer(unknown)
  return Object.keys(MIGRATIONS).filter(name => !made.includes(name))
}
