import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshFolder, home } from './ground.ts'

// bin/hotline.js in a small checkout of its own, with an npm that only pretends.

const modules = join(home, 'node_modules')

it('runs the command line with what was typed', async () => {
  const checkout = await checkoutWith('exit 1')
  await symlink(modules, join(checkout, 'node_modules'))
  const { stdout, stderr, status } = open(checkout, 'ledger', '--from', '2026-11-23')
  expect({ stdout, stderr, status }).toEqual({ stdout: 'ledger --from 2026-11-23\n', stderr: '', status: 0 })
})

it('installs missing packages first, in one line', async () => {
  const checkout = await checkoutWith(`echo npm "$@" is noisy; ln -s ${modules} node_modules`)
  const first = open(checkout, 'start')
  expect(first.stdout).toBe('start\n')
  expect(first.stderr).toMatch(/^Installing the packages.*\n$/)
  expect(open(checkout, 'start').stderr).toBe('')
})

it('installs again when other packages are wanted, but not when the lock file was only touched', async () => {
  const checkout = await checkoutWith('exit 1')
  await symlink(modules, join(checkout, 'node_modules'))
  await lock(checkout, {})
  expect(open(checkout, 'start').status).toBe(0)
  await lock(checkout, { 'node_modules/tsx': { version: '99.0.0' } })
  expect(open(checkout, 'start').status).toBe(1)
})

it('says what to do when the packages cannot be had', async () => {
  const checkout = await checkoutWith('echo npm error no network >&2; exit 1')
  const { stdout, stderr, status } = open(checkout, 'start')
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 })
  expect(stderr).toContain('npm error no network')
  expect(stderr).toContain(`run "npm ci" in ${checkout}`)
})

async function checkoutWith(npm: string): Promise<string> {
  const checkout = await freshFolder()
  await cp(join(home, 'bin'), join(checkout, 'bin'), { recursive: true })
  await mkdir(join(checkout, 'src'))
  await mkdir(join(checkout, 'path'))
  await writeFile(join(checkout, 'package.json'), '{ "type": "module" }')
  await writeFile(
    join(checkout, 'src', 'cli.ts'),
    `const words: string[] = process.argv.slice(2)\nconsole.log(...words)\n`,
  )
  await writeFile(join(checkout, 'path', 'npm'), `#!/bin/sh\n${npm}\n`)
  await chmod(join(checkout, 'path', 'npm'), 0o755)
  return checkout
}

/** Newer than what is installed. */
async function lock(checkout: string, packages: object): Promise<void> {
  const path = join(checkout, 'package-lock.json')
  await writeFile(path, JSON.stringify({ packages: { '': {}, ...packages } }))
  const future = new Date(Date.now() + 60_000)
  await utimes(path, future, future)
}

function open(checkout: string, ...words: string[]) {
  return spawnSync(process.execPath, [join(checkout, 'bin', 'hotline.js'), ...words], {
    encoding: 'utf8',
    env: { PATH: `${join(checkout, 'path')}:/usr/bin:/bin` },
  })
}
