import { callOf, isCustomer } from '../ids.ts'
import { queueOf } from '../switchboard/lifeboat.ts'
import type { Told } from '../switchboard/lifeboatStory.ts'

/** One line of Asterisk's queue_log: `time|callid|queue|agent|event|data1|data2…`. */
export type QueueLogLine = {
  /** ms since 1970; Asterisk writes whole seconds, rounded down. */
  readonly at: number
  /** Whom we have called is told of by the name of their channel. */
  readonly call: string
  readonly queue: string
  readonly agent: string
  readonly event: string
  readonly fields: readonly string[]
}

/** Undefined where it is no such line: cut short by a crash, or written by something else. */
export function readLine(text: string): QueueLogLine | undefined {
  const [time, call, queue, agent, event, ...fields] = text.split('|')
  if (!event || !time || !/^\d{1,11}$/.test(time)) return undefined
  return {
    at: Number(time) * 1_000,
    call: isCustomer(call!) ? callOf(call!) : call!,
    queue: queue!,
    agent: agent!,
    event,
    fields,
  }
}

/** What the lines tell, in their order. Lines that tell nothing of a call's way (ADDMEMBER, PAUSE, …) are left out. */
export function readQueueLog(lines: Iterable<string>): Told[] {
  const told: Told[] = []
  for (const text of lines) {
    const line = readLine(text)
    const meaning = line && meaningOf(line)
    if (meaning) told.push(meaning)
  }
  return told
}

function meaningOf(line: QueueLogLine): Told | undefined {
  const { call, agent, at } = line
  const [, said] = line.fields
  switch (line.event) {
    case 'QUEUESTART':
      return { kind: 'asterisk-started', call: '', at }
    // Words of our own (dialplan/extensions.conf); their first field is the time in ms.
    case 'LIFEBOAT':
      return boarded(line)
    case 'TALK':
      return { kind: 'connected', call, at: msOf(line), agent }
    case 'DISMISSED':
      return { kind: 'dismissed', call, at: msOf(line), outcome: said === 'closed' ? said : 'abandoned-in-queue' }
    case 'HANGUP':
      return ended(line)
    // Words of app_queue. A second too early at worst, so where ours say the same, ours come first.
    case 'CONNECT':
      return { kind: 'connected', call, at, agent }
    default:
      return undefined
  }
}

function boarded(line: QueueLogLine): Told {
  const [, from = '', to = '', arrived] = line.fields
  const at = msOf(line)
  const caller = { from, to, arrivedAt: before(at, arrived) }
  return { kind: 'boarded', call: line.call, at, queue: queueOf(line.queue), ...caller }
}

function ended(line: QueueLogLine): Told {
  const [, cause, by, from = '', to = '', arrived] = line.fields
  const at = msOf(line)
  // Of whoever was in the lifeboat, more was told when they came aboard.
  const caller = arrived ? { from, to, arrivedAt: before(at, arrived) } : null
  return { kind: 'ended', call: line.call, at, cause: Number(cause) || 0, by: by === 'agent' ? by : 'caller', caller }
}

/** Our own lines begin with their time in ms. */
const msOf = ({ at, fields }: QueueLogLine): number => near(at, fields[0])

/** A time in ms, where it makes sense beside the time that is known already. */
function near(known: number, said: string | undefined): number {
  const ms = Number(said)
  return Number.isSafeInteger(ms) && Math.abs(ms - known) < 5_000 ? ms : known
}

const LONGEST_CALL_MS = 24 * 3_600_000

/** A time in ms that makes sense as one before the time that is known. */
function before(known: number, said: string | undefined): number {
  const ms = Number(said)
  return Number.isSafeInteger(ms) && ms <= known && known - ms < LONGEST_CALL_MS ? ms : known
}
