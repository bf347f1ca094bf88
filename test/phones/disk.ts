import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

const MEGABYTES = 32
const PLACE = '/tmp'

/**
 * A small disk that can be filled, made read-only and made well again, by any user and without harm to anybody: it is
 * mounted in a namespace of its own, and seen from outside through the one process that lives there.
 */
export class Disk {
  readonly path: string
  readonly #keeper: ChildProcess
  readonly #answers: Interface

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper
    // Where no namespace is to be had, it has ended before it is told anything.
    keeper.stdin!.on('error', () => {})
    this.#answers = createInterface({ input: keeper.stdout! })
    this.path = `/proc/${keeper.pid}/root${PLACE}`
  }

  static async open(): Promise<Disk> {
    const keeper = spawn('unshare', ['--map-root-user', '--mount', 'sh'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const disk = new Disk(keeper)
    await disk.#does(`mount -t tmpfs -o size=${MEGABYTES}m disk ${PLACE}`)
    return disk
  }

  /** To the last byte: what is being written gets no further. */
  async fill(): Promise<void> {
    const ballast = await open(join(this.path, 'ballast'), 'a')
    try {
      for (;;) await ballast.write(Buffer.alloc(1024 * 1024))
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown
    } finally {
      await ballast.close()
    }
  }

  empty(): Promise<void> {
    return rm(join(this.path, 'ballast'))
  }

  /** For whatever is opened from now on: Linux lets nobody take a disk from those who are writing a file on it. */
  async makeReadOnly(): Promise<void> {
    await this.#does(`mount --bind ${PLACE} ${PLACE} && mount -o remount,bind,ro ${PLACE}`)
  }

  /** Also while somebody is reading there. */
  async makeWritable(): Promise<void> {
    await this.#does(`umount --lazy ${PLACE}`)
  }

  async close(): Promise<void> {
    const closed = once(this.#keeper, 'close')
    this.#keeper.stdin!.end()
    await closed
  }

  async #does(command: string): Promise<void> {
    const answer = Promise.race([once(this.#answers, 'line'), once(this.#answers, 'close')])
    this.#keeper.stdin!.write(`${command}; echo $?\n`)
    const [status] = await answer
    if (status !== '0') throw new Error(`A disk of one's own takes a namespace of one's own: not done here: ${command}`)
  }
}
