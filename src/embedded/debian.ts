import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { HotlineError } from '../errors.ts'

// Asterisk from the distribution's own signed packages, unpacked into a folder: no root, no chroot, nothing installed.

const run = promisify(execFile)

export type Say = (line: string) => void

type Source = { suite: string; archive: string; keyring: string; components: string }

export class PackagesError extends HotlineError {
  constructor(message: string, cause?: unknown) {
    super('asterisk-packages', message, cause === undefined ? undefined : { cause })
  }
}

/** The folder that holds the unpacked packages; filled when it is not there yet. */
export async function unpackedAsterisk(cacheFolder: string, say: Say): Promise<string> {
  const source = await sourceOfThisMachine()
  const root = join(cacheFolder, `asterisk-${source.suite}-${process.arch}`)
  if (existsSync(root)) return root
  await mkdir(cacheFolder, { recursive: true })
  await removeLeftovers(cacheFolder)
  const workshop = join(cacheFolder, `${workshopPrefix()}${process.pid}`)
  try {
    await fetchAndUnpack(source, workshop, say)
    await putInPlace(join(workshop, 'root'), root)
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
  return root
}

async function fetchAndUnpack(source: Source, workshop: string, say: Say): Promise<void> {
  const apt = await privateApt(source, workshop)
  say(`Reading the list of packages of ${source.suite} …`)
  await aptGet(apt, ['update'], () => {})
  await download(apt, say)
  await unpackAll(join(workshop, 'cache', 'archives'), join(workshop, 'root'), say)
}

/** Another run may have been quicker: what stands there is then as good as ours. */
async function putInPlace(made: string, wanted: string): Promise<void> {
  try {
    await rename(made, wanted)
  } catch (cause) {
    if (!existsSync(wanted)) throw cause
  }
}

const workshopPrefix = () => `fetching-${hostname()}-`

/** What an interrupted run of this machine left behind. Runs that still work keep their folder: it is named by their pid. */
async function removeLeftovers(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(workshopPrefix())) continue
    if (!existsSync(join('/proc', name.slice(workshopPrefix().length)))) {
      await rm(join(cacheFolder, name), { recursive: true, force: true })
    }
  }
}

async function sourceOfThisMachine(): Promise<Source> {
  const release = await osRelease()
  if (release.ID === 'debian') return debianSource()
  if (release.ID === 'ubuntu' && Number(release.VERSION_ID) >= 24.04)
    return ubuntuSource(release.VERSION_CODENAME ?? '')
  throw new PackagesError(
    `Hotline needs Asterisk 20 or newer, and ${release.PRETTY_NAME ?? 'this system'} has no package of it: install one so that "asterisk -V" answers, or run on Debian 12, Debian 13 or Ubuntu 24.04.`,
  )
}

/** Debian 12 and 13 carry no Asterisk; testing does, its release file is signed with keys that they know. */
async function debianSource(): Promise<Source> {
  return {
    suite: 'forky',
    archive: await mirror(site => site.endsWith('/debian') || site.endsWith('/debian/')),
    keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    components: 'main',
  }
}

async function ubuntuSource(suite: string): Promise<Source> {
  return {
    suite,
    archive: await mirror(() => true),
    keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
    components: 'main universe',
  }
}

async function mirror(fits: (site: string) => boolean): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE)']).catch(cause => {
    throw new PackagesError('apt-get does not answer, so the package mirror of this machine is not known.', cause)
  })
  const site = stdout.split('\n').find(line => line !== '' && fits(line))
  if (site === undefined)
    throw new PackagesError('apt knows no package mirror on this machine: run "apt-get update" once.')
  return site
}

async function osRelease(): Promise<Record<string, string>> {
  const text = existsSync('/etc/os-release') ? await readFile('/etc/os-release', 'utf8') : ''
  const pairs = text.split('\n').map(line => /^(\w+)="?(.*?)"?$/.exec(line))
  return Object.fromEntries(pairs.flatMap(pair => (pair ? [[pair[1]!, pair[2]!]] : [])))
}

/** An apt whose lists, archives and idea of what is installed are its own; proxy and passwords stay the machine's. */
async function privateApt(source: Source, workshop: string): Promise<string[]> {
  const at = (...names: string[]) => join(workshop, ...names)
  for (const folder of [at('state', 'lists', 'partial'), at('cache', 'archives', 'partial'), at('root')]) {
    await mkdir(folder, { recursive: true })
  }
  await writeFile(at('status'), '')
  await writeFile(
    at('sources.list'),
    `deb [signed-by=${source.keyring}] ${source.archive} ${source.suite} ${source.components}\n`,
  )
  const settings: Record<string, string> = {
    'Dir::State': at('state'),
    'Dir::State::status': at('status'),
    'Dir::Cache': at('cache'),
    'Dir::Cache::archives': at('cache', 'archives'),
    'Dir::Etc::sourcelist': at('sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Debug::NoLocking': 'true',
    'Acquire::Languages': 'none',
    // A mirror may be a snapshot, past its Valid-Until date. The signature is checked all the same.
    'Acquire::Check-Valid-Until': 'false',
    'APT::Status-Fd': '3',
    'APT::Keep-Downloaded-Packages': 'true',
    // Without this, root's apt downloads as a user who cannot write into our folder.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

async function download(apt: string[], say: Say): Promise<void> {
  const percent = everyFewSeconds(say)
  let size = ''
  await aptGet(
    apt,
    ['install', '--download-only', '--no-install-recommends', '-y', 'asterisk', 'asterisk-core-sounds-en-wav'],
    line => {
      const need = /^Need to get ([\d.,]+ \w+)/.exec(line)
      if (need) {
        size = need[1]!
        say(`Fetching Asterisk from the distribution's packages (${size}) …`)
      }
      const status = /^dlstatus:\d+:([\d.]+):/.exec(line)
      if (status) percent(`  fetched ${Math.floor(Number(status[1]))} % of ${size}`)
    },
  )
}

async function unpackAll(archives: string, root: string, say: Say): Promise<void> {
  const packages = (await readdir(archives)).filter(name => name.endsWith('.deb'))
  const progress = everyFewSeconds(say)
  say(`Unpacking ${packages.length} packages …`)
  for (const [done, name] of packages.entries()) {
    progress(`  unpacked ${done} of ${packages.length}`)
    await run('dpkg-deb', ['-x', join(archives, name), root])
  }
}

function everyFewSeconds(say: Say): Say {
  let last = Date.now()
  return line => {
    if (Date.now() - last < 3000) return
    last = Date.now()
    say(line)
  }
}

async function aptGet(settings: string[], words: string[], onLine: Say): Promise<void> {
  const apt = spawn('apt-get', ['-q', ...settings, ...words], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  })
  const complaints: string[] = []
  const [, output, errors, status] = apt.stdio as unknown as Readable[]
  createInterface({ input: output! }).on('line', onLine)
  createInterface({ input: status! }).on('line', onLine)
  createInterface({ input: errors! }).on('line', line => complaints.push(line))
  const code = await new Promise<number | null>((resolve, reject) => {
    apt.on('error', reject).on('close', resolve)
  })
  if (code !== 0) {
    throw new PackagesError(`apt-get ${words[0]} failed: ${complaints.slice(-5).join(' ') || `code ${code}`}`)
  }
}
