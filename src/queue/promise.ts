import { levelFor } from './choose.ts'
import { Course, type Scene } from './course.ts'
import { chances, lot } from './lot.ts'
import { draw } from './spans.ts'

/** How long a caller will have to wait until they talk, ms from now: half of such callers at most the one, nine of ten the other. */
export type Forecast = { readonly medianMs: number; readonly mostMs: number }

/** More than so many courses would tell little more. */
const MOST_COURSES = 100
const FEWEST_COURSES = 10
/** So much is played in all courses together: a forecast takes two ms or so, however long the line and large the centre. */
const MOST_TURNS = 7_000
/** Behind more callers than this no wait is told. */
const MOST_AHEAD = 1_000
/** So many of all courses may go on beyond what the line lets anybody wait. */
const MOST_UNSERVED = 10

/**
 * Plays what may come, again and again: agents come free as talks of that queue and half hour did, and each takes the first
 * in order whom they are able to serve; some of those ahead hang up. Not foreseen is who calls later, with a head start or
 * for an agent who cannot serve this line yet, and that agents sign in, rest or let it ring: what was promised and broken
 * makes up for that (`Pace.shareFor`). The same scene gives the same forecast. Null where nothing can be told: no talks
 * yet, nobody able who will come free, an agent is there already, or the line would not let them wait for so long.
 */
export function forecast(scene: Scene): Forecast | null {
  if (isServedAtOnce(scene)) return null
  const handling = scene.pace.handlingAt(scene.now)
  const answering = scene.pace.answering(scene.queue.id)
  if (!handling || !answering || scene.ahead.length > MOST_AHEAD) return null
  const chance = chances(lot(scene.queue.id, String(scene.place)))
  const course = new Course(scene, handling, chance)
  const waits: number[] = []
  let never = 0
  while (waits.length < MOST_COURSES && course.turns < MOST_TURNS) {
    const waitMs = course.play()
    // An agent is there already, which is so in every course.
    if (waitMs === 0) return null
    if (waitMs === Number.POSITIVE_INFINITY) never += 1
    // Nine of ten will not be served in time, however the others fare.
    if (never > MOST_UNSERVED) return null
    waits.push(waitMs + draw(answering, chance()))
  }
  return waits.length < FEWEST_COURSES ? null : quantiles(waits, scene.pace.shareFor(scene.queue.id))
}

/** As most are: nothing need be played. */
function isServedAtOnce({ queue, ahead, agents }: Scene): boolean {
  return ahead.length === 0 && agents.some(agent => agent.state === 'ready' && levelFor(agent, queue) !== undefined)
}

/** The next one after n courses is among the k shortest with a chance of k ÷ (n + 1). */
function quantiles(waits: number[], share: number): Forecast | null {
  waits.sort((a, b) => a - b)
  const shortest = (of: number): number => waits[Math.min(Math.ceil(of * (waits.length + 1)), waits.length) - 1]!
  const [medianMs, mostMs] = [shortest(0.5), shortest(share)]
  return mostMs === Number.POSITIVE_INFINITY ? null : { medianMs: Math.round(medianMs), mostMs: Math.round(mostMs) }
}

const MINUTE = 60_000

/**
 * What to tell who was promised to be served by a certain time. Talks are so that who has waited long may have to wait for
 * longer yet, and a forecast alone would grow with waiting; but to the caller a promise is a promise. So what is left of it is
 * told for as long as it is more likely kept than not, and less where that is minutes less. Only when it is likely broken
 * the truth is told: a new promise.
 */
export function toTell(forecast: Forecast | null, promisedBy: number | undefined, now: number): Forecast | null {
  if (!forecast || promisedBy === undefined) return forecast
  const leftMs = promisedBy - now
  const isLost = forecast.medianMs > leftMs
  const isSooner = Math.ceil(forecast.mostMs / MINUTE) < Math.ceil(leftMs / MINUTE)
  return isLost || isSooner ? forecast : { ...forecast, mostMs: leftMs }
}
