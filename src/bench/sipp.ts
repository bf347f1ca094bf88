import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Say, unpacked } from '../embedded/debian.ts'
import { commandIn } from '../embedded/program.ts'
import { HotlineError } from '../errors.ts'

/** What a scenario notes in its log: an `invite` sent, a phone that began to `ring`, a `bye` sent, a call that is `done`. */
export type Moment = { what: 'invite' | 'ring' | 'bye' | 'done'; caller: string; agent: string; at: number }

export type Scenario = 'caller' | 'key-caller' | 'patient-caller' | 'talking-caller' | 'agent' | 'leaving-agent'

export type SippParts = {
  command: readonly [string, ...string[]]
  folder: string
  /** Of Asterisk. */
  sipPort: number
}

export type Load = {
  scenario: Scenario
  port: number
  /** What is dialled, in turn. */
  dialled: readonly string[]
  perSecond: number
  calls: number
  /** From the answer to the hang-up. */
  callMs: number
}

/** Longer than any run: a phone whose run was forgotten ends by itself. */
const AT_MOST_S = 4_000
/** A run that has made its last call so long ago has calls that will never end. */
const LEFT_OVER_AFTER_S = 100
const START_WITHIN_MS = 10_000

/** SIPp, brought along like Asterisk: nothing needs to be installed. */
export async function findSipp(cacheFolder: string, say: Say): Promise<readonly [string, ...string[]]> {
  const root = await unpacked({ name: 'SIPp', package: 'sip-tester' }, cacheFolder, say)
  return commandIn(root, 'usr/bin/sipp')
}

/** Callers and phones made by SIPp, all on loopback. */
export class Sipp {
  readonly #parts: SippParts
  readonly #running = new Set<ChildProcess>()
  #runs = 0

  constructor(parts: SippParts) {
    this.#parts = parts
  }

  /** Makes calls. Resolves, when all have ended, with what happened when. */
  async call(load: Load): Promise<Moment[]> {
    const { port, dialled, perSecond, calls, callMs, scenario } = load
    const numbers = join(this.#parts.folder, `dialled-${port}.csv`)
    await writeFile(numbers, `SEQUENTIAL\n${dialled.map(number => `${number};\n`).join('')}`)
    const remote = [`127.0.0.1:${this.#parts.sipPort}`, '-inf', numbers]
    const atMostS = Math.ceil(calls / perSecond + callMs / 1_000) + LEFT_OVER_AFTER_S
    const run = this.#start(scenario, port, atMostS, [
      ...remote,
      ...['-r', String(perSecond), '-m', String(calls), '-l', String(calls), '-d', String(callMs)],
    ])
    await once(run.sipp, 'close')
    return run.moments()
  }

  /** Phones that wait for calls. `stop` resolves with what they saw. */
  async phones(
    scenario: Scenario,
    port: number,
    { callMs = 0, echo = false } = {},
  ): Promise<{ stop(): Promise<Moment[]> }> {
    const run = this.#start(scenario, port, AT_MOST_S, ['-d', String(callMs), ...(echo ? ['-rtp_echo'] : [])])
    await this.#listening(port, run.sipp)
    return {
      async stop() {
        const closed = once(run.sipp, 'close')
        run.sipp.kill('SIGTERM')
        await closed
        return run.moments()
      },
    }
  }

  /** Ends whatever is still running. */
  stop(): void {
    for (const sipp of this.#running) sipp.kill('SIGKILL')
  }

  #start(scenario: Scenario, port: number, atMostS: number, words: string[]) {
    this.#runs += 1
    const log = join(this.#parts.folder, `${scenario}-${this.#runs}.log`)
    const [file, ...before] = this.#parts.command
    const common = ['-sf', fileURLToPath(new URL(`scenarios/${scenario}.xml`, import.meta.url)), '-i', '127.0.0.1']
    // For sound: clear of everything else that listens here.
    const ports = ['-p', String(port), '-min_rtp_port', String(port + 1_000), '-max_rtp_port', String(port + 1_900)]
    const keys = ['-key', 'tone', join(this.#parts.folder, 'tone.alaw')]
    const bounds = ['-timeout', String(atMostS), '-nostdin']
    const logs = ['-trace_logs', '-log_file', log, '-trace_err', '-error_file', `${log}.err`]
    const sipp = spawn(file, [...before, ...common, ...ports, ...keys, ...bounds, ...logs, ...words], {
      stdio: 'ignore',
    })
    this.#running.add(sipp)
    sipp.on('close', () => this.#running.delete(sipp))
    return { sipp, moments: async () => momentsIn(await readFile(log, 'utf8').catch(() => '')) }
  }

  /** SIPp says nothing when it is ready, but the kernel knows of its socket. */
  async #listening(port: number, sipp: ChildProcess): Promise<void> {
    const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
    for (const deadline = Date.now() + START_WITHIN_MS; Date.now() < deadline; await pause(50)) {
      if ((await readFile('/proc/net/udp', 'utf8')).includes(local)) return
      if (sipp.exitCode !== null) break
    }
    throw new HotlineError('sipp-failed', `SIPp does not listen on port ${port}.`)
  }
}

function momentsIn(log: string): Moment[] {
  return log
    .split('\n')
    .map(line => /^(invite|ring|bye|done) (\S+) (\S+) .*?(\d+\.\d{6})$/.exec(line.trim()))
    .filter(found => found !== null)
    .map(([, what, caller, agent, at]) => ({
      what: what as Moment['what'],
      caller: caller!,
      agent: agent!,
      at: Number(at) * 1_000,
    }))
}
