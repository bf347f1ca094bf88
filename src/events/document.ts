import { masked } from '../log.ts'
import type { Event, EventCall } from './event.ts'

/** `stamp`: a time as whoever hears it reads it. `whole`: they may see telephone numbers. */
export type Told = { stamp: (ms: number) => string; whole: boolean }

/** An event as it is sent: JSON on one line. */
export function documentOf(event: Event, { stamp, whole }: Told): string {
  const { id, version, type, at, call, queue, agents, details } = whole ? event : withoutNumbers(event)
  const said = { id, version, type, at: stamp(at), call: call && stampedCall(call, stamp), queue, agents }
  return JSON.stringify({ ...said, details: stampedDetails(details, stamp) })
}

/** As who may not see numbers may hear it. */
export function withoutNumbers(event: Event): Event {
  const { call, details } = event
  return {
    ...event,
    call: call && { ...call, caller: masked(call.caller), callerName: '*'.repeat([...call.callerName].length) },
    details: typeof details.number === 'string' ? { ...details, number: masked(details.number) } : details,
  }
}

/** In this order also where a database has kept it in another. */
const stampedCall = ({ id, direction, caller, callerName, called, arrivedAt }: EventCall, stamp: Told['stamp']) => ({
  ...{ id, direction, caller, callerName, called },
  arrivedAt: stamp(arrivedAt),
})

const stampedDetails = (details: Event['details'], stamp: Told['stamp']) =>
  Object.fromEntries(
    Object.entries(details).map(([word, value]) => [
      word,
      word.endsWith('At') && typeof value === 'number' ? stamp(value) : value,
    ]),
  )
