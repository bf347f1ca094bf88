import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { isAddressOrNetwork, isEverywhere, isNearby } from './addresses.ts'
import { missingForOidc, OIDC_SETTINGS, type OidcAt, oidcIn } from './config/oidc.ts'
import { type Ports, portsFrom } from './config/ports.ts'
import { BadSettings } from './errors.ts'
import { nearest } from './nearest.ts'

/**
 * Everything that can be set, read once from the environment. What is not set, the hotline brings along: a private
 * Asterisk and a private Postgres, secrets of its own, everything on loopback.
 */
export type Config = {
  /** All that this hotline keeps: recordings, its private Asterisk and Postgres, secrets, the spool. */
  readonly folder: string
  readonly cacheFolder: string
  readonly soundsFolder: string
  readonly recordingsFolder: string
  /** The queue_log that Asterisk writes: what the lifeboat did is read from it. */
  readonly queueLog: string
  readonly bind: string
  readonly ports: Ports
  /** By which Asterisk proves to phones who it is. Undefined: one of its own is made. */
  readonly certificate: { readonly certificate: string; readonly key: string } | undefined
  /** False: what the environment does not name is refused, not brought along. */
  readonly embedded: boolean
  readonly databaseUrl: string | undefined
  /** Undefined: the private one. */
  readonly asterisk: AsteriskAt | undefined
  readonly apiKey: string | undefined
  readonly oidc: OidcAt | undefined
  readonly trunk: string
  /** Where the trunk takes what we dial. */
  readonly trunkAddress: string
  readonly logLevel: string
  /** Webhooks may lead to this machine, and into the networks behind it. */
  readonly webhooksAnywhere: boolean
  /** For so long it is kept who did what. */
  auditDays: number
  /** Where the centre is: days and quarter hours of reports begin by its clock. */
  readonly zone: string
}

export type AsteriskAt = {
  host: string
  ariPort: number
  amiPort: number
  user: string
  ariSecret: string
  amiSecret: string
  /** ARI by https, AMI over TLS. */
  tls: boolean
}

const port = (name: string) =>
  z.coerce
    .number({ error: `${name} must be a port number` })
    .int(`${name} must be a whole number`)
    .min(1, `${name} must be a port from 1 to 65535`)
    .max(65_535, `${name} must be a port from 1 to 65535`)

const SETTINGS = z.object({
  HOTLINE_FOLDER: z.string().min(1, 'HOTLINE_FOLDER must name a folder').default('var'),
  HOTLINE_CACHE: z.string().optional(),
  HOTLINE_RECORDINGS: z.string().optional(),
  HOTLINE_QUEUE_LOG: z.string().optional(),
  HOTLINE_SOUNDS: z.string().optional(),
  HOTLINE_BIND: z.ipv4('HOTLINE_BIND must be an IPv4 address, such as 0.0.0.0 or 127.0.0.1').default('127.0.0.1'),
  HOTLINE_PORTS: z.coerce
    .number({ error: 'HOTLINE_PORTS must be a number' })
    .int('HOTLINE_PORTS must be a whole number')
    .min(1_000, 'HOTLINE_PORTS must be from 1000 to 56000: the first of the ports')
    .max(56_000, 'HOTLINE_PORTS must be from 1000 to 56000: the first of the ports')
    .default(5_000),
  HOTLINE_HTTP_PORT: port('HOTLINE_HTTP_PORT').optional(),
  HOTLINE_TLS_CERTIFICATE: z.string().optional(),
  HOTLINE_TLS_KEY: z.string().optional(),
  HOTLINE_EMBEDDED: z.enum(['auto', 'never'], 'HOTLINE_EMBEDDED must be auto or never').default('auto'),
  DATABASE_URL: z
    .string()
    .refine(
      isDatabaseUrl,
      'DATABASE_URL must look like postgres://user:password@host:5432/database, with / # ? and % in the password as %2F %23 %3F and %25',
    )
    .optional(),
  ASTERISK_HOST: z.string().min(1, 'ASTERISK_HOST must name a host').optional(),
  ASTERISK_ARI_PORT: port('ASTERISK_ARI_PORT').default(8088),
  ASTERISK_AMI_PORT: port('ASTERISK_AMI_PORT').default(5038),
  ASTERISK_TLS: z.enum(['yes', 'no'], 'ASTERISK_TLS must be yes or no').default('no'),
  ASTERISK_USER: z.string().min(1).default('hotline'),
  ASTERISK_ARI_SECRET: z.string().optional(),
  ASTERISK_AMI_SECRET: z.string().optional(),
  HOTLINE_API_KEY: z.string().min(16, 'HOTLINE_API_KEY must have 16 characters or more').optional(),
  ...OIDC_SETTINGS,
  HOTLINE_TRUNK: z
    .string()
    .refine(list => list.split(',').every(isAddressOrNetwork), {
      error: 'HOTLINE_TRUNK must be addresses or networks of your trunk, such as 203.0.113.7,198.51.100.0/24',
      abort: true,
    })
    .refine(
      list => !list.split(',').some(isEverywhere),
      'HOTLINE_TRUNK must not be a network of all addresses, such as 0.0.0.0/0: anybody could call, and no agent register',
    )
    .default('127.0.0.1'),
  HOTLINE_TRUNK_ADDRESS: z
    .string()
    .regex(
      /^([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/,
      'HOTLINE_TRUNK_ADDRESS must be where your trunk takes calls, such as 203.0.113.7 or sip.example.com:5070',
    )
    .default('127.0.0.1:5070'),
  HOTLINE_LOG: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'HOTLINE_LOG must be trace, debug, info, warn, error or silent',
    )
    .default('info'),
  HOTLINE_WEBHOOKS: z.enum(['public', 'anywhere'], 'HOTLINE_WEBHOOKS must be public or anywhere').default('public'),
  HOTLINE_AUDIT_DAYS: z.coerce
    .number('HOTLINE_AUDIT_DAYS must be a whole number from 180 to 36500')
    .int('HOTLINE_AUDIT_DAYS must be a whole number from 180 to 36500')
    .min(180, 'HOTLINE_AUDIT_DAYS must be from 180 to 36500')
    .max(36_500, 'HOTLINE_AUDIT_DAYS must be from 180 to 36500')
    .default(1_096),
  HOTLINE_ZONE: z
    .string()
    .refine(isZone, 'HOTLINE_ZONE must name a time zone, such as Asia/Shanghai')
    .default(Intl.DateTimeFormat().resolvedOptions().timeZone),
})

/** What pg can read. It takes a URL without a host too, such as postgres://user@/database?host=/run/postgresql. */
function isDatabaseUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\/\S+$/.test(text)) return false
  const url = [text, text.replace('@/', '@localhost/')].find(it => URL.canParse(it))
  return url !== undefined && isDecodable(url)
}

/** pg takes a % that no two digits follow as it stands, and fails at two that are no letter's in UTF-8. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'))
    return true
  } catch {
    return false
  }
}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** The names of all that can be set. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS.shape)

/** Not ours: docker-compose.yml hands it to Postgres, and whoever reads .env into a shell has it there. */
const OF_OTHERS = ['HOTLINE_DATABASE_PASSWORD']

export type Environment = Record<string, string | undefined>

/** Throws BadSettings with one sentence for each wrong setting. */
export function readConfig(environment: Environment, home: string): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = SETTINGS.safeParse(given)
  const wrong = read.success ? [] : read.error.issues.map(issue => `${issue.message}.`)
  const config = read.success ? configFrom(read.data, environment, home) : undefined
  const sentences = [...unknown(given), ...wrong, ...missing(given), ...(config ? portTakenTwice(config) : [])]
  if (!config || sentences.length > 0) throw new BadSettings(sentences)
  return config
}

type Settings = z.infer<typeof SETTINGS>

function configFrom(set: Settings, environment: Environment, home: string): Config {
  const folder = resolve(home, set.HOTLINE_FOLDER)
  const ports = portsFrom(set.HOTLINE_PORTS)
  return {
    folder,
    cacheFolder: set.HOTLINE_CACHE ? resolve(home, set.HOTLINE_CACHE) : defaultCache(environment),
    soundsFolder: resolve(home, set.HOTLINE_SOUNDS ?? 'sounds'),
    recordingsFolder: set.HOTLINE_RECORDINGS ? resolve(home, set.HOTLINE_RECORDINGS) : join(folder, 'recordings'),
    queueLog: set.HOTLINE_QUEUE_LOG ? resolve(home, set.HOTLINE_QUEUE_LOG) : queueLogOf(set, folder),
    bind: set.HOTLINE_BIND,
    ports: { ...ports, http: set.HOTLINE_HTTP_PORT ?? ports.http },
    certificate: certificateOf(set, home),
    embedded: set.HOTLINE_EMBEDDED === 'auto',
    databaseUrl: set.DATABASE_URL,
    asterisk: set.ASTERISK_HOST === undefined ? undefined : asteriskAt(set, set.ASTERISK_HOST),
    apiKey: set.HOTLINE_API_KEY,
    oidc: oidcIn(set),
    trunk: set.HOTLINE_TRUNK,
    trunkAddress: set.HOTLINE_TRUNK_ADDRESS,
    logLevel: set.HOTLINE_LOG,
    webhooksAnywhere: set.HOTLINE_WEBHOOKS === 'anywhere',
    auditDays: set.HOTLINE_AUDIT_DAYS,
    zone: set.HOTLINE_ZONE,
  }
}

/** What lacks its other half is refused (`missing`). */
function certificateOf({ HOTLINE_TLS_CERTIFICATE: certificate, HOTLINE_TLS_KEY: key }: Settings, home: string) {
  return certificate && key ? { certificate: resolve(home, certificate), key: resolve(home, key) } : undefined
}

/** Of the private Asterisk, or where Debian's Asterisk writes it. */
const queueLogOf = (set: Settings, folder: string): string =>
  set.ASTERISK_HOST ? '/var/log/asterisk/queue_log' : join(folder, 'asterisk', 'log', 'queue_log')

/** It tells of services named hotline or hotline-something (kubernetes.io, "Discovering services"). */
const isOfKubernetes = (name: string, value: string): boolean =>
  /_(SERVICE_(HOST|PORT)|PORT_\d+)(_|$)/.test(name) || (name.endsWith('_PORT') && /^\w+:\/\//.test(value))

/** A misspelt name would leave its setting at the default, and nobody would know. */
function unknown(set: Environment): string[] {
  const names = Object.keys(set).filter(name => name.startsWith('HOTLINE_') && set[name] !== undefined)
  return names
    .filter(name => !SETTING_NAMES.includes(name) && !OF_OTHERS.includes(name) && !isOfKubernetes(name, set[name]!))
    .map(name => `${name} is no setting of the hotline; the nearest is ${nearest(name, SETTING_NAMES)}.`)
}

function missing(set: Environment): string[] {
  const sentences = missingForOidc(set)
  const { HOTLINE_TLS_CERTIFICATE: certificate, HOTLINE_TLS_KEY: key } = set
  if (certificate && !key) sentences.push('HOTLINE_TLS_KEY must be set where HOTLINE_TLS_CERTIFICATE is.')
  if (key && !certificate) sentences.push('HOTLINE_TLS_CERTIFICATE must be set where HOTLINE_TLS_KEY is.')
  if (set.ASTERISK_HOST) {
    if (!set.ASTERISK_ARI_SECRET) sentences.push('ASTERISK_ARI_SECRET must be set where ASTERISK_HOST is.')
    if (!set.ASTERISK_AMI_SECRET) sentences.push('ASTERISK_AMI_SECRET must be set where ASTERISK_HOST is.')
    if (!isNearby(set.ASTERISK_HOST) && set.ASTERISK_TLS !== 'yes') sentences.push(inTheClear(set.ASTERISK_HOST))
  }
  if (set.HOTLINE_EMBEDDED === 'never') {
    const why = 'HOTLINE_EMBEDDED=never refuses to bring it along'
    if (!set.DATABASE_URL) sentences.push(`DATABASE_URL must be set: ${why}.`)
    if (!set.ASTERISK_HOST) sentences.push(`ASTERISK_HOST must be set: ${why}.`)
    if (!set.HOTLINE_API_KEY) sentences.push(`HOTLINE_API_KEY must be set: ${why}.`)
  }
  return sentences
}

/** Whoever reads ARI or AMI on the way owns the telephones. */
const inTheClear = (host: string): string =>
  `ASTERISK_TLS must be yes for ASTERISK_HOST=${host}: only this machine and private addresses, such as 10.0.0.5, are spoken to without.`

/** Where the prompts that were uploaded are, as files that Asterisk plays. */
export const promptsFolder = ({ folder }: Pick<Config, 'folder'>): string => join(folder, 'prompts')

/** Sentences on what the private Asterisk cannot work in. Only whoever starts it need know: no question is refused for it. */
export function oddFolders({ folder, cacheFolder, soundsFolder, recordingsFolder }: Config): string[] {
  const folders = { HOTLINE_FOLDER: folder, HOTLINE_CACHE: cacheFolder, HOTLINE_SOUNDS: soundsFolder }
  // What lies below another that is odd is not named again.
  const all = recordingsFolder.startsWith(join(folder, '/'))
    ? folders
    : { ...folders, HOTLINE_RECORDINGS: recordingsFolder }
  return Object.entries(all).flatMap(([name, path]) => {
    const odd = oddInPath(path)
    return odd ? [`${name} must name a folder that Asterisk can work in, and ${path} has a ${odd} in it.`] : []
  })
}

/** A path becomes an argument in Asterisk's dialplan, where some characters would split it or mean something: the first of them. */
export const oddInPath = (path: string): string | undefined => /["$&'(),;=>\\[\]{|}]/.exec(path)?.[0]

/** SIP over UDP does not stand here. */
function portTakenTwice({ ports, asterisk, databaseUrl }: Config): string[] {
  const ours = {
    ...(!asterisk && { 'SIP over TLS': ports.tls }),
    ...(!asterisk && { "the private Asterisk's ARI": ports.ari, "the private Asterisk's AMI": ports.ami }),
    ...(!databaseUrl && { 'the private Postgres': ports.postgres }),
  }
  const taken = Object.entries(ours).filter(([, port]) => port === ports.http)
  return taken.map(
    ([whose]) => `HOTLINE_HTTP_PORT must not be ${ports.http}: HOTLINE_PORTS gives that one to ${whose}.`,
  )
}

const asteriskAt = (set: Settings, host: string): AsteriskAt => ({
  host,
  ariPort: set.ASTERISK_ARI_PORT,
  amiPort: set.ASTERISK_AMI_PORT,
  user: set.ASTERISK_USER,
  tls: set.ASTERISK_TLS === 'yes',
  ariSecret: set.ASTERISK_ARI_SECRET ?? '',
  amiSecret: set.ASTERISK_AMI_SECRET ?? '',
})

function defaultCache(environment: Environment): string {
  // Root's home is closed to the user that Postgres runs as.
  if (process.getuid?.() === 0) return '/var/cache/hotline'
  return join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hotline')
}
