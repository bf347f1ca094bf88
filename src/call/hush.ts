import { hushId } from '../ids.ts'
import type { Prompt } from '../ivr/flow.ts'
import { type Call, isAwaited } from './call.ts'
import type { Command } from './commands.ts'

/**
 * Who is to press a key, and is not being told anything, is played silence. While Asterisk plays, it takes keys as they come
 * (main/file.c, AST_FLAG_END_DTMF_ONLY). Else it drops what is heard while a key is down, so that the tape is shorter than the
 * call; and of two keys less than 45 ms apart it tells twice (main/channel.c, `queue_dtmf_readq`).
 */
export function hushed(before: Call | null, after: Call, commands: readonly Command[]): Command[] {
  const [was, is] = [isListenedTo(before), isListenedTo(after)]
  if (was === is || after.phase === 'ended') return [...commands]
  // What comes next would stand behind it.
  if (was) return [ending(after), ...commands]
  const { id, channel, language } = after
  return [...commands, { do: 'say', channel, say: hushId(id), prompts: SILENCE, language }]
}

/** Where its end was ordered in vain it goes on, and keeps whatever comes next from the caller. */
export const hushAgain = (call: Call): Command[] =>
  isListenedTo(call) || WITHOUT_ANY.includes(call.phase) || isAwaited(call) ? [] : [ending(call)]

const WITHOUT_ANY: readonly Call['phase'][] = ['arriving', 'ended']

/** A minute. */
const SILENCE: Prompt[] = Array.from({ length: 12 }, () => 'silence')

const isListenedTo = (call: Call | null): boolean =>
  call !== null && call.saying === null && call.waits.key !== undefined

const ending = ({ id }: Call): Command => ({ do: 'stop-saying', say: hushId(id) })
