import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordsInStereo } from '../../src/cli/doctor/asterisk.ts'
import { doctor } from '../../src/cli/doctor.ts'
import { portsFrom } from '../../src/config/ports.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { connectDatabase } from '../../src/database/connect.ts'
import { migrate } from '../../src/database/migrations.ts'
import { createSampleCentre } from '../../src/database/sample.ts'
import { bringAlong, type Surroundings } from '../../src/embedded/bring.ts'
import { BASE, BASE_BESIDE } from '../ports.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))
const ports = portsFrom(BASE)
const beside = portsFrom(BASE_BESIDE)
const NOBODYS = BASE + 99

let folder: string
let config: Config
let surroundings: Surroundings

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-doctor-'))
  config = configWith({})
  const before = await doctor(config)
  expect(before.text).toMatch(/^✓ Asterisk does not run; the next start /m)
  expect(before.text).toMatch(/^✓ Postgres does not run; the next start creates the database$/m)
  expect(before.text).toMatch(new RegExp(`^✓ Port ${ports.sip} \\(SIP, UDP\\) is free$`, 'm'))
  expect(before.healthy).toBe(true)
  surroundings = await bringAlong(config, () => {})
})

afterAll(async () => {
  await surroundings?.stop()
  await rm(folder, { recursive: true, force: true })
})

const configWith = (environment: Record<string, string>): Config =>
  readConfig(
    { HOTLINE_CACHE: process.env.HOTLINE_CACHE, HOTLINE_FOLDER: folder, HOTLINE_PORTS: String(BASE), ...environment },
    home,
  )

/** What is wrong, one line each. */
async function wrongWith(changed: Partial<Config>, now?: () => number): Promise<string[]> {
  const { text, healthy } = await doctor({ ...config, ...changed }, now)
  const wrong = text.split('\n').filter(line => line.startsWith('✗'))
  expect(healthy).toBe(wrong.length === 0)
  return wrong
}

test('a hotline that is well has nothing wrong', async () => {
  const { text, healthy } = await doctor(config)
  expect(text.split('\n').filter(line => !line.startsWith('✓'))).toEqual(['All is well.'])
  expect(healthy).toBe(true)
  expect(text).toMatch(new RegExp(`^✓ Asterisk 2\\d\\.\\S+ answers ARI at 127\\.0\\.0\\.1:${ports.ari}$`, 'm'))
  expect(text).toContain(`✓ Asterisk takes the AMI login at 127.0.0.1:${ports.ami}`)
  expect(text).toContain('✓ The database is empty; the next start creates its tables')
  expect(text).toContain(`✓ Port ${ports.ari} (ARI, TCP) is ours`)
  expect(text).toContain(`✓ Port ${ports.http} (HTTP, TCP) is free`)
})

test('a hotline at an address of its own has nothing wrong: ARI and AMI are at loopback all the same', async () => {
  const moved = configWith({
    HOTLINE_FOLDER: join(folder, 'bound'),
    HOTLINE_PORTS: String(BASE_BESIDE),
    HOTLINE_BIND: '127.0.0.2',
  })
  const bound = await bringAlong(moved, () => {})
  try {
    const { text } = await doctor(moved)
    expect(text.split('\n').filter(line => !line.startsWith('✓'))).toEqual(['All is well.'])
    expect(text).toMatch(new RegExp(`^✓ Asterisk 2\\d\\.\\S+ answers ARI at 127\\.0\\.0\\.1:${beside.ari}$`, 'm'))
    for (const port of [`${beside.sip} (SIP, UDP)`, `${beside.ari} (ARI, TCP)`, `${beside.ami} (AMI, TCP)`])
      expect(text).toContain(`✓ Port ${port} is ours`)
  } finally {
    await bound.stop()
  }
})

describe('Asterisk', () => {
  test.each([
    ['18.26.1', false],
    ['20.6.0~dfsg+~cs6.13.40431414-2build5', false],
    ['20.11.0', true],
    ['21.5.0', false],
    ['22.0.0', false],
    ['22.10.1+dfsg+~cs6.17.60671434-1', true],
    ['23.1.0', true],
    ['certified-20.7-cert6', true],
  ])('%s records in stereo: %s', (version, can) => {
    expect(recordsInStereo(version)).toBe(can)
  })

  test('a queue_log that is not where we look', async () => {
    expect(await wrongWith({ asterisk: surroundings.asterisk })).toEqual([])
    const elsewhere = { asterisk: surroundings.asterisk, queueLog: '/nowhere/queue_log' }
    expect((await wrongWith(elsewhere))[0]).toMatch(
      /^✗ Asterisk's queue_log cannot be read \(ENOENT.*: set HOTLINE_QUEUE_LOG/,
    )
  })

  test('no folder for the messages of callers', async () => {
    const spool = join(folder, 'asterisk', 'spool')
    await rename(join(spool, 'recording'), join(spool, 'moved'))
    try {
      expect(await wrongWith({})).toEqual([
        `✗ Asterisk cannot record callers' messages (HTTP 500): make the folder ${spool}/recording, and let the user that Asterisk runs as write there`,
      ])
    } finally {
      await rename(join(spool, 'moved'), join(spool, 'recording'))
    }
  })

  test('a wrong ARI secret', async () => {
    const asterisk = { ...surroundings.asterisk, ariSecret: 'wrong' }
    expect(await wrongWith({ asterisk })).toEqual([
      `✗ Asterisk's ARI at 127.0.0.1:${ports.ari} refuses the login as hotline: set ASTERISK_ARI_SECRET to the password of [hotline] in ari.conf`,
    ])
  })

  test('a wrong AMI secret', async () => {
    const asterisk = { ...surroundings.asterisk, amiSecret: 'wrong' }
    expect(await wrongWith({ asterisk })).toEqual([
      `✗ Asterisk's AMI at 127.0.0.1:${ports.ami} refuses the login as hotline: set ASTERISK_AMI_SECRET to the secret of [hotline] in manager.conf`,
    ])
  })

  test('a port where nobody is, and one where somebody else is', async () => {
    const [nobody] = await wrongWith({ asterisk: { ...surroundings.asterisk, ariPort: NOBODYS } })
    expect(nobody).toMatch(
      new RegExp(
        `^✗ Asterisk's ARI at 127\\.0\\.0\\.1:${NOBODYS} does not answer \\(.*ECONNREFUSED.*\\): start Asterisk`,
      ),
    )
    const [postgres] = await wrongWith({ asterisk: { ...surroundings.asterisk, amiPort: ports.postgres } })
    expect(postgres).toMatch(new RegExp(`^✗ Asterisk's AMI at 127\\.0\\.0\\.1:${ports.postgres} does not answer `))
  })

  test('a module that does not run', async () => {
    await ari('DELETE', 'app_queue.so')
    expect(await wrongWith({})).toEqual([
      expect.stringMatching(/^✗ Asterisk does not run app_queue\.so: load them in modules\.conf /),
    ])
    await ari('POST', 'app_queue.so')
    expect(await wrongWith({})).toEqual([])
  })

  test('a clock that is set wrong', async () => {
    expect(await wrongWith({}, () => Date.now() - 60_000)).toEqual([
      "✗ Asterisk's clock is 60 s ahead of ours: set both machines by NTP",
      "✗ Postgres's clock is 60 s ahead of ours: set both machines by NTP",
    ])
  })

  async function ari(method: string, module: string): Promise<void> {
    const { host, ariPort, user, ariSecret } = surroundings.asterisk
    const authorization = `Basic ${Buffer.from(`${user}:${ariSecret}`).toString('base64')}`
    const url = `http://${host}:${ariPort}/ari/asterisk/modules/${module}`
    expect((await fetch(url, { method, headers: { authorization } })).status).toBe(204)
  }
})

describe('Postgres', () => {
  test('a wrong password, and a port where nobody is', async () => {
    const wrong = new URL(surroundings.databaseUrl)
    wrong.password = 'wrong'
    const [refused] = await wrongWith({ databaseUrl: String(wrong) })
    expect(refused).toMatch(
      new RegExp(
        `^✗ Postgres at 127\\.0\\.0\\.1:${ports.postgres}/hotline cannot be used \\(.*password.*\\): start it, or set`,
      ),
    )
    const [nobody] = await wrongWith({ databaseUrl: `postgres://hotline:wrong@127.0.0.1:${NOBODYS}/hotline` })
    expect(nobody).toMatch(
      new RegExp(`^✗ Postgres at 127\\.0\\.0\\.1:${NOBODYS}/hotline cannot be used \\(.*ECONNREFUSED.*\\)`),
    )
    expect(nobody).not.toContain('wrong@')
    const [unread] = await wrongWith({ databaseUrl: 'postgres://hotline:wrong@db/hotline?sslrootcert=/nowhere' })
    expect(unread).toMatch(/^✗ Postgres at db\/hotline cannot be used \(ENOENT.*\)/)
  })

  test('a flow that leads to a queue whose row was renamed, and tables that are not of this version', async () => {
    const knex = connectDatabase(surroundings.databaseUrl)
    try {
      await migrate(knex)
      expect((await doctor(config)).text).toContain('✓ The tables are up to date')
      await createSampleCentre(knex)
      expect(await wrongWith({})).toEqual([])
      await knex('queues').where({ id: 'sales' }).update({ id: 'sale' })
      expect(await wrongWith({})).toEqual([
        '✗ Flow hotline leads to queue sales, which does not exist: hotline queue add sales',
      ])
      await knex('queues').where({ id: 'sale' }).update({ id: 'sales' })
      await knex('knex_migrations').where({ name: '002_views' }).del()
      expect((await wrongWith({}))[0]).toMatch(/^✗ The tables lack 002_views.*: start the hotline/)
      await knex('knex_migrations').insert({ name: '999_later', batch: 9, migration_time: new Date() })
      expect((await wrongWith({}))[0]).toMatch(
        /^✗ The tables are not those of this version \(nobody here knows 999_later\)/,
      )
    } finally {
      await knex('knex_migrations').where({ name: '999_later' }).del()
      await knex('knex_migrations').insert({ name: '002_views', batch: 9, migration_time: new Date() })
      await knex.destroy()
    }
  })
})

describe('folders', () => {
  test('a file in the place of a folder', async () => {
    const path = join(folder, 'a-file')
    await writeFile(path, '')
    expect(await wrongWith({ recordingsFolder: path })).toContain(
      `✗ The recordings' folder ${path} is no folder: name another, or move the file away`,
    )
    expect((await wrongWith({ recordingsFolder: join(path, 'below') }))[0]).toMatch(/ cannot be written \(ENOTDIR/)
  })

  test('a disk that takes nothing', async () => {
    expect((await wrongWith({ recordingsFolder: '/proc' }))[0]).toMatch(
      /^✗ The recordings' folder \/proc cannot be written/,
    )
    expect((await wrongWith({ recordingsFolder: '/proc' }))[1]).toMatch(/^✗ 0\.0 GB are free for recordings/)
  })

  // A link to itself can be opened by nobody, root included.
  test('a tape that cannot be opened', async () => {
    const live = join(folder, 'theirs', 'live')
    await mkdir(live, { recursive: true })
    await symlink(join(live, 'hotline-1.raw'), join(live, 'hotline-1.raw'))
    expect((await wrongWith({ recordingsFolder: join(folder, 'theirs') }))[0]).toMatch(
      /^✗ Asterisk's recordings cannot be read \(ELOOP/,
    )
  })
})

describe('prompts', () => {
  test('one that is missing in one language', async () => {
    const soundsFolder = join(folder, 'sounds')
    await cp(config.soundsFolder, soundsFolder, { recursive: true, filter: path => !path.includes('render') })
    await rm(join(soundsFolder, 'zh', 'survey.wav'))
    expect(await wrongWith({ soundsFolder })).toEqual([
      '✗ Prompts are missing: zh/survey.wav: see sounds/render/README.md',
    ])
    await rm(join(soundsFolder, 'music'), { recursive: true })
    expect(await wrongWith({ soundsFolder })).toContainEqual(expect.stringMatching(/^✗ There is no music in /))
  })

  test('none at all', async () => {
    expect((await wrongWith({ soundsFolder: '/nowhere' }))[0]).toMatch(
      /^✗ The prompts in \/nowhere cannot be read \(ENOENT/,
    )
  })
})

describe('ports', () => {
  test('one that another program holds', async () => {
    const other = createSocket('udp4')
    other.bind(beside.sip, '127.0.0.1')
    await once(other, 'listening')
    const moved = configWith({ HOTLINE_FOLDER: join(folder, 'moved'), HOTLINE_PORTS: String(BASE_BESIDE) })
    expect(await wrongWith(moved)).toEqual([
      `✗ Port ${beside.sip} (SIP, UDP) is held by another program: end it, or set HOTLINE_PORTS`,
    ])
    other.close()
  })
})

test('no secret is ever told', async () => {
  const { text } = await doctor(config)
  const secrets = Object.values(JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8'))) as string[]
  for (const secret of [...secrets, new URL(surroundings.databaseUrl).password]) expect(text).not.toContain(secret)
})
