import { type Call, isClosed } from '../call/call.ts'
import type { Fact, Happening } from '../call/facts.ts'

/**
 * What those on duty key in to show who they are. It is in no fact, table or log, and gone with the service: then it is asked
 * for again.
 */
export class Keyed {
  /** Of whom this service has asked: of anybody else it has not heard all. */
  readonly #byCall = new Map<string, Record<'who' | 'pin', string>>()

  /** Told of everything that is written of a call: with each question it begins anew, and it is gone with the call. */
  wrote(call: Call, facts: readonly Fact[]): void {
    const { id, duty } = call
    if (isClosed(call)) this.#byCall.delete(id)
    for (const fact of facts) {
      if (fact.kind !== 'DutyAsked') continue
      const who = fact.for === 'who' ? '' : (duty!.dialled ?? this.#byCall.get(id)?.who)
      if (who !== undefined) this.#byCall.set(id, { who, pin: '' })
    }
  }

  /** Where it is such a key nobody else sees more than that there was one. */
  hidden(call: Call | undefined, happening: Happening): Happening {
    const stage = call?.duty?.stage
    if (!call || (stage !== 'who' && stage !== 'pin')) return happening
    const key = keyOf(call, happening)
    if (key === undefined || key === '#') return happening
    const keyed = this.#byCall.get(call.id)
    if (keyed) this.#byCall.set(call.id, { ...keyed, [stage]: (keyed[stage] + key).slice(0, LONGEST) })
    return { kind: 'DutyKeyed', at: happening.at }
  }

  /** Once. Undefined: it is lost. */
  take(call: string): { who: string; pin: string } | undefined {
    const keyed = this.#byCall.get(call)
    this.#byCall.delete(call)
    return keyed
  }
}

const LONGEST = 40

function keyOf({ channel }: Call, happening: Happening): string | undefined {
  if (happening.kind === 'KeyPressed') return happening.key
  return happening.kind === 'LegKey' && happening.leg === channel ? happening.key : undefined
}
