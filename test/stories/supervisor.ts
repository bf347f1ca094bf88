import { type Call, openLegs } from '../../src/call/call.ts'
import { HotlineError } from '../../src/errors.ts'
import { actsOn } from '../../src/switchboard/acts.ts'
import type { Wanted } from '../../src/switchboard/moves.ts'
import type { Random } from '../random.ts'
import type { Service } from './service.ts'

export const MOVES_EVERY_MS = 5_000

/** Somebody who moves callers about, whoever they are, or for an agent at whose phone they ring: what cannot be is refused. */
export async function movesSomebody(service: Service, random: Random): Promise<void> {
  const { board, centre } = service
  const waiting = board.calls.filter(({ phase }) => phase === 'queued' || phase === 'ringing')
  if (waiting.length === 0) return
  const acts = actsOn({ board, centre, clock: service, isAwake: () => service.isListening })
  const moved = random.pick(waiting)
  const call = moved.id
  const wanted = { ...somewhere(random, service), ...(random.chance(0.4) && sentOn(moved)) }
  const twice = random.chance(0.2) ? [wanted, wanted] : [wanted]
  await Promise.all(twice.map(one => acts.move(call, one, 'person:li').catch(orRefused)))
}

function somewhere({ pick, chance, upTo }: Random, { board, centre }: Service): Wanted {
  return {
    ...(chance(0.5) && { queue: pick(centre.queues).id }),
    ...(chance(0.5) && { ahead: chance(0.5) ? 'first' : upTo(120_000) }),
    ...(chance(0.4) && { agent: pick([...board.agents.keys()]) }),
  }
}

/** By the agent whose phone rings. */
function sentOn(call: Call): Wanted {
  const [leg] = openLegs(call)
  return leg ? { from: leg.agent } : {}
}

function orRefused(thrown: unknown): void {
  if (!(thrown instanceof HotlineError)) throw thrown
}
