import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENT_TYPES } from '../../src/events/names.ts'
import { EVENT } from '../../src/http/eventAnswers.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { blocksOf, home as root, textOf } from '../readme.ts'
import { arrival, Eventful, ended, rest } from './eventful.ts'
import { receiver } from './receiver.ts'
import { KEY } from './testApi.ts'

// What docs/api.md says of the API is tried here: its commands, its table of events, how a signature is verified.

const english = textOf('docs/api.md')
const chinese = textOf('docs/api.zh-CN.md')
const run = promisify(execFile)
const tsx = import.meta.resolve('tsx')
const database = testDatabase()

let knex: Knex
let service: Eventful
let home: string
/** By the address that the page has for it. */
let crm: Awaited<ReturnType<typeof receiver>>
beforeAll(async () => {
  knex = await database.fresh()
  service = await Eventful.over(knex)
  crm = await receiver()
  home = mkdtempSync(join(tmpdir(), 'hotline-documented-'))
  mkdirSync(join(home, 'var'))
  writeFileSync(join(home, 'var/secrets.json'), JSON.stringify({ apiKey: KEY }))
  await service.memory.remember(arrival('c-1', 'sales'))
  await service.memory.remember(rest(1))
})
afterAll(async () => {
  await service.stop()
  rmSync(home, { recursive: true })
})

/** Typed as it stands, but for the port, the address of the program outside, and its id. A stream is heard for a second. */
async function typed(block: string): Promise<string> {
  const [webhook] = await knex('webhooks').pluck('id')
  const here = block
    .replaceAll(':5080', `:${service.port}`)
    .replaceAll('https://crm.example.com/hotline', crm.url)
    .replaceAll('8e8f2f66-6b3b-4a0e-9d5b-0f4c3a2b1c0d', webhook ?? '')
  const heard = here.includes('/api/events') ? '--max-time 1' : '--fail-with-body'
  const end = here.includes('/api/events') ? '|| test $? = 28' : ''
  const script = `set -eu\nKEY=${KEY}\ncurl() { command curl --silent --show-error ${heard} "$@" ${end}; echo; }\n${here}`
  const { stdout } = await run('sh', ['-c', script], { cwd: home, timeout: 30_000 })
  return stdout
}

const told = (stream: string) =>
  [...stream.matchAll(/^data: (.*)$/gm)].map(([, document]) => JSON.parse(document!) as { type: string })

describe('docs/api.md', () => {
  test('shows commands, all of which work', async () => {
    const [first, live, narrowed, webhooks, more, client, wrong] = blocksOf(english, 'sh')
    expect(await typed(first!)).toMatch(/"openapi":"3\.1\.0"[\s\S]*"calls":\[\]/)
    const listening = typed(live!)
    for (let i = 0; i < 10; i++) {
      await service.memory.remember(rest(10 + i))
      await new Promise(done => setTimeout(done, 100))
    }
    expect(told(await listening)[0]).toMatchObject({ type: 'agent.state' })
    expect(told(await typed(narrowed!))).toMatchObject([{ type: 'call.arrived' }, { type: 'call.in-flow' }])
    expect(await typed(webhooks!)).toMatch(/"secret":"whsec_[\s\S]*"webhooks":\[\{/)
    expect(await typed(more!)).toMatch(/"on":true[\s\S]*"dead":\[\],"next":null[\s\S]*"events":0[\s\S]*"events":0/)
    expect(await knex('webhooks').pluck('id')).toEqual([])
    await typed(client!)
    expect(readFileSync(join(home, 'hotline.ts'), 'utf8')).toContain('export const hotline')
    const failed: { stdout: string } = await typed(wrong!).then(
      stdout => ({ stdout }),
      thrown => thrown,
    )
    expect(JSON.parse(failed.stdout)).toMatchObject({ status: 400, id: 'bad-input', field: 'limit' })
    expect(blocksOf(english, 'sh')).toHaveLength(7)
  })

  test('shows an event as it is', () => {
    for (const [, document] of english.matchAll(/^data: (.*)$/gm))
      expect(EVENT.safeParse(JSON.parse(document!))).toMatchObject({ success: true })
  })

  test('has a program in TypeScript that compiles with the client, and runs', async () => {
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
    const [program] = blocksOf(english, 'ts')
    writeFileSync(join(home, 'program.ts'), program!.replace(':5080', `:${service.port}`))
    const TYPES = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
    const STRICT = [
      '--strict',
      '--noUncheckedIndexedAccess',
      '--allowImportingTsExtensions',
      '--noEmit',
      '--ignoreConfig',
    ]
    const TARGET = ['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023,dom,dom.asynciterable']
    const { stdout } = await run(
      join(root, 'node_modules/.bin/tsc'),
      [...STRICT, ...TARGET, ...TYPES, '--skipLibCheck', join(home, 'program.ts')],
      { cwd: home },
    ).catch(thrown => thrown)
    expect(stdout).toBe('')
    const running = run(process.execPath, ['--import', tsx, join(home, 'program.ts')], {
      env: { ...process.env, KEY },
      timeout: 60_000,
    })
    const calls = setInterval(() => void service.memory.remember(ended(`c-${Math.random()}`)), 200)
    expect((await running.finally(() => clearInterval(calls))).stdout).toMatch(
      /^\[\]\n(call\.\S+ c-.*\n)*call.ended c-.*\nnot-found\n$/,
    )
  })

  test('verifies what we send, and nothing else, nor what is old', async () => {
    const [code] = blocksOf(english, 'js')
    const file = join(home, 'verify.mjs')
    writeFileSync(file, code!)
    const { isFromHotline } = await import(pathToFileURL(file).href)
    const headers = { 'x-api-key': KEY, 'content-type': 'application/json' }
    const body = JSON.stringify({ url: crm.url })
    const made = await fetch(`http://127.0.0.1:${service.port}/api/webhooks`, { method: 'POST', headers, body })
    const { secret } = (await made.json()) as { secret: string }
    await service.memory.remember(arrival('c-2'))
    await crm.took(service.live.last)
    const sent = crm.taken.at(-1)!
    expect(isFromHotline(secret, sent.headers, sent.body)).toBe(true)
    expect(isFromHotline(secret, sent.headers, sent.body, Date.now() + 301_000)).toBe(false)
    expect(isFromHotline(secret, sent.headers, sent.body.replace('138', '139'))).toBe(false)
    expect(isFromHotline(`whsec_${'A'.repeat(43)}=`, sent.headers, sent.body)).toBe(false)
    expect(isFromHotline(secret, {}, sent.body)).toBe(false)
  })

  test.each([
    ['English', english],
    ['Chinese', chinese],
  ])('names every type of event (%s)', (_, page) => {
    const named = [
      ...page.matchAll(/`((?:agent|call|callback|comment|duty|message|party|recording|supervision|survey)\.[a-z-]+)`/g),
    ]
    expect([...new Set(named.map(([, type]) => type))].sort()).toEqual(EVENT_TYPES)
  })

  test('types the same in both languages', () => {
    for (const language of ['sh', 'text', 'js', 'ts'])
      expect(blocksOf(chinese, language)).toEqual(blocksOf(english, language))
  })
})
