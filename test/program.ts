import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const HOME = join(import.meta.dirname, '..')

/** A program in a terminal of its own: Ctrl-C reaches npm and all that it started. */
export class Program {
  output = ''
  /** The exit code, or the signal: npm ends by the signal that ended what it ran. */
  readonly ended: Promise<number | string>
  readonly #process: ChildProcess
  #heard: () => void = () => {}

  constructor(command: string, env: NodeJS.ProcessEnv) {
    const [file, ...words] = command.split(' ')
    this.#process = spawn(file!, words, { cwd: HOME, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding('utf8').on('data', text => {
        this.output += text
        this.#heard()
      })
    }
    this.ended = once(this.#process, 'close').then(([code, signal]) => {
      this.#heard()
      return code ?? signal
    })
  }

  says(what: RegExp, withinMs: number): Promise<void> {
    return new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`not within ${withinMs} ms: ${what}\n${this.output}`)), withinMs)
      this.#heard = () => {
        if (what.test(this.output)) done()
        else if (this.#process.exitCode !== null) failed(new Error(`it ended: ${this.output}`))
        else return
        clearTimeout(late)
      }
      this.#heard()
    })
  }

  async interrupt(): Promise<number | string> {
    this.#signal('SIGINT')
    return this.ended
  }

  kill(): void {
    this.#signal('SIGKILL')
  }

  /** Nothing where it has ended. */
  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#process
    if (exitCode === null && signalCode === null) process.kill(-pid!, signal)
  }
}
