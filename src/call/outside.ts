import { bridgeId } from '../ids.ts'
import { type Call, type Outside, openOutside } from './call.ts'
import { failureBy, NORMAL_CLEARING } from './causes.ts'
import type { Command } from './commands.ts'
import type { Fact, OutsideResult } from './facts.ts'
import { mix } from './room.ts'
import { cutShort, SILENT, without } from './silence.ts'

/** A call's way to a number outside: what it is after a fact, and what is to be done. */

export type OutsideFact = Extract<Fact, { outside: string }>

export function outsideAfter(call: Call, fact: OutsideFact): Partial<Call> {
  switch (fact.kind) {
    case 'OutsideDialled': {
      const { at: dialledAt, outside: id, number, meanwhile } = fact
      const none = { rangAt: null, answeredAt: null, endedAt: null, result: null, cause: null }
      return {
        phase: 'transferring-out',
        outside: { id, number, meanwhile, dialledAt, ...none },
        place: fact.place,
        ...(fact.isSilent && { ...SILENT, ...cutShort(call), waits: without(call, 'key', 'prompt') }),
      }
    }
    case 'OutsideRang':
      return onWay(call, { rangAt: fact.at })
    case 'OutsideAnswered':
      return {
        ...onWay(call, { answeredAt: fact.at, result: 'answered' }),
        ...SILENT,
        ...cutShort(call),
        waits: without(call, 'outside', 'prompt'),
      }
    case 'OutsideEnded':
      return {
        ...onWay(call, { endedAt: fact.at, result: fact.result, cause: fact.cause }),
        phase: 'in-flow',
        waits: without(call, 'outside'),
      }
  }
}

/** With its call. */
export function outsideOver(call: Call, at: number, cause: number): Partial<Call> {
  const outside = openOutside(call)
  return outside ? onWay(call, { endedAt: at, result: outside.result ?? 'withdrawn', cause }) : {}
}

const onWay = ({ outside }: Call, change: Partial<Outside>): Partial<Call> =>
  outside ? { outside: { ...outside, ...change } } : {}

/** Why it led to nothing; of cause 0 nobody knows. */
export const unansweredBy = (cause: number): OutsideResult => (cause === 0 ? 'withdrawn' : failureBy(cause))

/** `before`: without the fact. */
export function outsideCommands(before: Call, fact: OutsideFact, call: Call): Command[] {
  switch (fact.kind) {
    case 'OutsideDialled': {
      const { outside, number, shows } = fact
      const forMs = call.waits.outside! - fact.at
      const cut = fact.isSilent ? (call.cutShort ?? []).map(say => ({ do: 'stop-saying', say }) as const) : []
      return [
        ...cut,
        { do: 'dial', leg: outside, number, ...(shows !== undefined && { shows }), forMs },
        ...meanwhile(call),
      ]
    }
    case 'OutsideRang':
      return []
    case 'OutsideAnswered':
      return connectOutside(call)
    case 'OutsideEnded':
      return before.outside!.answeredAt === null
        ? [{ do: 'hang-up', channel: fact.outside, cause: fact.cause || NORMAL_CLEARING }, endMeanwhile(call)]
        : [
            // Who is on duty hears the next message.
            ...(call.duty ? [{ do: 'take-out', bridge: bridgeId(call.id), channel: call.channel } as const] : []),
            { do: 'disconnect', bridge: bridgeId(call.id) },
          ]
  }
}

/** What the caller hears while it rings, and nothing else is said. */
export function meanwhile(call: Call): Command[] {
  const outside = openOutside(call)
  if (!outside || outside.answeredAt !== null || call.saying) return []
  return [{ do: outside.meanwhile, channel: call.channel }]
}

/** What may still be said, as its end was ordered in vain, would keep the two apart. */
export const connectOutside = (call: Call): Command[] => [
  ...(call.cutShort ?? []).map(say => ({ do: 'stop-saying', say }) as const),
  endMeanwhile(call),
  { do: 'connect', bridge: bridgeId(call.id), channels: [call.channel, call.outside!.id] },
  ...(call.servedAt === undefined ? [] : [mix(call)]),
]

const endMeanwhile = ({ channel, outside }: Call): Command => ({
  do: 'end-meanwhile',
  channel,
  what: outside!.meanwhile,
})

/** The hotline lets go of whom they were put through to. */
export function leaveOutside(before: Call): Command[] {
  const outside = openOutside(before)
  if (!outside) return []
  const bridge = { do: 'disconnect', bridge: bridgeId(before.id) } as const
  return [
    { do: 'hang-up', channel: outside.id, cause: NORMAL_CLEARING },
    ...(outside.answeredAt === null ? [] : [bridge]),
  ]
}
