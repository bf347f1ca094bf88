import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { Knex } from 'knex'
import { NotFound } from '../errors.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { findCall } from './calls.ts'

/** Where a call's recording lies. Throws NotFound with the reason where there is none. */
export async function recordingOf(knex: Knex, folder: string, id: string, reach: Reach = EVERYWHERE): Promise<string> {
  const call = await findCall(knex, id, 'masked', reach)
  if (!call) throw new NotFound(`There is no call ${id}.`)
  if (call.outcome === null) throw new NotFound('The call is not over: its recording is filed at its end.')
  if (!call.recording) throw new NotFound('The recording is not filed yet: try again in a moment.')
  const { file, faults } = call.recording
  if (file === null) throw new NotFound(`The call has no recording: ${faults.join('; ') || 'nothing was recorded'}.`)
  const path = await inside(folder, file)
  if (path === undefined) throw new NotFound('The recording is no longer in its folder.')
  return path
}

/** The file's true path; undefined where there is none, or where it (or what it links to) lies outside the folder. */
async function inside(folder: string, file: string): Promise<string | undefined> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(resolve(folder, file))])
    return path.startsWith(root + sep) ? path : undefined
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(String((thrown as NodeJS.ErrnoException).code))) return undefined
    throw thrown
  }
}
