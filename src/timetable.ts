import { schedule } from 'node-cron'
import { sentenceOf } from './errors.ts'
import type { Log } from './log.ts'

/** What is done by the clock: a rule of cron, with seconds, and what it is time for. */
export type Entry = { readonly at: string; readonly act: () => unknown }

export const AT = {
  /** Every ten seconds: what was never heard of is made up for within two looks. */
  audits: '*/10 * * * * *',
  /** So soon after a message is due somebody on duty is phoned. */
  dutyRounds: '5-59/10 * * * * *',
  filingAgain: '0 * * * *',
  sweeps: '20 * * * *',
}

/** Begins at once. Resolves, when stopped, once nothing more will be done. */
export function follow(entries: readonly Entry[], log: Log): { stop(): Promise<void> } {
  // What lasts longer than to its next time is no news, and nothing but lines of the log may go to stdout.
  const aside = (what: string | Error): void => log.debug({ what: sentenceOf(what) }, 'timetable')
  const logger = { info: aside, warn: aside, error: aside, debug: aside }
  const followed = entries.map(({ at, act }) => schedule(at, act, { noOverlap: true, logger }))
  return {
    async stop() {
      for (const each of followed) await each.destroy()
    },
  }
}
