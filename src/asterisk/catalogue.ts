import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** The prompts that come with this version. */
const OURS = fileURLToPath(new URL('../../sounds', import.meta.url))
const NAME = /^queue\/(.+)$/

/**
 * The queues whose names are recorded: prompts `queue/…` of the catalogue in this folder, or of our own where the folder is
 * on Asterisk's machine alone. None where neither can be read: then each is announced as a new call.
 */
export async function recordedQueues(soundsFolder: string, log: Log): Promise<string[]> {
  try {
    const { prompts } = JSON.parse(await catalogueIn(soundsFolder))
    return Object.keys(prompts).flatMap(key => NAME.exec(key)?.[1] ?? [])
  } catch (thrown) {
    log.warn(
      { folder: soundsFolder, error: sentenceOf(thrown) },
      'the catalogue of prompts cannot be read: no queue is named to its agents',
    )
    return []
  }
}

async function catalogueIn(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, 'catalogue.json'), 'utf8')
  } catch (thrown) {
    if (folder === OURS || (thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    return catalogueIn(OURS)
  }
}
