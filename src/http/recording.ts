import { extname } from 'node:path'
import type { Request, Response } from 'express'

const TYPES: Record<string, string> = { '.wav': 'audio/wav', '.ogg': 'audio/ogg', '.mp3': 'audio/mpeg' }

/** Sends a call's recording, or that of one of its legs, or the range of it that is asked for. */
export async function sendRecording(path: string, request: Request, response: Response): Promise<void> {
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

/** What a caller has left for whoever calls back, or said of a talk. */
export function sendSound(sound: Buffer, response: Response): void {
  response.set({ 'content-disposition': 'inline', 'cache-control': 'private, no-cache' })
  response.type('audio/wav').send(sound)
}
