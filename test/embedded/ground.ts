import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { type AsteriskOptions, findAsterisk, type RunningAsterisk, startAsterisk } from '../../src/embedded/asterisk.ts'
import { ownCertificate } from '../../src/embedded/certificate.ts'

export const home = fileURLToPath(new URL('../..', import.meta.url))
const { HOTLINE_CACHE, HOTLINE_SOUNDS } = process.env
export const { cacheFolder, soundsFolder } = readConfig({ HOTLINE_CACHE, HOTLINE_SOUNDS }, home)
export const quiet = (): void => {}

const cleanings: (() => Promise<unknown>)[] = []

/** Done when the test is over, the latest first, whether it passed or not. */
export function afterwards(clean: () => Promise<unknown>): void {
  cleanings.push(clean)
}

afterEach(async () => {
  for (const clean of cleanings.splice(0).reverse()) await clean()
})

/** A folder of its own, which nobody but we may enter. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotline-embedded-'))
  afterwards(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function freeTcp(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

export async function freeUdp(): Promise<number> {
  const probe = createSocket('udp4').bind(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

/** All that an Asterisk of one test needs; `changed` is what the test wants otherwise. */
export async function asteriskOptions(changed: Partial<AsteriskOptions> = {}): Promise<AsteriskOptions> {
  const folder = changed.folder ?? (await freshFolder())
  return {
    program: await findAsterisk({ cacheFolder, say: quiet }),
    folder,
    bind: '127.0.0.1',
    ports: {
      sip: await freeUdp(),
      tls: await freeTcp(),
      http: await freeTcp(),
      ami: await freeTcp(),
      rtpStart: 30_000,
      rtpEnd: 30_999,
    },
    secrets: { ari: 'ari-secret', ami: 'ami-secret' },
    certificate: await ownCertificate(folder),
    soundsFolder,
    promptsFolder: join(folder, 'prompts'),
    recordingsFolder: join(folder, 'recordings'),
    say: quiet,
    ...changed,
  }
}

/** Started for one test, and ended with it. */
export async function started(options: AsteriskOptions): Promise<RunningAsterisk> {
  const asterisk = await startAsterisk(options)
  afterwards(() => asterisk.stop())
  return asterisk
}

/** One request to ARI; throws for every answer that is not 2xx. */
export async function ari<T>(options: AsteriskOptions, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${options.ports.http}/ari/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`hotline:${options.secrets.ari}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text ? JSON.parse(text) : undefined) as T
}

/** The lines of the log that tell of trouble. */
export async function troubles({ folder }: AsteriskOptions): Promise<string[]> {
  const log = await readFile(join(folder, 'log', 'messages'), 'utf8')
  return log.split('\n').filter(line => /\] (WARNING|ERROR)/.test(line))
}
