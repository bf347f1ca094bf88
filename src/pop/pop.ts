import type { Phase } from '../call/call.ts'
import type { Outcome } from '../call/facts.ts'
import type { Value } from '../ivr/flow.ts'
import { masked } from '../log.ts'
import { addressOf, namesTheCaller } from './address.ts'
import { withoutNumbers } from './masking.ts'

/** What is known of who calls when their call is offered: the screen pop. Times in ms since 1970. */
export type Pop = {
  readonly call: string
  readonly direction: string
  readonly queue: string | null
  readonly language: string
  readonly caller: { readonly number: string; readonly name: string }
  /** In all their lines, up to the offer; null where there was none. */
  readonly waitedMs: number | null
  /** Those who have this number: none, one, or several. */
  readonly customers: readonly Customer[]
  /** The latest five before this one, the latest first. */
  readonly lastCalls: readonly LastCall[]
  readonly open: Open
  readonly path: readonly Stop[]
  readonly pressed: readonly { readonly at: number; readonly key: string }[]
  /** What was keyed in, and what the flow has learnt of them. */
  readonly words: Readonly<Record<string, Value>>
  /** What a desk opens; with {number} and such in it. */
  readonly template: string | null
  /** What the customer system has answered; null: it was not asked, or not in time. */
  readonly system: unknown
}

export type Customer = { readonly id: string; readonly name: string; readonly note: string; readonly link: string }

export type LastCall = {
  readonly call: string
  readonly arrivedAt: number
  readonly direction: string
  readonly phase: Phase
  readonly outcome: Outcome | null
  readonly queue: string | null
  readonly agent: string | null
}

/** What is still to be done for them. */
export type Open = {
  readonly messages: readonly { readonly id: string; readonly queue: string; readonly leftAt: number }[]
  readonly callbacks: readonly { readonly id: string; readonly queue: string; readonly dueAt: number }[]
  readonly lowScores: readonly {
    readonly call: string
    readonly question: string
    readonly score: number
    readonly at: number
  }[]
}

/** Where in a flow they have been. */
export type Stop = { readonly at: number; readonly flow: string; readonly node: string }

export type PopShown = Omit<Pop, 'template'> & { readonly url: string | null }

/** As it is shown to that agent; masked, what they key in is hidden like their number, an address that holds it is left out, and what may be a number in a system's answer is masked. */
export function shownTo(agent: string, { template, ...pop }: Pop, numbers: 'whole' | 'masked'): PopShown {
  const { call, queue, caller, customers } = pop
  const words = { ...caller, call, agent, queue: queue ?? '', customer: customers.length === 1 ? customers[0]!.id : '' }
  const url = template === null ? null : addressOf(template, words)
  if (numbers === 'whole') return { ...pop, url }
  return {
    ...pop,
    caller: { number: masked(caller.number), name: '*'.repeat([...caller.name].length) },
    pressed: pop.pressed.map(({ at }) => ({ at, key: '*' })),
    words: Object.fromEntries(Object.keys(pop.words).map(name => [name, '***'])),
    system: withoutNumbers(pop.system),
    url: template !== null && namesTheCaller(template) ? null : url,
  }
}
