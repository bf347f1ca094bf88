import { messageId } from '../ids.ts'
import type { Limits, Place } from '../ivr/step.ts'
import { book } from './booking.ts'
import type { Call, Message } from './call.ts'
import type { Happening } from './facts.ts'
import type { Story } from './story.ts'

/** What Asterisk takes beyond the longest message, to tell us. */
const MARGIN_MS = 10_000

export function beginMessage(story: Story, place: Place, limits: Limits): void {
  const message = messageId(story.call.id, story.call.seq + 1)
  const waits = { message: story.at + limits.mostMs + MARGIN_MS }
  story.add({ kind: 'MessageBegun', message, place, ...limits, waits })
}

export const isSpoken = ({ message }: Call, happening: Happening): boolean =>
  message?.to === null &&
  ((happening.kind === 'MessageSpoken' && happening.message === message.id) ||
    (happening.kind === 'WaitOver' && happening.wait === 'message'))

/** Its end; how much speech there was in it, in ms: where nobody has told, all of it. Undefined: it could not be recorded. */
export function endMessage(story: Story, happening: Happening): number | undefined {
  const { spokenMs, isRefused } = happening.kind === 'MessageSpoken' ? happening : {}
  story.add({ kind: 'MessageEnded', message: story.call.message!.id, ...(spokenMs !== undefined && { spokenMs }) })
  return isRefused ? undefined : speechIn(story.call.message!)
}

/**
 * A comment answers a question. Who has left another message is called back where they can be: what is said of nobody known can
 * only be listened to.
 */
export function keepMessage(story: Story): void {
  const message = story.call.message!
  const { id, name, queue } = message
  if (name !== undefined) story.add({ kind: 'CommentKept', message: id, name })
  else {
    story.add({ kind: 'MessageKept', message: id })
    book(story, { queue: queue!, because: 'message', message })
  }
}

/** Who hangs up has left what they have spoken. */
export function leaveMessage(story: Story, gone: Happening): void {
  const { message } = story.call
  if (!message) return
  if (message.to === null) endMessage(story, gone)
  const { id, leastMs } = message
  if (speechIn(story.call.message!) >= leastMs) keepMessage(story)
  else story.add({ kind: 'MessageDropped', message: id, because: 'empty' })
}

/**
 * Asterisk counts whole seconds, and at least one: of what silence has ended, that one is no speech. Ended by # or by
 * hanging up it has none too many.
 */
function speechIn({ from, to, spokenMs, silenceMs }: Message): number {
  const lastedMs = to! - from
  if (spokenMs === undefined) return lastedMs
  return spokenMs <= 1_000 && lastedMs >= silenceMs ? 0 : Math.min(spokenMs, lastedMs)
}
