import type { Knex } from 'knex'
import { DateTime } from 'luxon'
import type { Entered } from '../call/dutyFacts.ts'
import type { Waiting } from '../duty/duty.ts'
import { isOpenAt } from '../flows/calendars.ts'
import type { OnDuty } from '../flows/duty.ts'
import type { Log } from '../log.ts'
import { bareNumber } from '../numbers.ts'
import { fileOf } from '../recording/tape.ts'
import type { Due } from '../switchboard/dutyRound.ts'
import { isPinOf } from './pins.ts'

/** Who is on duty, whose PIN is right, and what waits for them. Times in ms since 1970. */

type DutyRow = OnDuty & { pin: string | null; wrong_pins: number; locked_until: Date | null }

/** In their order. */
export const loadDuty = (knex: Knex): Promise<DutyRow[]> => knex('duty').orderBy(['turn', 'id'])

export async function setDuty(knex: Knex, { weekly, days, ...person }: OnDuty): Promise<void> {
  const row = { ...person, weekly: JSON.stringify(weekly), days: JSON.stringify(days) }
  await knex('duty').insert(row).onConflict('id').merge(row)
}

/** Resolves with whether there was one. */
export const removeDuty = async (knex: Knex, id: string): Promise<boolean> =>
  (await knex('duty').where({ id }).delete()) > 0

/** Who they are, by their id or their number; undefined: somebody else, or it is locked. */
async function letIn(knex: Knex, { who, pin }: Keyed, at: number, log: Log): Promise<DutyRow | undefined> {
  const bare = bareNumber(who)
  const person = (await loadDuty(knex)).find(
    ({ id, number }) => id === who || (bare !== '' && bareNumber(number) === bare),
  )
  return (await isPinOf(knex, { table: 'duty', id: person?.id ?? '' }, pin, at, log)) ? person : undefined
}

export type Keyed = { readonly who: string; readonly pin: string }

/** Rejects where the database is away. */
export async function checkedPin(
  knex: Knex,
  keyed: Keyed,
  at: number,
  zone: string,
  log: Log,
): Promise<'wrong' | Entered> {
  const person = await letIn(knex, keyed, at, log)
  if (!person) return 'wrong'
  return { person: person.id, until: shiftEnd(person, at, zone), waiting: await loadWaiting(knex, person.id, at, zone) }
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Of who dials in while they are not on duty. */
const OFF_DUTY_MS = 8 * 3_600_000

/** Never further than a day from then. */
function shiftEnd(person: DutyRow, at: number, zone: string): number {
  if (!isOpenAt(person, at, zone)) return at + OFF_DUTY_MS
  let end = Math.floor(at / MINUTE_MS) * MINUTE_MS
  while (end < at + DAY_MS && isOpenAt(person, end, zone)) end += MINUTE_MS
  return end
}

/** Whoever is on duty then and has a PIN that is not locked, in their order. */
export async function onDutyAt(knex: Knex, at: number, zone: string): Promise<OnDuty[]> {
  const people = await loadDuty(knex)
  return people.filter(one => one.pin !== null && (one.locked_until?.getTime() ?? 0) <= at && isOpenAt(one, at, zone))
}

// No agent has it: nobody has taken its callback since it was promised last, and it is on disk.
const WAITING = `
select m.id, m.began_at, m.ended_at, m.duty_asked, m.duty_asked_at, m.duty_passed, m.queue, c.caller, c.called, c.arrived_at, q.duty_after_ms, q.shows,
  back.id as back_id
from messages m
join calls c on c.id = m.call_id and c.recording_faults is not null
join queues q on q.id = m.queue and q.duty_after_ms is not null
left join lateral (
  select b.id, b.phase, b.callback from facts f join calls b on b.id = f.body->>'callback'
  where f.call_id = m.call_id and f.kind = 'CallbackBooked' and f.body->'message'->>'id' = m.id limit 1
) back on true
where m.done_at is null and (m.kept_until is null or m.kept_until <= ? or m.kept_by = ?)
  and (back.id is null or (back.phase in ('scheduled', 'queued', 'ringing') and jsonb_array_length(back.callback->'tries') = (back.callback->>'triedBefore')::int))
order by m.began_at, m.id limit 99`

type WaitingRow = {
  id: string
  began_at: Date
  ended_at: Date
  duty_asked: string[]
  duty_asked_at: Date | null
  duty_passed: boolean
  caller: string
  called: string
  queue: string
  arrived_at: Date
  duty_after_ms: number
  shows: string | null
  back_id: string | null
}

/** And those that this person keeps. */
const waitingRows = async (knex: Knex, at: number, keeper: string | null): Promise<WaitingRow[]> =>
  (await knex.raw(WAITING, [new Date(at), keeper])).rows

async function loadWaiting(knex: Knex, person: string, at: number, zone: string): Promise<Waiting[]> {
  return (await waitingRows(knex, at, person)).map(row => {
    const left = DateTime.fromJSDate(row.began_at, { zone })
    return {
      ...{
        id: row.id,
        file: fileOf(row.id, row.arrived_at.getTime()),
        queue: row.queue,
        from: row.caller,
        to: row.called,
      },
      ...{ date: left.toFormat('yyyy-MM-dd'), time: left.toFormat('HH:mm') },
      ...{ callback: row.back_id, asked: row.duty_asked },
    }
  })
}

/** Which have waited for as long by then as their line says, the oldest first. */
export async function loadDue(knex: Knex, at: number): Promise<Due[]> {
  const due = (await waitingRows(knex, at, null)).filter(row => row.ended_at.getTime() + row.duty_after_ms <= at)
  return due.map(({ id, duty_asked: asked, duty_asked_at: askedAt, duty_passed: passed, called, shows }) => ({
    ...{ id, called, shows },
    ...{ asked, askedAt: askedAt?.getTime() ?? null, passed },
  }))
}
