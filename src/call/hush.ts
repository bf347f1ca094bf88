import { hushId } from '../ids.ts'
import type { Prompt } from '../ivr/flow.ts'
import { type Call, openLeg } from './call.ts'
import type { Command } from './commands.ts'
import { isAwaited } from './made.ts'

/**
 * Who is to press a key, and is not being told anything, is played silence. While Asterisk plays, it takes keys as they come
 * (main/file.c, AST_FLAG_END_DTMF_ONLY). Else it drops what is heard while a key is down, so that the tape is shorter than the
 * call; and of two keys less than 45 ms apart it tells twice (main/channel.c, `queue_dtmf_readq`).
 */
export function hushed(before: Call | null, after: Call, commands: readonly Command[]): Command[] {
  const [was, is] = [listenedTo(before), listenedTo(after)]
  if (was === is || after.phase === 'ended') return [...commands]
  // What comes next would stand behind it.
  if (was !== undefined) return [ending(after), ...commands]
  const { id, language } = after
  return [...commands, { do: 'say', channel: is!, say: hushId(id), prompts: SILENCE, language }]
}

/** Where its end was ordered in vain it goes on, and keeps whatever comes next from whoever hears it. */
export const hushAgain = (call: Call): Command[] =>
  listenedTo(call) !== undefined || WITHOUT_ANY.includes(call.phase) || hasNobody(call) ? [] : [ending(call)]

const WITHOUT_ANY: readonly Call['phase'][] = ['arriving', 'ended']

/** A callback that no agent has answered. */
const hasNobody = (call: Call): boolean => isAwaited(call) && openLeg(call)?.answeredAt == null

/** A minute. */
const SILENCE: Prompt[] = Array.from({ length: 12 }, () => 'silence')

/** The channel of the caller, or of an agent who is offered a callback; undefined: nobody's. */
function listenedTo(call: Call | null): string | undefined {
  if (call === null) return undefined
  if (call.waits.key !== undefined && call.saying === null) return call.channel
  return call.waits.accept !== undefined && call.sayingToAgent === null ? call.leg!.id : undefined
}

const ending = ({ id }: Call): Command => ({ do: 'stop-saying', say: hushId(id) })
