import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HotlineError } from '../errors.ts'
import { ASTERISK, type Say, unpacked } from './debian.ts'

const run = promisify(execFile)

/** An Asterisk that can be started: the words that run it, and where its own files are. */
export type AsteriskProgram = {
  version: string
  /** The command and its first arguments; ours follow. */
  command: readonly [string, ...string[]]
  modulesFolder: string
  dataFolder: string
}

/** The Asterisk of this machine when it is new enough, else the distribution's, unpacked into the cache. */
export async function findAsterisk({ cacheFolder, say }: { cacheFolder: string; say: Say }): Promise<AsteriskProgram> {
  const installed = await installedHere()
  if (installed?.recordsInStereo) return installed
  if (installed)
    say(`Asterisk ${installed.version}, which is installed here, cannot record in stereo: we bring a newer one.`)
  return inFolder(await unpacked(ASTERISK, cacheFolder, say))
}

/** This machine's own, where it has one: also where people's PATH does not lead to its folder. */
export async function installedHere(): Promise<(AsteriskProgram & { recordsInStereo: boolean }) | undefined> {
  const program = (await installedAsterisk('asterisk')) ?? (await installedAsterisk('/usr/sbin/asterisk'))
  return program && { ...program, recordsInStereo: await recordsInStereo(program) }
}

async function installedAsterisk(command: string): Promise<AsteriskProgram | undefined> {
  const version = await versionOf([command]).catch(() => undefined)
  if (version === undefined) return undefined
  const settings = await readFile('/etc/asterisk/asterisk.conf', 'utf8').catch(() => '')
  const set = (name: string) => new RegExp(`^\\s*${name}\\s*=>?\\s*(\\S+)`, 'm').exec(settings)?.[1]
  const modulesFolder = firstWith('res_ari.so', [
    set('astmoddir'),
    `/usr/lib/${triplet()}/asterisk/modules`,
    '/usr/lib/asterisk/modules',
    '/usr/lib64/asterisk/modules',
    '/usr/local/lib/asterisk/modules',
  ])
  const dataFolder = firstWith('rest-api', [
    set('astdatadir'),
    '/usr/share/asterisk',
    '/var/lib/asterisk',
    '/usr/local/share/asterisk',
  ])
  return modulesFolder && dataFolder ? { version, command: [command], modulesFolder, dataFolder } : undefined
}

/** MixMonitor's option D came with 20.11, 21.6 and 22.1 (ChangeLog-20.11.0); Asterisk's own manual tells whether it is there. */
async function recordsInStereo({ dataFolder }: AsteriskProgram): Promise<boolean> {
  const manual = await readFile(join(dataFolder, 'documentation', 'core-en_US.xml'), 'utf8').catch(() => '')
  const [chapter] = /<application name="MixMonitor"[\s\S]*?<\/application>/.exec(manual) ?? ['']
  return chapter.includes('<option name="D">')
}

async function inFolder(root: string): Promise<AsteriskProgram> {
  const command = commandIn(root, 'usr/sbin/asterisk')
  return {
    version: await versionOf(command),
    command,
    modulesFolder: join(root, 'usr/lib', triplet(), 'asterisk/modules'),
    dataFolder: join(root, 'usr/share/asterisk'),
  }
}

/** Unpacked programs run through the loader and the C library that they were built with, not through this machine's. */
export function commandIn(root: string, program: string): [string, ...string[]] {
  const libraries = [`usr/lib/${triplet()}`, `lib/${triplet()}`].map(folder => join(root, folder))
  const loaderName = process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2'
  const loader = ['usr/lib64', 'lib64', 'usr/lib', 'lib']
    .map(folder => join(root, folder, loaderName))
    .find(path => existsSync(path))
  if (loader === undefined)
    throw new HotlineError('asterisk-packages', `${root} holds no ${loaderName}: remove that folder and start again.`)
  return [loader, '--library-path', libraries.join(':'), join(root, program)]
}

const triplet = () => (process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu')

function firstWith(name: string, folders: (string | undefined)[]): string | undefined {
  return folders.find(folder => folder !== undefined && existsSync(join(folder, name)))
}

async function versionOf([file, ...words]: readonly [string, ...string[]]): Promise<string> {
  const { stdout } = await run(file, [...words, '-V'])
  return stdout.trim().replace(/^Asterisk\s+/, '')
}
