#!/usr/bin/env node
// The door: looks whether this Node and the packages are as needed, then runs src/cli.ts in this same process.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

function main() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    return giveUp(`Hotline needs Node.js 20.19 or newer, and this is ${process.versions.node}: see https://nodejs.org`)
  }
  if (!packagesAreInstalled() && !installPackages()) {
    return giveUp(`The packages could not be installed: run "npm ci" in ${root} and see all that it says.`)
  }
  return import('tsx/esm/api').then(tsx => {
    tsx.register()
    return import('../src/cli.ts')
  })
}

function giveUp(sentence) {
  console.error(sentence)
  process.exitCode = 1
}

/** npm notes what it installed. Git may make the lock file look newer without a change in it: then we compare. */
function packagesAreInstalled() {
  const wanted = join(root, 'package-lock.json')
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  if (!existsSync(wanted) || statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return true
  const here = packagesIn(installed)
  return Object.entries(packagesIn(wanted)).every(
    ([name, it]) => name === '' || it.dev || it.optional || it.devOptional || here[name]?.version === it.version,
  )
}

const packagesIn = path => JSON.parse(readFileSync(path, 'utf8')).packages

function installPackages() {
  console.error('Installing the packages that Hotline needs (once; it takes about a minute) …')
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (npm.status === 0) return true
  console.error(npm.error ? npm.error.message : npm.stderr.split('\n').slice(0, 6).join('\n'))
  return false
}

await main()
