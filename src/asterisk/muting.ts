import { tapesAgain } from '../call/pause.ts'
import { sentenceOf } from '../errors.ts'
import { PhoneRefused } from '../switchboard/ports.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import type { Ami } from './ami.ts'

/**
 * Makes a channel's tape silent, or not any more: both what comes from it and what it hears. MixMonitor goes on, so that the tape is as
 * long as the call (main/audiohook.c reads silence where it is muted); the channel is looked for by its
 * unique id, too (main/channel.c). Rejects with PhoneRefused.
 */
export async function muteTape(ami: Pick<Ami, 'action'>, channel: string, isMuted: boolean): Promise<void> {
  try {
    await ami.action({ action: 'MixMonitorMute', channel, direction: 'both', state: isMuted ? '1' : '0' })
  } catch (thrown) {
    // Also where the link is away: nobody may believe that it is done.
    throw new PhoneRefused('refused', sentenceOf(thrown), { cause: thrown })
  }
}

/** What could not be told while the link was away, as that a pause is over. */
export function muteAgain(board: Pick<Switchboard, 'calls' | 'again'>): void {
  for (const call of board.calls) board.again(call.id, tapesAgain(call))
}
