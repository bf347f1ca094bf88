import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { workingIn } from '../../src/embedded/life.ts'
import { BASE } from '../ports.ts'
import { Program } from '../program.ts'

const START = 'node bin/hotline.js start'

let folder: string
const settings = (): NodeJS.ProcessEnv => ({
  ...process.env,
  HOTLINE_FOLDER: folder,
  HOTLINE_PORTS: String(BASE),
  HOTLINE_LOG: 'warn',
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a port of the API that another program holds is told in a sentence, before anything starts', async () => {
  const other = createServer().listen(BASE + 80, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const hotline = new Program(START, settings())
  expect(await hotline.ended).toBe(1)
  expect(hotline.output).toBe(
    `HTTP cannot listen on 127.0.0.1, port ${BASE + 80}: it is in use by another program. End that program, or set HOTLINE_HTTP_PORT, HOTLINE_PORTS or HOTLINE_BIND.\n`,
  )
  expect(await readdir(folder)).toEqual([])
})

test('a second start in one folder says that another runs there, and how to name another; the first goes on', async () => {
  const first = new Program(START, settings())
  onTestFinished(() => void first.interrupt())
  await first.says(/The hotline is answered/, 90_000)
  expect(first.output).toMatch(/^ {2}user 8001 {2}password \S+$/m)
  expect(first.output).toMatch(/^The first to sign in to the API is admin, with the password \S{20}\./m)
  for (const words of [START, `node bin/hotline.js demo --folder ${folder} --ports ${BASE}`]) {
    const second = new Program(words, settings())
    await second.says(
      /^Another hotline runs in .*HOTLINE_FOLDER and HOTLINE_PORTS; for a demo --folder and --ports/m,
      60_000,
    )
    expect(await second.ended).toBe(1)
  }
  const live = await fetch(`http://127.0.0.1:${BASE + 80}/health/ready`)
  expect(live.status).toBe(200)
  expect(await first.interrupt()).toBe(0)
  expect(await workingIn(join(folder, 'postgres', 'cluster'), 'postgres')).toEqual([])
  expect(existsSync(join(folder, 'asterisk', 'run', 'asterisk.pid'))).toBe(false)
})

test('a later start tells no password, but how to have a new one', async () => {
  const hotline = new Program(START, settings())
  await hotline.says(/The hotline is answered[\s\S]*Ctrl-C ends it all/, 60_000)
  expect(await hotline.interrupt()).toBe(0)
  expect(hotline.output).toMatch(/^ {2}user 8001$/m)
  expect(hotline.output).not.toMatch(/ {2}password \S+$/m)
  expect(hotline.output).not.toContain('admin')
  expect(hotline.output).toContain('A new one: npx hotline agent password ID')
})
