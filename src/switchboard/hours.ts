import { DateTime } from 'luxon'
import { isOpenAt, type NamedCalendar } from '../flows/calendars.ts'

/** An agent is to be there, half-open, ms since 1970. */
export type Shift = { readonly agent: string; readonly from: number; readonly to: number }

export type Planned = {
  readonly calendars: readonly NamedCalendar[]
  readonly shifts: readonly Shift[]
  /** False: this centre plans no shifts. */
  readonly isRostered: boolean
}

/** When the centre is open and who is to be there; learnt anew while calls go on. */
export class Hours {
  readonly #zone: string
  #calendars = new Map<string, NamedCalendar>()
  #shifts = new Map<string, Shift[]>()
  #isRostered = false

  constructor(zone: string, planned: Planned = { calendars: [], shifts: [], isRostered: false }) {
    this.#zone = zone
    this.learn(planned)
  }

  learn({ calendars, shifts, isRostered }: Planned): void {
    this.#calendars = new Map(calendars.map(calendar => [calendar.id, calendar]))
    this.#shifts = new Map()
    for (const shift of shifts) this.#shifts.set(shift.agent, [...(this.#shifts.get(shift.agent) ?? []), shift])
    this.#isRostered = isRostered
  }

  get names(): string[] {
    return [...this.#calendars.keys()]
  }

  /** Which half hour of the centre's day that is, 0 to 47. */
  halfHour(at: number): number {
    const { hour, minute } = DateTime.fromMillis(at, { zone: this.#zone })
    return 2 * hour + Math.floor(minute / 30)
  }

  /** Undefined: there is no such calendar. */
  isOpen(id: string, at: number): boolean | undefined {
    const calendar = this.#calendars.get(id)
    return calendar && isOpenAt(calendar, at, this.#zone)
  }

  /** Whether one of these agents is to be there; where no shifts are planned, everybody always is. */
  isOnShift(agents: readonly string[], at: number): boolean {
    const isThere = ({ from, to }: Shift): boolean => from <= at && at < to
    return !this.#isRostered || agents.some(agent => this.#shifts.get(agent)?.some(isThere))
  }
}
