import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig, SETTING_NAMES } from '../src/config.ts'
import { connectDatabase } from '../src/database/connect.ts'
import { Softphone } from '../src/softphone/softphone.ts'
import { BASE, BASE_BESIDE } from './ports.ts'
import { Program } from './program.ts'
import { blocksOf, commented, english, home, textOf } from './readme.ts'
import { recording } from './sound/given.ts'

// Whatever the README tells people to type is typed here, in a folder and at ports of its own. What is replaced is said below.

const run = promisify(execFile)
const blocks = blocksOf(english, 'sh')

let folder: string
let demoFolder: string
let service: Program | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotline-readme-'))
  demoFolder = await mkdtemp(join(tmpdir(), 'hotline-readme-demo-'))
})

afterAll(async () => {
  await service?.interrupt()
  await rm(folder, { recursive: true, force: true })
  await rm(demoFolder, { recursive: true, force: true })
})

describe('what the README tells to type', () => {
  test('npm run demo -- --calls 20 --exit (here: 2 calls)', async () => {
    expect(english).toContain('`npm run demo -- --calls 20 --exit`')
    const demo = new Program('npm run demo -- --calls 2 --exit', environment())
    expect(await demo.ended, demo.output).toBe(0)
    expect(demo.output).toContain('The ledger balances.')
    expect(demo.output).toContain('every recording is whole')
  })

  test.for(blocks.map(block => [block.split('\n')[0]!, block] as const))('%s …', async ([, block], { skip }) => {
    skip(/^curl /m.test(block) && !(await isInstalled('curl')), 'there is no curl on this machine')
    const way = WAYS.find(([matches]) => matches.test(block))?.[1]
    expect(way, 'nobody tries this').toBeDefined()
    await way!(block)
  })

  test('Ctrl-C, which ends it all', async () => {
    expect(await service!.interrupt()).toSatisfy(inGoodOrder)
    service = undefined
    for (const port of [BASE + 80, BASE + 88, BASE + 38, BASE + 32]) expect(await isOpen(port)).toBe(false)
  })
})

/** How each block is tried. */
const WAYS: [RegExp, (block: string) => Promise<unknown>][] = [
  [/^npm start$/, start],
  [/^npm run demo$/, demoWithoutEnd],
  [/^HOTLINE_BIND=/, settingsAlone],
  [/^npx hotline flow try survey/, survey],
  [/\/move$/m, waiting],
  [/--request POST/, talking],
  [/^(npx hotline|KEY=)/, typed],
  [/docker compose/, dockerAlone],
  [/^npm test/, scriptsAlone],
]

/** Stays up for those that follow. The folder is the one in which the demo has made its calls. */
async function start(block: string): Promise<void> {
  service = new Program(block, environment())
  await service.says(/The hotline is answered/, 60_000)
  for (const agent of ['8001', '8002', '8003', '8004']) expect(service.output).toContain(`user ${agent}`)
}

/** Without end: until the first caller is through, then Ctrl-C. Its own folder and ports, as a demo beside a hotline has. */
async function demoWithoutEnd(block: string): Promise<void> {
  const demo = new Program(block, environment(demoFolder, BASE_BESIDE))
  await demo.says(/calls 4008001000/, 60_000)
  expect(await demo.interrupt(), demo.output).toSatisfy(inGoodOrder)
  expect(demo.output).toContain('The ledger balances.')
}

/** Would open this machine to the network: only the settings are tried. */
async function settingsAlone(block: string): Promise<void> {
  const words = block.split(' ')
  expect(words.splice(-2)).toEqual(['npm', 'start'])
  const given = Object.fromEntries(words.map(word => word.split('=')))
  expect(SETTING_NAMES).toEqual(expect.arrayContaining(Object.keys(given)))
  expect(readConfig(given, '/')).toMatchObject({ bind: given.HOTLINE_BIND, trunk: given.HOTLINE_TRUNK })
}

/**
 * Typed as it stands, but for the id of a call that exists here, our ports, and files that are not to lie in the project.
 * `curl` fails where it gets no good answer.
 */
async function typed(block: string, call?: string): Promise<string> {
  const id = call ?? (await aCall())
  const here = block
    .replaceAll('hotline-1795413531.1', id)
    .replaceAll(':5080', `:${BASE + 80}`)
    .replaceAll('var/secrets.json', join(folder, 'secrets.json'))
    .replaceAll('calls.csv', join(folder, 'calls.csv'))
    .replaceAll('hotline.json', join(folder, 'hotline.json'))
    .replaceAll('survey.json', join(folder, 'survey.json'))
    .replaceAll('wang-li.json', join(folder, 'wang-li.json'))
    .replaceAll('hotline.mmd', join(folder, 'hotline.mmd'))
    .replaceAll('call.wav', join(folder, 'call.wav'))
    .replaceAll('message.wav', join(folder, 'message.wav'))
    .replaceAll('comment.wav', join(folder, 'comment.wav'))
    .replaceAll('recording.mp3', recording('tone.mp3'))
    .replaceAll('customers.csv', join(folder, 'customers.csv'))
  if (block.includes('hotline message')) await leaveMessage(id)
  if (block.includes('hotline survey')) await leaveComment(id)
  if (block.includes('wang-li.json'))
    await writeFile(join(folder, 'wang-li.json'), /^\{ "id": "7".*$/m.exec(english)![0])
  if (block.includes('customers.csv'))
    await writeFile(join(folder, 'customers.csv'), /^id,name,numbers.*\n(?:c-.*\n)+/m.exec(english)![0])
  const script = `set -eu\ncurl() { command curl --fail --silent --show-error "$@"; echo; }\n${here}`
  const { stdout } = await run('sh', ['-c', script], { cwd: home, env: environment(), timeout: 120_000 })
  if (/report (agents|calls)/.test(block)) expect(stdout).toContain('8001')
  if (block.includes('calls.csv')) {
    expect(await readFile(join(folder, 'calls.csv'), 'utf8')).toContain(id)
    expect(stdout).toContain('The ledger balances.')
  }
  if (block.includes('flow try hotline')) {
    expect(stdout).toMatch(/→ waits for sales[\s\S]*hotline is again as in release/)
    expect(await readFile(join(folder, 'hotline.mmd'), 'utf8')).toMatch(/^flowchart TD/)
  }
  if (block.includes('call.wav')) expect((await stat(join(folder, 'call.wav'))).size).toBeGreaterThan(44)
  if (block.includes('message.wav')) {
    expect(stdout).toContain(`${id}~message9 is done.`)
    expect((await stat(join(folder, 'message.wav'))).size).toBeGreaterThan(44)
    // Of which no fact tells: the ledger would say so.
    await query('delete from messages')
  }
  if (block.includes('comment.wav')) {
    expect(stdout).toMatch(/ why +spoken [\s\S]* rating +1 +2 +1 [\s\S]* are done\.\n[\s\S]*CSAT/)
    expect((await stat(join(folder, 'comment.wav'))).size).toBeGreaterThan(44)
    await forgetComment(id)
  }
  if (block.includes('queue set sales music')) expect(stdout).toMatch(/^sales is set so from now on\.$/m)
  if (block.includes('prompt list'))
    expect(stdout).toMatch(/summer-hours +en +uploaded[\s\S]*is removed in Chinese and English\.\n$/)
  if (block.includes('agent password'))
    expect(stdout).toMatch(/registers as user 8004 with the password \S{24} from now on\. It is/)
  if (block.includes('phone add'))
    expect(stdout).toMatch(
      /^Phone 2001 registers as[\s\S]*^The PIN of 8001 is \d{6} from[\s\S]*^2001: nobody\nPhone 2001 is no phone/m,
    )
  if (block.includes('duty pin')) expect(stdout).toMatch(/The PIN of 7 is \d{6} from now on/)
  if (block.includes('customers.csv'))
    expect(stdout).toMatch(/^2 customers are known\.\n[\s\S]*^c-1: 安娜[\s\S]*^all other queues: opens https/m)
  if (block.includes('/state')) expect(stdout).toMatch(/"reason":"coffee"[\s\S]*"state":"signed-out"/)
  if (block.includes('doctor')) expect(stdout).toMatch(/All is well\.\n$/)
  return stdout
}

/** After what the README tells to write into the survey. */
async function survey(block: string): Promise<void> {
  const file = join(folder, 'survey.json')
  await writeFile(file, JSON.stringify(commented(JSON.parse(await readFile(file, 'utf8')), english)))
  expect(await typed(block)).toMatch(/rating is 2 \(low[\s\S]*speaks a comment: why[\s\S]*survey is published/)
}

/** While agent 8001 talks with a caller. */
async function talking(block: string): Promise<void> {
  const server = { host: '127.0.0.1', port: BASE + 60 }
  const [row] = await query("select sip_password from agents where id = '8001'")
  const [agent, caller] = [
    await Softphone.open({ server, user: '8001', password: row!.sip_password! }),
    await Softphone.open({ server, user: '13800138000' }),
  ]
  try {
    await agent.register()
    for (const code of ['*1', '*3']) await (await agent.invite(code).answered).ended
    const ring = agent.nextInvite({ withinMs: 60_000 })
    const call = await caller.invite('4008001000').answered
    await call.press('1')
    const talk = await (await ring).answer()
    await expect.poll(() => talks(), { timeout: 20_000 }).toHaveLength(1)
    expect(await typed(block, (await talks())[0]!.id)).toMatch(/"agent":"8001","survey":\{"flow":"survey"/)
    await talk.ended
    await call.hangUp()
    await (await agent.invite('*2').answered).ended
  } finally {
    await Promise.all([agent.close(), caller.close()])
  }
}

/** While somebody waits, since agent 8001 rests. */
async function waiting(block: string): Promise<void> {
  const server = { host: '127.0.0.1', port: BASE + 60 }
  const [row] = await query("select sip_password from agents where id = '8001'")
  const [agent, caller] = [
    await Softphone.open({ server, user: '8001', password: row!.sip_password! }),
    await Softphone.open({ server, user: '13800138000' }),
  ]
  try {
    await agent.register()
    for (const code of ['*1', '*4']) await (await agent.invite(code).answered).ended
    const call = await caller.invite('4008001000').answered
    await call.press('1')
    await expect.poll(() => waits(), { timeout: 20_000 }).toHaveLength(1)
    const stdout = await typed(block, (await waits())[0]!.id)
    expect(stdout).toMatch(
      /"waiting":1[\s\S]*"queue":"sales","headStartMs":0,"ahead":0[\s\S]*"text":"The next one is yours."/,
    )
    await call.hangUp()
    await (await agent.invite('*2').answered).ended
  } finally {
    await Promise.all([agent.close(), caller.close()])
  }
}

const waits = () => query("select id from calls where phase = 'queued'")

const talks = () => query("select id from calls where phase = 'talking'")

/** There may be no Docker here: what is named must exist, and the SQL is asked. */
async function dockerAlone(block: string): Promise<void> {
  const { services } = parse(textOf('docker-compose.yml'))
  for (const line of block.split('\n')) {
    const [, named] = /docker compose (?:exec|restart) (\S+)/.exec(line) ?? []
    if (named) expect(Object.keys(services)).toContain(named)
    const [, copied] = /^cp (\S+) \.env$/.exec(line) ?? []
    if (copied) expect(existsSync(join(home, copied))).toBe(true)
  }
}

/** These run this test: that they exist is enough. */
async function scriptsAlone(block: string): Promise<void> {
  const { scripts } = JSON.parse(textOf('package.json'))
  for (const line of block.split('\n')) {
    const [, name] = /^npm (?:run )?(\w+)$/.exec(line)!
    expect(Object.keys(scripts)).toContain(name)
    const [, file] = /^node (\S+)/.exec(scripts[name!]) ?? []
    if (file) expect(existsSync(join(home, file))).toBe(true)
  }
  expect(textOf('.ci/run')).toMatch(/ npm test /)
}

function environment(where = folder, base = BASE): NodeJS.ProcessEnv {
  return { ...process.env, HOTLINE_FOLDER: where, HOTLINE_PORTS: String(base), HOTLINE_LOG: 'warn' }
}

async function query(sql: string): Promise<Record<string, string>[]> {
  const password = await readFile(join(folder, 'postgres', 'password'), 'utf8')
  const knex = connectDatabase(`postgres://hotline:${password}@127.0.0.1:${BASE + 32}/hotline`)
  try {
    return (await knex.raw(sql)).rows
  } finally {
    await knex.destroy()
  }
}

/** No caller of the demo leaves one. */
async function leaveMessage(call: string): Promise<void> {
  await query(`insert into messages (id, call_id, queue, began_at, ended_at)
    select id || '~message9', id, 'sales', answered_at, ended_at from calls where id = '${call}'`)
}

/** Nor does one of the demo say more than a score. */
async function leaveComment(call: string): Promise<void> {
  const spoken = JSON.stringify([{ name: 'why', scale: 'spoken', message: `${call}~message9`, ms: 2_000 }])
  await query(`insert into comments (id, call_id, name, began_at, ended_at)
      select id || '~message9', id, 'why', answered_at, ended_at from calls where id = '${call}';
    insert into low_scores (call_id, name, score, at_or_under, at) values ('${call}', 'rating', 1, 2, now());
    update calls set answers = answers || '${spoken}' where id = '${call}'`)
}

/** Of which no fact tells, either. */
const forgetComment = (call: string) =>
  query(`delete from comments where call_id = '${call}'; delete from low_scores where call_id = '${call}';
    update calls set answers = answers - -1 where id = '${call}'`)

const aCall = async (): Promise<string> =>
  (await query('select id from calls where recording_file is not null limit 1'))[0]!.id!

const isInstalled = (program: string): Promise<boolean> =>
  run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  )

const inGoodOrder = (end: unknown): boolean => end === 0 || end === 'SIGINT'

const isOpen = async (port: number): Promise<boolean> => {
  const socket = createConnection(port, '127.0.0.1')
  return once(socket, 'connect').then(
    () => true,
    () => false,
  )
}
