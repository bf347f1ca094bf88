import { extname } from 'node:path'
import type { Request, Response } from 'express'
import type { Knex } from 'knex'
import { recordingOf } from '../report/recording.ts'

const TYPES: Record<string, string> = { '.wav': 'audio/wav', '.ogg': 'audio/ogg', '.mp3': 'audio/mpeg' }

/** Sends a call's recording, or that of one of its legs, or the range of it that is asked for. Throws NotFound with the reason where there is none. */
export async function sendRecording(
  knex: Knex,
  folder: string,
  of: { id: string; leg?: string },
  request: Request,
  response: Response,
): Promise<void> {
  const path = await recordingOf(knex, folder, of)
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
