import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { oddInPath } from '../config.ts'
import { HotlineError } from '../errors.ts'
import type { Certificate } from './certificate.ts'
import type { Say } from './debian.ts'
import type { AsteriskProgram } from './program.ts'

/** Where the service talks to its private Asterisk. */
export const LOOPBACK = '127.0.0.1'

export type AsteriskOptions = {
  program: AsteriskProgram
  /** Everything that this Asterisk writes, except recordings. */
  folder: string
  /** An IPv4 address. */
  bind: string
  ports: { sip: number; tls: number; http: number; ami: number; rtpStart: number; rtpEnd: number }
  secrets: { ari: string; ami: string }
  certificate: Certificate
  soundsFolder: string
  /** Of the uploaded prompts. */
  promptsFolder: string
  recordingsFolder: string
  /** The first part of every unique id. */
  systemName?: string
  /** Where callers come from (addresses or networks) and where calls out go to (host:port). */
  trunk?: { match: string; address: string }
  say: Say
}

export class AsteriskFailed extends HotlineError {
  constructor(message: string) {
    super('asterisk-failed', message)
  }
}

const templates = new URL('../../dialplan/', import.meta.url)

/** Without a trunk, callers are simulated on this machine, where the agents' phones may be too. */
const ownAddress = '127.0.0.1'

/** Makes the folders that Asterisk expects, and its configuration from the templates of `dialplan/`. */
export async function writeConfiguration(options: AsteriskOptions): Promise<void> {
  const { folder, recordingsFolder } = options
  const values = valuesFor(options)
  // ARI answers a recording with a bare 500 where the spool has no folder for it.
  const ours = ['etc', 'lib', 'log', 'run', 'spool/recording', 'spool/monitor', 'spool/tmp']
  for (const needed of [...ours.map(name => join(folder, name)), join(recordingsFolder, 'live')]) {
    await mkdir(needed, { recursive: true, mode: 0o750 })
  }
  for (const name of await readdir(templates)) {
    const template = await readFile(new URL(name, templates), 'utf8')
    const text = withoutAbsentModules(filled(name, template, values), options.program.modulesFolder)
    await writeFile(join(folder, 'etc', name), text, { mode: 0o600 })
  }
}

function valuesFor(options: AsteriskOptions): Record<string, string> {
  const { program, ports, secrets, certificate, trunk = { match: ownAddress, address: `${ownAddress}:5070` } } = options
  return {
    FOLDER: plainPath(options.folder),
    MODULES: plainPath(program.modulesFolder),
    DATA: plainPath(program.dataFolder),
    SOUNDS: plainPath(options.soundsFolder),
    PROMPTS: plainPath(options.promptsFolder),
    RECORDINGS: plainPath(options.recordingsFolder),
    SYSTEM_NAME: options.systemName ?? 'hotline',
    BIND: options.bind,
    // Whoever reaches ARI or AMI owns the telephones: they are for the service beside it alone.
    CONTROL_BIND: LOOPBACK,
    SIP_PORT: String(ports.sip),
    TLS_PORT: String(ports.tls),
    TLS_CERTIFICATE: plainPath(certificate.certificate),
    TLS_KEY: plainPath(certificate.key),
    HTTP_PORT: String(ports.http),
    AMI_PORT: String(ports.ami),
    RTP_START: String(ports.rtpStart),
    RTP_END: String(ports.rtpEnd),
    ARI_SECRET: secrets.ari,
    AMI_SECRET: secrets.ami,
    TRUNK_MATCH: trunk.match,
    TRUNK_ADDRESS: trunk.address,
    IDENTIFY_ORDER: identifyOrder(trunk.match),
  }
}

/**
 * A trunk with an address of its own is known by it, whatever number its caller shows. Where phones call from that address too,
 * a caller who shows an agent's number must prove to be the agent.
 */
function identifyOrder(trunkMatch: string): string {
  return trunkMatch.split(',').includes(ownAddress) ? 'username,ip' : 'ip,username'
}

/** Folders of a hotline's settings have passed this long before; whoever starts an Asterisk by itself may name any. */
function plainPath(path: string): string {
  const odd = oddInPath(path)
  if (odd) throw new AsteriskFailed(`Asterisk cannot work in ${path}, because of its ${odd}: choose another folder.`)
  return path
}

function filled(name: string, template: string, values: Record<string, string>): string {
  return template.replace(/@([A-Z_]+)@/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new AsteriskFailed(`dialplan/${name} asks for @${key}@, which nobody sets.`)
    if (/[\r\n;]/.test(value)) throw new AsteriskFailed(`The value of @${key}@ would break Asterisk's configuration.`)
    return value
  })
}

/** A module marked with the version that brought it is left out where an older Asterisk does not have it. */
function withoutAbsentModules(text: string, modulesFolder: string): string {
  return text.replace(/^load = (\S+) ; since .*\n/gm, (line, module: string) =>
    existsSync(join(modulesFolder, module)) ? line : '',
  )
}
