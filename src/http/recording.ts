import { realpath } from 'node:fs/promises'
import { extname, resolve, sep } from 'node:path'
import type { Request, Response } from 'express'
import type { Knex } from 'knex'
import { NotFound } from '../errors.ts'
import { findCall } from '../report/calls.ts'

const TYPES: Record<string, string> = { '.wav': 'audio/wav', '.ogg': 'audio/ogg', '.mp3': 'audio/mpeg' }

/** Sends a call's recording, or the range of it that is asked for. Throws NotFound with the reason where there is none. */
export async function sendRecording(
  knex: Knex,
  folder: string,
  id: string,
  request: Request,
  response: Response,
): Promise<void> {
  const path = await pathOf(knex, folder, id)
  const headers = {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-disposition': 'inline',
    'cache-control': 'private, no-cache',
  }
  await new Promise<void>((sent, failed) => {
    response.sendFile(path, { headers, dotfiles: 'allow' }, thrown => {
      // Whoever hangs up while listening does no harm.
      if (thrown && !request.destroyed) failed(thrown)
      else sent()
    })
  })
}

async function pathOf(knex: Knex, folder: string, id: string): Promise<string> {
  const call = await findCall(knex, id, 'masked')
  if (!call) throw new NotFound(`There is no call ${id}.`)
  if (call.outcome === null) throw new NotFound('The call is not over: its recording is filed at its end.')
  if (!call.recording) throw new NotFound('The recording is not filed yet: try again in a moment.')
  const { file, faults } = call.recording
  if (file === null) throw new NotFound(`The call has no recording: ${faults.join('; ') || 'nothing was recorded'}.`)
  return (await inside(folder, file)) ?? fail('The recording is no longer in its folder.')
}

function fail(reason: string): never {
  throw new NotFound(reason)
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
