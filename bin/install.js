// What must be there before any TypeScript can run: a new enough Node, and the packages that the lock file names.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Whether all is there, after installing what was missing; says what cannot be had. `forTests`: the tools as well. */
export function isReady({ forTests = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    return refuse(`Hotline needs Node.js 20.19 or newer, and this is ${process.versions.node}: see https://nodejs.org`)
  }
  if (packagesAreInstalled(forTests) || installPackages(forTests)) return true
  return refuse(`The packages could not be installed: run "npm ci" in ${root} and see all that it says.`)
}

function refuse(sentence) {
  console.error(sentence)
  return false
}

/** npm notes what it installed. Git may make the lock file look newer without a change in it: then we compare. */
function packagesAreInstalled(forTests) {
  const wanted = join(root, 'package-lock.json')
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  if (!existsSync(wanted)) return true
  const unchanged = statSync(installed).mtimeMs >= statSync(wanted).mtimeMs
  if (unchanged && !forTests) return true
  const here = packagesIn(installed)
  const needed = it => !it.optional && !it.devOptional && (forTests || !it.dev)
  return Object.entries(packagesIn(wanted)).every(
    ([name, it]) => name === '' || !needed(it) || here[name]?.version === it.version,
  )
}

const packagesIn = path => JSON.parse(readFileSync(path, 'utf8')).packages

function installPackages(forTests) {
  console.error('Installing the packages that Hotline needs (once; it takes about a minute) …')
  const tools = forTests ? ['--include=dev'] : []
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...tools], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (npm.status === 0) return true
  console.error(npm.error ? npm.error.message : npm.stderr.split('\n').slice(0, 6).join('\n'))
  return false
}
