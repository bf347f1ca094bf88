import type { Config } from './config.ts'
import { bringAlong, type Surroundings } from './embedded/bring.ts'
import { HotlineError } from './errors.ts'
import { hotlineAnswers } from './http/alive.ts'
import { serve } from './http/serve.ts'
import type { Log } from './log.ts'
import { type Hotline, openHotline } from './main.ts'
import type { Told } from './told.ts'

/** What was brought along is another's already, and ends with it: here nobody can stand by. */
export class AnotherRuns extends HotlineError {
  constructor(folder: string) {
    super(
      'another-runs',
      `Another hotline runs in ${folder}: end it, or give this one a folder and ports of its own (HOTLINE_FOLDER and HOTLINE_PORTS; for a demo --folder and --ports).`,
    )
  }
}

/** `stop` ends all that runs, also what a former start had left running. */
export type Opened = Hotline & { surroundings: Surroundings }

/**
 * A hotline with all that it needs. Resolves with nothing where we were told to stop meanwhile; then, and where it rejects,
 * all that was started has ended.
 */
export async function openWithSurroundings(
  config: Config,
  log: Log,
  told: Told,
  say: (line: string) => void,
): Promise<Opened | undefined> {
  await refuseForeignPort(config)
  const surroundings = await bringAlong(config, say)
  const waiting = new AbortController()
  void told.toStop.then(() => waiting.abort())
  const onStandby = (): void => {
    if (surroundings.private.postgres || surroundings.private.asterisk) waiting.abort(new AnotherRuns(config.folder))
    else say('Another service drives this Asterisk: this one stands by, and takes over when that one is gone.')
  }
  try {
    const hotline = await openHotline(config, surroundings, log, { giveUp: waiting.signal, onStandby })
    return { ...hotline, surroundings, stop: () => hotline.stop().finally(surroundings.stop) }
  } catch (thrown) {
    await surroundings.leave()
    if (told.hasBeen()) return undefined
    throw waiting.signal.aborted ? waiting.signal.reason : thrown
  }
}

/** Before anything starts. Where a hotline answers there, we may be its standby, or started twice: that is for the lease to tell. */
async function refuseForeignPort({ bind, ports }: Config): Promise<void> {
  try {
    await (await serve(() => {}, bind, ports.http)).stop()
  } catch (thrown) {
    if (!(await hotlineAnswers(bind, ports.http))) throw thrown
  }
}
