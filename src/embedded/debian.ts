import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { aptGet, type PrivateApt, privateApt } from './apt.ts'
import { makeCacheFolder } from './cache.ts'
import { type Release, releaseForThisMachine, sourceLine } from './distribution.ts'
import { isAlive } from './life.ts'

// Programs from the distribution's own signed packages, unpacked into a folder: no root, no chroot, nothing installed.

const run = promisify(execFile)

/** Tells the person who waits what is going on. */
export type Say = (line: string) => void

/** What is brought along: what people call it, and the package that it is. */
export type Program = { name: string; package: string }

export const ASTERISK: Program = { name: 'Asterisk', package: 'asterisk' }

/** The folder that holds the unpacked package and all that it needs; filled when it is not there yet. */
export async function unpacked(program: Program, cacheFolder: string, say: Say): Promise<string> {
  const release = await releaseForThisMachine()
  const root = join(cacheFolder, `${program.package}-${release.name}-${process.arch}`)
  if (existsSync(root)) return root
  await makeCacheFolder(cacheFolder)
  await removeLeftovers(cacheFolder)
  const workshop = await mkdtemp(join(cacheFolder, `fetching-${process.pid}@${hostname()}-`))
  try {
    await fetchAndUnpack(program, release, workshop, say)
    await putInPlace(join(workshop, 'root'), root)
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
  return root
}

async function fetchAndUnpack(program: Program, release: Release, workshop: string, say: Say): Promise<void> {
  await chmod(workshop, 0o755)
  say(`Reading the list of packages of ${release.distribution} ${release.name} …`)
  const apt = await privateApt(join(workshop, 'apt'), await sourceLine(release, join(workshop, 'lists')))
  const progress = everyFewSeconds(say)
  await aptGet(apt, ['update'], () => progress('  still reading'))
  await download(program, apt, release, say)
  await unpackAll(apt.archives, join(workshop, 'root'), say)
}

/** Another run may have been quicker: what stands there is then as good as ours. */
async function putInPlace(made: string, wanted: string): Promise<void> {
  try {
    await rename(made, wanted)
  } catch (cause) {
    if (!existsSync(wanted)) throw cause
  }
}

/** What an interrupted run of this machine left behind. A run that still works keeps its folder: its pid is in the name. */
async function removeLeftovers(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const [, pid, host] = /^fetching-(\d+)@(.+)-\w+$/.exec(name) ?? []
    if (host === hostname() && !isAlive(Number(pid)))
      await rm(join(cacheFolder, name), { recursive: true, force: true })
  }
}

async function download(program: Program, apt: PrivateApt, release: Release, say: Say): Promise<void> {
  let progress: Say = () => {}
  await aptGet(apt, ['install', '--download-only', '--no-install-recommends', '--yes', program.package], line => {
    const [, size] = /^Need to get ([\d.,]+ \w+)/.exec(line) ?? []
    if (size) {
      say(`Fetching ${program.name} from ${release.distribution}'s packages (${size}) …`)
      progress = everyFewSeconds(say)
    }
    const [, percent] = /^dlstatus:\d+:([\d.]+):/.exec(line) ?? []
    if (percent) progress(`  fetched ${Math.floor(Number(percent))} %`)
  })
}

async function unpackAll(archives: string, root: string, say: Say): Promise<void> {
  const packages = (await readdir(archives)).filter(name => name.endsWith('.deb'))
  const progress = everyFewSeconds(say)
  say(`Unpacking ${packages.length} packages …`)
  await mkdir(root)
  for (const [done, name] of packages.entries()) {
    progress(`  unpacked ${done} of ${packages.length}`)
    await run('dpkg-deb', ['--extract', join(archives, name), root])
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
