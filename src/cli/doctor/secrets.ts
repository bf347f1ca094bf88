import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AsteriskAt, Config } from '../../config.ts'

/** What the private Asterisk and Postgres of this folder were given when they were first started; undefined before that. */
export type KnownSecrets = {
  readonly asterisk: Pick<AsteriskAt, 'ariSecret' | 'amiSecret'> | undefined
  readonly postgres: string | undefined
  readonly apiKey: string | undefined
}

export async function knownSecrets({ folder }: Config): Promise<KnownSecrets> {
  const secrets = await textOf(join(folder, 'secrets.json'))
  const { ari, ami, apiKey } = secrets === undefined ? {} : JSON.parse(secrets)
  return {
    asterisk: ari && ami ? { ariSecret: ari, amiSecret: ami } : undefined,
    apiKey,
    postgres: await textOf(join(folder, 'postgres', 'password')),
  }
}

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)
