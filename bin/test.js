#!/usr/bin/env node
// npm test: sets up all that the tests need, runs every kind of test, cheapest first, and ends with "N passed, N failed".
// npm test -- rules stories      only these kinds
// npm test -- --minutes 10       gives up after ten minutes
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isReady, root } from './install.js'

const KINDS = ['rules', 'stories', 'database', 'phones', 'alone']
const NEED_SURROUNDINGS = ['database', 'phones', 'alone']

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '85' } },
  allowPositionals: true,
})
const kinds = positionals.length > 0 ? positionals : KINDS
const minutes = Number(values.minutes)
if (!(minutes > 0)) {
  console.error(`--minutes must be a number above 0, and is ${values.minutes}.`)
  process.exit(2)
}
const deadline = Date.now() + minutes * 60_000

/** Everything that the tests write. Postgres may run as another user, who must be able to walk through it. */
const folder = mkdtempSync(join(tmpdir(), 'hotline-tests-'))
chmodSync(folder, 0o711)

let passed = 0
let failed = 0
let running

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    say(`Stopped by ${signal}.`)
    failed += 1
    finish()
  })
}

try {
  await main()
} catch (thrown) {
  say(thrown.stack)
  failed += 1
}
finish()

async function main() {
  if (!isReady({ forTests: true })) {
    failed += 1
    return
  }
  // Once here, with progress, instead of in the first test that happens to need it.
  if (kinds.some(kind => NEED_SURROUNDINGS.includes(kind))) await step('what the tests need', ['bin/bring.js'])
  for (const kind of kinds) await runKind(kind)
}

async function runKind(kind) {
  const report = join(folder, `${kind}.json`)
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await step(kind, [vitest, 'run', '--project', kind, ...reporters], { mayFail: true })
  const counted = countedIn(report)
  passed += counted.passed
  // A run that ended badly without naming a failed test has failed all the same.
  failed += code === 0 ? counted.failed : Math.max(1, counted.failed)
}

function countedIn(report) {
  const counted = { passed: 0, failed: 0 }
  for (const file of filesIn(report)) {
    const count = status => file.assertionResults.filter(test => test.status === status).length
    counted.passed += count('passed')
    counted.failed += file.status === 'failed' ? Math.max(1, count('failed')) : 0
  }
  return counted
}

function filesIn(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults
  } catch {
    return [] // The run did not live to write it.
  }
}

/** Runs one program to its end or the deadline; resolves with its exit code. */
async function step(name, words, { mayFail = false } = {}) {
  const began = Date.now()
  say(`── ${name} ──`)
  running = spawn(process.execPath, words, {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // A group of its own, so that all of it can be ended.
  })
  const alarm = setTimeout(
    () => {
      say(`The time is over: ${minutes} minutes.`)
      endGroup()
    },
    Math.max(0, deadline - Date.now()),
  )
  const code = await new Promise(done => {
    running.on('error', why => done(why.message))
    running.on('close', (status, signal) => done(status ?? signal))
  })
  clearTimeout(alarm)
  endGroup()
  say(`── ${name}: ${Math.round((Date.now() - began) / 1000)} s ──`)
  if (code !== 0 && !mayFail) failed += 1
  return code
}

/** Settings of a hotline that this person runs are none of the tests' business; where things are cached is. */
function environment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'HOTLINE_CACHE' || !/^(HOTLINE_|ASTERISK_|DATABASE_URL$)/.test(name),
  )
  return { ...Object.fromEntries(kept), TMPDIR: folder }
}

function endGroup() {
  end(-running.pid)
}

function finish() {
  if (running) endGroup()
  endLeftovers()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}

/** A test that was cut short leaves behind what it started, and that may start more while we look: until nothing is left. */
function endLeftovers() {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const left = readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && isOurs(pid))
    if (left.length === 0) return
    for (const pid of left) end(Number(pid))
  }
}

/** It works in our folder (Postgres, which writes over its environment), or was told to write there (all else). */
function isOurs(pid) {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) return true
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TMPDIR=${folder}`)
  } catch {
    return false // It has ended, or is somebody else's.
  }
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

function say(line) {
  console.log(line)
}
