import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { Knex } from 'knex'
import { NotFound } from '../errors.ts'
import { EVERYWHERE, type Reach } from '../rights/reach.ts'
import { findCall } from './calls.ts'

/** Where a call's recording lies, or that of one of its legs. Throws NotFound with the reason where there is none. */
export async function recordingOf(
  knex: Knex,
  folder: string,
  { id, leg }: { id: string; leg?: string },
  reach: Reach = EVERYWHERE,
): Promise<string> {
  const call = await findCall(knex, id, 'masked', reach)
  if (!call) throw new NotFound(`There is no call ${id}.`)
  if (call.outcome === null) throw new NotFound('The call is not over: its recording is filed at its end.')
  if (!call.recording) throw new NotFound('The recording is not filed yet: try again in a moment.')
  const { file, faults } = leg === undefined ? call.recording : await ofLeg(knex, id, leg)
  const whose = leg === undefined ? 'call' : 'leg'
  if (file === null)
    throw new NotFound(`The ${whose} has no recording: ${faults.join('; ') || 'nothing was recorded'}.`)
  const path = await inside(folder, file)
  if (path === undefined) throw new NotFound('The recording is no longer in its folder.')
  return path
}

type Filed = { file: string | null; faults: string[] }

async function ofLeg(knex: Knex, call_id: string, leg_id: string): Promise<Filed> {
  const filed: Filed | undefined = await knex('leg_recordings').where({ call_id, leg_id }).first()
  if (!filed)
    throw new NotFound(
      'This leg has no recording of its own: what the caller and the agent said is on that of the call.',
    )
  return filed
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
