import { readdir, readFile } from 'node:fs/promises'
import { AmiConnection, AmiFailed } from '../../asterisk/amiConnection.ts'
import { ariOrigin } from '../../asterisk/ariRequests.ts'
import { phonesLogin } from '../../asterisk/notifying.ts'
import type { AsteriskAt, Config } from '../../config.ts'
import { installedHere } from '../../embedded/asterisk.ts'
import { LOOPBACK } from '../../embedded/configuration.ts'
import { sentenceOf } from '../../errors.ts'
import { clockDifference } from './clock.ts'
import { bad, type Finding, good } from './finding.ts'
import type { KnownSecrets } from './secrets.ts'

const ANSWER_WITHIN_MS = 3_000
/** By release, from which version on MixMonitor records in stereo (ChangeLog-20.11.0); later releases all do. */
const RECORDS_IN_STEREO: Record<number, number> = { 20: 11, 21: 6, 22: 1 }
const MODULES = new URL('../../../dialplan/modules.conf', import.meta.url)

export type Looked = { findings: Finding[]; answers: boolean }

/** Version, modules, clock and logins of the Asterisk that is named, or of the private one where it runs. */
export async function lookAtAsterisk(config: Config, secrets: KnownSecrets, now: () => number): Promise<Looked> {
  const at = config.asterisk ?? privateAsterisk(config, secrets)
  const found = at && (await ask(at, '/asterisk/info?filter=status'))
  if (!at || found === undefined || (found.status !== 200 && !config.asterisk)) {
    return { findings: [await toBeBrought(config.cacheFolder)], answers: false }
  }
  if (found.status !== 200) return { findings: [refusal(at, found)], answers: false }
  return {
    findings: [
      await version(at),
      await modules(at),
      await clock(at, now),
      await trunk(at),
      await messages(at),
      await manager(at),
    ],
    answers: true,
  }
}

function privateAsterisk({ ports }: Config, secrets: KnownSecrets): AsteriskAt | undefined {
  if (!secrets.asterisk) return undefined
  return { host: LOOPBACK, ariPort: ports.ari, amiPort: ports.ami, tls: false, user: 'hotline', ...secrets.asterisk }
}

type Answer = { status: number; body: unknown; why: string }

/** Status 0: nobody answered. */
async function ask({ host, ariPort, tls, user, ariSecret }: AsteriskAt, path: string): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${user}:${ariSecret}`).toString('base64')}`
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const response = await fetch(`${ariOrigin({ host, port: ariPort, tls })}/ari${path}`, {
      headers: { authorization },
      signal,
    })
    const text = await response.text()
    return { status: response.status, body: response.ok ? JSON.parse(text) : text, why: `HTTP ${response.status}` }
  } catch (thrown) {
    return { status: 0, body: undefined, why: sentenceOf((thrown as Error).cause ?? thrown) }
  }
}

function refusal({ host, ariPort, user }: AsteriskAt, { status, why }: Answer): Finding {
  const place = `Asterisk's ARI at ${host}:${ariPort}`
  if (status === 0) {
    return bad(`${place} does not answer (${why})`, 'start Asterisk, or set ASTERISK_HOST and ASTERISK_ARI_PORT aright')
  }
  if (status === 401) {
    return bad(
      `${place} refuses the login as ${user}`,
      `set ASTERISK_ARI_SECRET to the password of [${user}] in ari.conf`,
    )
  }
  if (status === 404)
    return bad(`What answers at ${host}:${ariPort} is no ARI`, 'set "enabled = yes" in ari.conf and http.conf')
  return bad(`${place} answers ${why}`, 'wait until Asterisk has started, and look into its log')
}

async function version(at: AsteriskAt): Promise<Finding> {
  const { body, why } = await ask(at, '/asterisk/info?filter=system')
  const number = (body as { system?: { version?: string } })?.system?.version
  if (number === undefined) return bad(`Asterisk does not tell its version (${why})`, 'look into its log')
  if (!recordsInStereo(number)) {
    return bad(`Asterisk ${number} is too old: it cannot record in stereo`, 'install 20.11, 21.6, 22.1 or newer')
  }
  return good(`Asterisk ${number} answers ARI at ${at.host}:${at.ariPort}`)
}

/** `20.6.0~dfsg…`, `22.10.1`, `certified-20.7-cert6`: of certified ones nobody can tell by the number. */
export function recordsInStereo(version: string): boolean {
  const [, release, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  if (release === undefined) return true
  return Number(release) > 22 || Number(minor) >= (RECORDS_IN_STEREO[Number(release)] ?? Infinity)
}

async function modules(at: AsteriskAt): Promise<Finding> {
  const { body, status, why } = await ask(at, '/asterisk/modules')
  if (status !== 200) return bad(`Asterisk does not list its modules (${why})`, 'look into its log')
  const listed = body as { name: string; status: string }[]
  const running = new Set(listed.filter(module => module.status === 'Running').map(module => module.name))
  const needed = await neededModules()
  const missing = needed.filter(name => !running.has(name))
  if (missing.length === 0) return good(`Asterisk runs all ${needed.length} modules that we need`)
  const mend = 'load them in modules.conf as dialplan/modules.conf does, and look into its log why they decline'
  return bad(`Asterisk does not run ${missing.join(', ')}`, mend)
}

/** Those that dialplan/modules.conf loads, but for those that older versions do not have. */
async function neededModules(): Promise<string[]> {
  const text = await readFile(MODULES, 'utf8')
  return [...text.matchAll(/^(?:load|require) = (\S+)$/gm)].map(([, name]) => name!)
}

async function clock(at: AsteriskAt, now: () => number): Promise<Finding> {
  return clockDifference("Asterisk's clock", now, async () => {
    const { body, why } = await ask(at, '/asterisk/ping')
    const { timestamp } = (body ?? {}) as { timestamp?: string }
    if (timestamp === undefined) throw new Error(why)
    return Date.parse(timestamp)
  })
}

async function trunk(at: AsteriskAt): Promise<Finding> {
  const { status } = await ask(at, '/endpoints/PJSIP/trunk')
  if (status === 200) return good('Asterisk knows the trunk')
  return bad('Asterisk has no endpoint "trunk", so no caller can come in', 'define it as dialplan/pjsip.conf does')
}

/** Where the folder is not there, ARI answers 500 to each recording, as it does to this. */
async function messages(at: AsteriskAt): Promise<Finding> {
  const { status, why } = await ask(at, '/recordings/stored')
  if (status === 200) return good("Asterisk has a folder for callers' messages")
  const { body } = await ask(at, '/asterisk/variable?variable=ASTSPOOLDIR')
  const { value: spool = 'its spool' } = (body ?? {}) as { value?: string }
  return bad(
    `Asterisk cannot record callers' messages (${why})`,
    `make the folder ${spool}/recording, and let the user that Asterisk runs as write there`,
  )
}

/** As the service, and as it tells phones something (asterisk/notifying.ts). */
async function manager(at: AsteriskAt): Promise<Finding> {
  const logins = [await login(at, at.user), await login(at, phonesLogin(at.user))]
  return logins.find(({ ok }) => !ok) ?? logins[0]!
}

async function login({ host, amiPort, tls, amiSecret }: AsteriskAt, user: string): Promise<Finding> {
  const connection = new AmiConnection({ host, port: amiPort, tls, user, secret: amiSecret }, () => {})
  try {
    await connection.login(ANSWER_WITHIN_MS)
    return good(`Asterisk takes the AMI login at ${host}:${amiPort}`)
  } catch (thrown) {
    if (thrown instanceof AmiFailed && thrown.id === 'refused') {
      const mend = `set ASTERISK_AMI_SECRET to the secret of [${user}] in manager.conf`
      return bad(`Asterisk's AMI at ${host}:${amiPort} refuses the login as ${user}`, mend)
    }
    const mend = 'set "enabled = yes" in manager.conf, and ASTERISK_AMI_PORT to its port'
    return bad(`Asterisk's AMI at ${host}:${amiPort} does not answer (${sentenceOf(thrown)})`, mend)
  } finally {
    connection.end('looked at')
  }
}

/** None runs, and none is named: what the next start will do. */
async function toBeBrought(cacheFolder: string): Promise<Finding> {
  const installed = await installedHere()
  if (installed?.recordsInStereo) {
    return good(`Asterisk does not run; the next start runs this machine's, ${installed.version}`)
  }
  const names = await readdir(cacheFolder).catch(() => [])
  return names.some(name => name.startsWith('asterisk-') && name.endsWith(`-${process.arch}`))
    ? good(`Asterisk does not run; the next start runs the one in ${cacheFolder}`)
    : good('Asterisk does not run; the next start fetches it from the distribution’s packages (about 94 MB, once)')
}
