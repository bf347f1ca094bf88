import { constants } from 'node:fs'
import { access, open, readdir, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { sentenceOf } from '../../errors.ts'
import { BYTES_A_MS } from '../../recording/tape.ts'
import { bad, type Finding, good } from './finding.ts'

const BYTES_AN_HOUR = BYTES_A_MS * 3_600_000
/** Less is not enough for a day of a few agents. */
const LEAST_FREE = 2e9
/** So many of the newest tapes are tried. */
const TAPES = 20

export async function lookAtFolders(config: Config): Promise<Finding[]> {
  const { folder, recordingsFolder, cacheFolder, queueLog } = config
  const bringsAlong = !config.databaseUrl || !config.asterisk
  return [
    await writable('The folder', folder),
    await writable("The recordings' folder", recordingsFolder),
    ...(bringsAlong ? [await writable('The cache', cacheFolder)] : []),
    await space(recordingsFolder),
    await tapes(join(recordingsFolder, 'live')),
    ...(config.asterisk ? [await story(queueLog)] : []),
  ]
}

async function writable(what: string, folder: string): Promise<Finding> {
  try {
    const there = await folderThatIs(folder)
    if (!(await stat(there)).isDirectory())
      return bad(`${what} ${folder} is no folder`, 'name another, or move the file away')
    await tryToWrite(there)
    return good(`${what} ${folder} ${there === folder ? 'can be written' : 'can be created'}`)
  } catch (thrown) {
    return bad(
      `${what} ${folder} cannot be written (${sentenceOf(thrown)})`,
      `give it to the user with the id ${process.getuid?.()}`,
    )
  }
}

/** The folder itself, or the one in which it would be created. */
async function folderThatIs(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const there = await stat(at).catch(thrown => {
      if (thrown.code === 'ENOENT') return undefined
      throw thrown
    })
    if (there) return at
  }
}

/** A folder that lets us in may still be on a disk that is read-only or full. */
async function tryToWrite(folder: string): Promise<void> {
  const path = join(folder, `.doctor-${process.pid}`)
  const file = await open(path, 'wx')
  try {
    await file.write('well')
    await file.sync()
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

async function space(folder: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(await folderThatIs(folder))
    const free = bavail * bsize
    const text = `${(free / 1e9).toFixed(1)} GB are free for recordings, ${Math.floor(free / BYTES_AN_HOUR)} hours of calls`
    return free < LEAST_FREE ? bad(text, 'make room, or set HOTLINE_RECORDINGS to a larger disk') : good(text)
  } catch (thrown) {
    return bad(`The free space cannot be read (${sentenceOf(thrown)})`, 'set HOTLINE_RECORDINGS to a folder on a disk')
  }
}

/** What Asterisk records must be readable by us, and its folder writable, since we move the tapes out of it. */
async function tapes(live: string): Promise<Finding> {
  const names = await readdir(live).catch(() => undefined)
  if (names === undefined) return good('Asterisk has recorded nothing yet')
  const mend = 'let Asterisk and the hotline run as the same user, or share a group'
  try {
    await access(live, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const name of names.filter(name => name.endsWith('.raw')).slice(-TAPES)) {
      await (await open(join(live, name), 'r')).close()
    }
    return good("Asterisk's recordings can be read")
  } catch (thrown) {
    return bad(`Asterisk's recordings cannot be read (${sentenceOf(thrown)})`, mend)
  }
}

/** A private Asterisk writes where we look; that another does, its owner must see to. */
async function story(queueLog: string): Promise<Finding> {
  try {
    await access(queueLog, constants.R_OK)
    return good(`Asterisk's queue_log ${queueLog} can be read`)
  } catch (thrown) {
    const what = `Asterisk's queue_log cannot be read (${sentenceOf(thrown)}), so calls of the lifeboat are not filed`
    return bad(what, 'set HOTLINE_QUEUE_LOG to the file that Asterisk writes')
  }
}
