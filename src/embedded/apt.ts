import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { HotlineError } from '../errors.ts'

export class PackagesError extends HotlineError {
  constructor(message: string, cause?: unknown) {
    super('asterisk-packages', message, cause === undefined ? undefined : { cause })
  }
}

/** Settings of an apt whose lists, archives and idea of what is installed lie in a folder of ours. */
export type PrivateApt = { readonly settings: readonly string[]; readonly archives: string }

/** Sources, proxy, passwords and keys stay the machine's; `sourceLine` replaces the sources. */
export async function privateApt(folder: string, sourceLine?: string): Promise<PrivateApt> {
  const at = (...names: string[]) => join(folder, ...names)
  for (const needed of [at('state', 'lists', 'partial'), at('cache', 'archives', 'partial')]) {
    await mkdir(needed, { recursive: true })
  }
  await writeFile(at('status'), '')
  const settings: Record<string, string> = {
    'Dir::State': at('state'),
    'Dir::State::lists': at('state', 'lists'),
    'Dir::State::status': at('status'),
    'Dir::Cache': at('cache'),
    'Dir::Cache::archives': at('cache', 'archives'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Debug::NoLocking': 'true',
    'Acquire::Languages': 'none',
    // A mirror may be a snapshot, past its Valid-Until date. The signature is checked all the same.
    'Acquire::Check-Valid-Until': 'false',
    'APT::Keep-Downloaded-Packages': 'true',
    'APT::Status-Fd': '3',
    // Else root's apt downloads as a user who cannot write into our folder.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  }
  if (sourceLine !== undefined) {
    await writeFile(at('sources.list'), `${sourceLine}\n`)
    Object.assign(settings, { 'Dir::Etc::sourcelist': at('sources.list'), 'Dir::Etc::sourceparts': '/dev/null' })
  }
  return {
    settings: Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    archives: at('cache', 'archives'),
  }
}

/** Runs apt-get to its end; every line of its output and of its progress report goes to `onLine`. */
export async function aptGet(
  apt: PrivateApt,
  words: string[],
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const running = spawn('apt-get', ['-q', ...apt.settings, ...words], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  })
  const complaints: string[] = []
  const [, output, errors, progress] = running.stdio as unknown as Readable[]
  createInterface({ input: output! }).on('line', onLine)
  createInterface({ input: progress! }).on('line', onLine)
  createInterface({ input: errors! }).on('line', line => complaints.push(line))
  const code = await new Promise<number | null>((resolve, reject) => {
    running.on('close', resolve)
    running.on('error', cause =>
      reject(new PackagesError('There is no apt-get on this machine: install Asterisk 22.', cause)),
    )
  })
  if (code === 0) return
  throw new PackagesError(`apt-get ${words[0]} failed: ${complaints.slice(-5).join(' ') || `code ${code}`}`)
}
