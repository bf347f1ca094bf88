import type { CallbackRow } from './callbacks.ts'
import { clockTime } from './interval.ts'
import { type Column, column } from './tables.ts'

export function callbackColumns(zone: string): Column<CallbackRow>[] {
  const of = column<CallbackRow>(false)
  const wide = column<CallbackRow>(true)
  const lastTry = ({ tries }: CallbackRow) => tries.at(-1)
  return [
    of('promised', 'text', row => clockTime(row.promisedAt, zone)),
    of('due', 'text', row => clockTime(row.dueAt, zone)),
    of('overdue', 'text', row => (row.overdue ? 'yes' : null)),
    of('callback', 'text', row => row.id),
    of('queue', 'text', row => row.queue),
    of('customer', 'text', row => row.customer),
    wide('name', 'text', row => row.customerName),
    wide('language', 'text', row => row.language),
    of('because', 'text', row => row.because),
    of('tries', 'count', row => row.tries.length),
    of('last try', 'text', row => lastTry(row)?.result ?? null),
    wide('last tried', 'text', row => (lastTry(row) ? clockTime(lastTry(row)!.at, zone) : null)),
    wide('by', 'text', row => lastTry(row)?.agent ?? null),
    of('outcome', 'text', row => row.outcome ?? `open: ${row.phase}`),
    wide('promised in', 'text', row => row.call),
    wide('messages', 'text', row => row.messages.join(' ') || null),
  ]
}
