import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { HotlineError } from '../errors.ts'

const run = promisify(execFile)

/** Postgres refuses to run as root: then somebody else must own its files. */
export type PostgresUser = 'myself' | { uid: number; gid: number }

/** Whoever owns the files already; for new files ourselves, or as root the first of two users who exist nearly everywhere. */
export async function postgresUser(files: string): Promise<PostgresUser> {
  const me = process.getuid?.()
  const owner = await stat(files).catch(() => undefined)
  if (me !== 0) {
    if (owner && owner.uid !== me) throw foreignFiles(files, owner.uid)
    return 'myself'
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return (await named('postgres')) ?? (await named('nobody')) ?? noUser()
}

async function named(name: string): Promise<PostgresUser | undefined> {
  const number = async (flag: string) => Number((await run('id', [flag, name])).stdout)
  return await Promise.all([number('-u'), number('-g')]).then(
    ([uid, gid]) => ({ uid, gid }),
    () => undefined, // id fails for a name that does not exist.
  )
}

function foreignFiles(files: string, uid: number): HotlineError {
  return new HotlineError(
    'postgres-files',
    `The database in ${files} belongs to another user (uid ${uid}): start as that user or as root, or choose another folder.`,
  )
}

function noUser(): never {
  throw new HotlineError(
    'postgres-user',
    'Postgres refuses to run as root, and there is neither a user "postgres" nor "nobody": start as an ordinary user, or set DATABASE_URL.',
  )
}
