import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AsteriskAt, type Config, oddFolders, promptsFolder } from '../config.ts'
import { BadSettings } from '../errors.ts'
import { findAsterisk, type RunningAsterisk, startAsterisk } from './asterisk.ts'
import { ownCertificate, refuseUnfit } from './certificate.ts'
import { LOOPBACK } from './configuration.ts'
import { type RunningPostgres, startPostgres } from './postgres.ts'

/** All that a service needs to run: what the environment names, or what was brought along. */
export type Surroundings = {
  databaseUrl: string
  asterisk: AsteriskAt
  apiKey: string
  /** Only what we started (or took over from a former start of the same folder). */
  private: { asterisk?: RunningAsterisk; postgres?: RunningPostgres }
  /** A private Asterisk that nobody has started from this folder before. */
  isFirstStart: boolean
  stop(): Promise<void>
  /** Ends only what we started: what ran before us may be another's. */
  leave(): Promise<void>
}

type Secrets = { ari: string; ami: string; apiKey: string }

const SECRETS = 'secrets.json'

/** Starts what the configuration does not name, and says so. Both outlive us unless `stop` is called. Rejects with BadSettings first. */
export async function bringAlong(config: Config, say: (line: string) => void): Promise<Surroundings> {
  const odd = config.asterisk ? [] : oddFolders(config)
  if (odd.length > 0) throw new BadSettings(odd)
  if (config.certificate && !config.asterisk) await refuseUnfit(config.certificate, Date.now())
  await mkdir(config.folder, { recursive: true })
  const isFirstStart = !config.asterisk && !existsSync(join(config.folder, SECRETS))
  const secrets = await secretsOf(config.folder)
  const { cacheFolder } = config
  const postgres = config.databaseUrl
    ? undefined
    : await startPostgres({ folder: join(config.folder, 'postgres'), port: config.ports.postgres, cacheFolder, say })
  const asterisk = config.asterisk
    ? undefined
    : await privateAsterisk(config, secrets, say).catch(async why => {
        if (!postgres?.tookOver) await postgres?.stop()
        throw why
      })
  return {
    databaseUrl: config.databaseUrl ?? postgres!.url,
    asterisk: config.asterisk ?? asteriskAt(config, secrets),
    apiKey: config.apiKey ?? secrets.apiKey,
    private: { ...(asterisk && { asterisk }), ...(postgres && { postgres }) },
    isFirstStart,
    async stop() {
      await asterisk?.stop()
      await postgres?.stop()
    },
    async leave() {
      if (!asterisk?.tookOver) await asterisk?.stop()
      if (!postgres?.tookOver) await postgres?.stop()
    },
  }
}

async function privateAsterisk(
  config: Config,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<RunningAsterisk> {
  const { ports, bind, soundsFolder, recordingsFolder, cacheFolder } = config
  return startAsterisk({
    program: await findAsterisk({ cacheFolder, say }),
    folder: join(config.folder, 'asterisk'),
    bind,
    ports: { ...ports, http: ports.ari, rtpStart: ports.rtp[0], rtpEnd: ports.rtp[1] },
    secrets,
    certificate: config.certificate ?? (await ownCertificate(config.folder)),
    soundsFolder,
    promptsFolder: promptsFolder(config),
    recordingsFolder,
    trunk: { match: config.trunk, address: config.trunkAddress },
    say,
  })
}

const asteriskAt = ({ ports }: Config, secrets: Secrets): AsteriskAt => ({
  host: LOOPBACK,
  ariPort: ports.ari,
  amiPort: ports.ami,
  tls: false,
  user: 'hotline',
  ariSecret: secrets.ari,
  amiSecret: secrets.ami,
})

/** Made once a folder, readable by its owner alone. */
async function secretsOf(folder: string): Promise<Secrets> {
  const path = join(folder, SECRETS)
  if (!existsSync(path)) {
    const secret = (): string => randomBytes(24).toString('base64url')
    await writeFile(path, `${JSON.stringify({ ari: secret(), ami: secret(), apiKey: secret() })}\n`, { mode: 0o600 })
  }
  return JSON.parse(await readFile(path, 'utf8')) as Secrets
}
