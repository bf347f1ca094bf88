import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { type AsteriskOptions, startAsterisk } from '../../src/embedded/asterisk.ts'
import { isAlive } from '../../src/embedded/life.ts'
import { afterwards, ari, asteriskOptions, freshFolder, home, started, troubles } from './ground.ts'

type Info = { system: { version: string }; config: { name: string } }

it('starts, answers ARI, and has nothing to complain about', async () => {
  const options = await asteriskOptions()
  const asterisk = await started(options)
  const { system } = await ari<Info>(options, 'GET', 'asterisk/info')
  expect(asterisk.version).toContain(system.version)
  expect(Number.parseInt(system.version, 10)).toBeGreaterThanOrEqual(20)
  expect(await troubles(options)).toEqual([])
})

it('runs every module that its configuration names, and no other', async () => {
  const options = await asteriskOptions()
  await started(options)
  const running = await ari<{ name: string; status: string }[]>(options, 'GET', 'asterisk/modules')
  const named = (await readFile(join(options.folder, 'etc', 'modules.conf'), 'utf8')).matchAll(/^load = (\S+)/gm)
  const names = [...named].map(([, name]) => name)
  expect(running.filter(({ status }) => status !== 'Running')).toEqual([])
  // What is built into Asterisk itself stands in the list too.
  const modules = running.map(({ name }) => name).filter(name => name.endsWith('.so'))
  expect(modules.sort()).toEqual(names.sort())
})

it('keeps its secrets to itself', async () => {
  const options = await asteriskOptions()
  await started(options)
  for (const name of await readdir(join(options.folder, 'etc'))) {
    expect((await stat(join(options.folder, 'etc', name))).mode & 0o077).toBe(0)
  }
})

it('ends when it is told to', async () => {
  const asterisk = await startAsterisk(await asteriskOptions())
  await asterisk.stop()
  expect(isAlive(asterisk.pid)).toBe(false)
  await asterisk.stop()
})

it('names the port that another program uses, and starts nothing', async () => {
  const options = await asteriskOptions()
  const before = await readdir(options.folder)
  const phone = createSocket('udp4').bind(options.ports.sip, '127.0.0.1')
  await once(phone, 'listening')
  await expect(startAsterisk(options)).rejects.toMatchObject({ id: 'port-in-use', port: options.ports.sip })
  phone.close()
  const web = createServer().listen(options.ports.http, '127.0.0.1')
  await once(web, 'listening')
  await expect(startAsterisk(options)).rejects.toThrow(`Port ${options.ports.http} (TCP) is already in use`)
  web.close()
  expect(await readdir(options.folder)).toEqual(before)
})

it('goes on when its owner is killed, and is taken over by the next', async () => {
  const options = await asteriskOptions()
  const { owner, pid } = await ownerOf(options)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  const again = await started(options)
  expect(again).toMatchObject({ pid, tookOver: true })
  await again.stop()
  expect(isAlive(pid)).toBe(false)
})

it('is not reached by a Ctrl-C at its owner’s terminal', async () => {
  const options = await asteriskOptions()
  const { owner, pid } = await ownerOf(options)
  process.kill(-owner.pid!, 'SIGINT') // What a terminal does: everybody in the group.
  await once(owner, 'exit')
  expect(await started(options)).toMatchObject({ pid, tookOver: true })
})

it('starts anew after it was killed', async () => {
  const options = await asteriskOptions()
  const first = await started(options)
  first.kill()
  const second = await started(options)
  expect(second.tookOver).toBe(false)
  expect(second.pid).not.toBe(first.pid)
})

it('does not take over what does not know the password', async () => {
  const options = await asteriskOptions()
  const { pid } = await started(options)
  const stranger = { ...options, secrets: { ari: 'another', ami: 'another' } }
  await expect(startAsterisk(stranger)).rejects.toThrow(`"kill ${pid}"`)
}, 20_000)

it('tells what Asterisk said when it did not start', async () => {
  const options = await asteriskOptions()
  const program = { ...options.program, command: ['sh', '-c', 'echo I am tired; exit 1'] as const }
  await expect(startAsterisk({ ...options, program })).rejects.toThrow(/ended while it was starting[\s\S]*I am tired/)
})

it('refuses a folder whose name would break the dialplan', async () => {
  const folder = join(await freshFolder(), 'a,b')
  await expect(startAsterisk(await asteriskOptions({ folder }))).rejects.toThrow('because of its ,')
})

it('lives in a folder with a long, foreign and spaced name', async () => {
  const folder = join(await freshFolder(), '呼叫 中心', 'x'.repeat(120))
  const options = await asteriskOptions({ folder })
  await started(options)
  const { config } = await ari<Info>(options, 'GET', 'asterisk/info')
  expect(config.name).toBe('hotline')
})

/** Another process starts it, as a service does, with a process group of its own as under a terminal. */
async function ownerOf(options: AsteriskOptions) {
  const words = ['--import', 'tsx', join(home, 'test/embedded/owner.ts'), JSON.stringify(options)]
  const owner = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], detached: true, cwd: home })
  const [line] = await once(createInterface({ input: owner.stdout }), 'line')
  const pid = Number(line)
  afterwards(async () => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  return { owner, pid }
}
