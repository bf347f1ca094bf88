import { readFileSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

// What /proc tells about programs that outlive the one that started them. A pid in a file proves nothing: after a reboot,
// or in a new container, it belongs to somebody else.

/** A dead program whose parent has not noticed yet counts as dead. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false // No such process.
  }
}

/** The pids of programs with this name that work in this folder. */
export async function workingIn(folder: string, name: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(entry => /^\d+$/.test(entry))
  const fits = async (pid: string) => {
    const [cwd, program] = await Promise.all(
      [`/proc/${pid}/cwd`, `/proc/${pid}/exe`].map(link => readlink(link).catch(() => '')),
    )
    return cwd === folder && basename(program ?? '').split(' ')[0] === name
  }
  const found = await Promise.all(pids.map(async pid => ((await fits(pid)) ? Number(pid) : undefined)))
  return found.filter(pid => pid !== undefined)
}

/** Looks again every few milliseconds (the kernel sends nobody a word about strangers) and says whether it came true. */
export async function comesTrue(question: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (!(await question())) {
    if (Date.now() > deadline) return false
    await pause(20)
  }
  return true
}
