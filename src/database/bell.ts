import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { sentenceOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { inTime } from '../patience.ts'
import { streamOf } from './connect.ts'

const CONNECT_WITHIN_MS = 5_000
/** A session on which nobody answers hears nothing either. */
const ASK_EVERY_MS = 5_000
const ANSWER_WITHIN_MS = 4_000
const TRY_AGAIN_MS = 1_000

/** What Postgres tells every service that listens, when the centre is set up otherwise: flows, hours, shifts, callers, systems, queues, numbers, dialling rules, prompts. */
export const CHANGED = 'hotline_centre_changed'

export type Bell = {
  /** Acts as though something had been told. */
  ring(): void
  close(): Promise<void>
}

/**
 * Acts whenever something is told on this channel (NOTIFY), and each time that it begins to listen: what was told while
 * its session was broken, it has not heard. One time after another, so that what was read last counts; what fails is tried
 * again. Goes on for ever, in a session of its own, until closed.
 */
export function listenFor(channel: string, url: string, act: () => Promise<unknown>, log: Log): Bell {
  const closing = new AbortController()
  const acting = new Acting(act, closing.signal, log)
  const ring = (): void => acting.ring()
  const going = (async () => {
    while (!closing.signal.aborted) {
      await listen(channel, url, ring, closing.signal).catch(thrown =>
        log.debug({ channel, error: sentenceOf(thrown) }, 'not listening to the database'),
      )
      await pause(TRY_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {})
    }
  })()
  return {
    ring,
    async close() {
      closing.abort()
      await Promise.all([going, acting.going])
    },
  }
}

class Acting {
  readonly #act: () => Promise<unknown>
  readonly #closing: AbortSignal
  readonly #log: Log
  #isDue = false
  going: Promise<void> | undefined

  constructor(act: () => Promise<unknown>, closing: AbortSignal, log: Log) {
    this.#act = act
    this.#closing = closing
    this.#log = log
  }

  ring(): void {
    this.#isDue = true
    this.going ??= this.#go().finally(() => {
      this.going = undefined
    })
  }

  async #go(): Promise<void> {
    while (this.#isDue && !this.#closing.aborted) {
      this.#isDue = false
      try {
        await this.#act()
      } catch (thrown) {
        this.#log.warn({ error: sentenceOf(thrown) }, 'how the centre is set up cannot be read, which is tried again')
        this.#isDue = true
        await pause(TRY_AGAIN_MS, undefined, { signal: this.#closing }).catch(() => {})
      }
    }
  }
}

/** Resolves when the session is over. Rejects where there is none. */
async function listen(channel: string, url: string, ring: () => void, closing: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true })
  // Not by events.once, which rejects at an error, and here may do so while nobody waits for it: that would end the service.
  const over = new Promise(ended => client.once('end', ended))
  const leave = (): void => void streamOf(client).destroy()
  client.on('error', leave)
  closing.addEventListener('abort', leave)
  let asking: NodeJS.Timeout | undefined
  try {
    await client.connect()
    client.on('notification', ring)
    await inTime(client.query(`listen ${client.escapeIdentifier(channel)}`), ANSWER_WITHIN_MS)
    ring()
    asking = setInterval(() => void inTime(client.query('select 1'), ANSWER_WITHIN_MS).catch(leave), ASK_EVERY_MS)
    await over
  } finally {
    clearInterval(asking)
    closing.removeEventListener('abort', leave)
    leave()
  }
}
