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
export async function findAsterisk(options: { cacheFolder: string; say: Say }): Promise<AsteriskProgram> {
  return (await installedAsterisk()) ?? inFolder(await unpacked(ASTERISK, options.cacheFolder, options.say))
}

async function installedAsterisk(): Promise<AsteriskProgram | undefined> {
  const version = await versionOf(['asterisk']).catch(() => undefined)
  if (version === undefined || Number.parseInt(version, 10) < 20) return undefined
  const settings = existsSync('/etc/asterisk/asterisk.conf')
    ? await readFile('/etc/asterisk/asterisk.conf', 'utf8').catch(() => '')
    : ''
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
  return modulesFolder && dataFolder ? { version, command: ['asterisk'], modulesFolder, dataFolder } : undefined
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
