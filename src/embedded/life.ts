import { readFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

// What /proc tells about programs that outlive the one that started them. A pid in a file proves nothing: after a reboot,
// or in a new container, it belongs to somebody else.

/**
 * A dead program whose parent has not noticed yet counts as dead; but not while others of its threads are still dying, because
 * they hold its ports.
 */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, threads] = [fields[0]!, Number(fields[17])]
    return !'ZX'.includes(state) || threads > 1
  } catch {
    return false // No such process.
  }
}

/** The pids of programs with this name that work in this folder, or are dying and do not tell any more where they worked. */
export async function workingIn(folder: string, name: string): Promise<number[]> {
  const found = await Promise.all(
    (await readdir('/proc')).map(async pid => {
      if ((await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')) !== `${name}\n`) return []
      const place = await readlink(`/proc/${pid}/cwd`).catch((why: NodeJS.ErrnoException) => why.code)
      const dying = place === 'ENOENT' && isAlive(Number(pid))
      return place === folder || dying ? [Number(pid)] : []
    }),
  )
  return found.flat()
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
