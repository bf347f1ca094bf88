import { asideId, isOurs } from '../ids.ts'
import type { Call } from './call.ts'
import { NORMAL_CLEARING } from './causes.ts'
import { type Command, dismissal } from './commands.ts'
import type { Fact } from './facts.ts'
import { moves } from './room.ts'
import { earOf, heardIn, isSupervision, openSupervisors, type Supervisor } from './supervision.ts'
import type { Mode, SupervisionTold } from './supervisionFacts.ts'

/** What is to be done in Asterisk about those who supervise, whatever has happened in the talk. */
export function supervisionCommands(before: Call | null, fact: Fact, call: Call): Command[] {
  const own = isSupervision(fact) ? ofFact(fact, before!, call) : []
  if (!before?.supervisors) return own
  const were = openSupervisors(before)
  const follow = openSupervisors(call).flatMap(is => {
    const was = were.find(({ id }) => id === is.id)
    return was ? [...heard(was, before, is), ...listen(was, before, is, call)] : []
  })
  return [...follow, ...own]
}

function ofFact(fact: Fact & SupervisionTold, before: Call, call: Call): Command[] {
  switch (fact.kind) {
    case 'SupervisorAsked':
      return [isOurs(fact.supervisor) ? ring(call, fact) : answer(fact.supervisor)]
    case 'SupervisorHears':
      // One after the other, or they would be heard twice.
      return [...endEars(before, fact.supervisor, fact.ear), withEar(fact.supervisor, fact.ear)]
    case 'SupervisorLeft':
      return [
        { do: 'hang-up', channel: fact.supervisor, cause: NORMAL_CLEARING },
        ...endEars(before, fact.supervisor),
        ...endAside(before, fact.supervisor),
      ]
    case 'TalkTakenOver':
      return [
        { do: 'unmute', channel: fact.leg },
        ...moves(before, call),
        ...endEars(before, fact.leg),
        ...endAside(before, fact.leg),
      ]
    case 'AgentRelieved':
      return [{ do: 'hang-up', channel: fact.leg, cause: NORMAL_CLEARING }]
    case 'ForceCleared':
      return [dismissal(call)]
    default:
      return []
  }
}

/** In both languages. */
const SUPERVISES: Record<Mode, string> = { listen: '监听 Listen', coach: '辅导 Coach', barge: '强插 Barge in' }

/** Whose talk it is, they see: who calls need not be seen. */
const ring = ({ leg }: Call, fact: Fact & { kind: 'SupervisorAsked' }): Command => ({
  ...{ do: 'ring', leg: fact.supervisor, agent: fact.phone },
  ...{ caller: leg!.agent, callerName: SUPERVISES[fact.mode], forMs: fact.until - fact.at },
})

/** Who has dialled waits for that. */
const answer = (channel: string): Command => ({ do: 'answer', channel })

/** Muted before they come aside, and heard only when they are there. Whom all heard nobody does from this moment on. */
function heard(was: Supervisor, before: Call, is: Supervisor): Command[] {
  if (is.answeredAt === null) return []
  const isNew = was.answeredAt === null
  return [
    ...(is.mode === 'listen' && (isNew || was.mode !== 'listen') ? [{ do: 'mute', channel: is.id } as const] : []),
    ...(isNew ? [comeAside(is.id)] : []),
    ...(is.mode !== 'listen' && was.mode === 'listen' && !isNew ? [{ do: 'unmute', channel: is.id } as const] : []),
    ...(was.turn === is.turn ? [] : endEars(before, is.id, is.ear)),
  ]
}

function listen(was: Supervisor, before: Call, is: Supervisor, call: Call): Command[] {
  const ear = earOf(is, call)
  return ear === null || ear === earOf(was, before) ? [] : [listenBy(ear, is, call)]
}

const listenBy = (ear: string, { mode }: Supervisor, call: Call): Command => ({
  ...{ do: 'listen', ear, channel: heardIn(call)!.id, isForAll: mode === 'barge' },
})

/** What they press is heard by us alone. */
const comeAside = (supervisor: string): Command => ({
  ...{ do: 'connect', bridge: asideId(supervisor), channels: [supervisor], areKeysOurs: true },
})

const withEar = (supervisor: string, ear: string): Command => ({
  ...{ do: 'connect', bridge: asideId(supervisor), channels: [ear] },
})

const endEar = (channel: string): Command => ({ do: 'hang-up', channel, cause: NORMAL_CLEARING })

/** Also one that has not come yet. */
function endEars(before: Call, id: string, butFor: string | null = null): Command[] {
  const was = openSupervisors(before).find(one => one.id === id)
  const ears = new Set(was ? [was.ear, earOf(was, before)] : [])
  return [...ears].flatMap(ear => (ear === null || ear === butFor ? [] : [endEar(ear)]))
}

const endAside = (before: Call, id: string): Command[] =>
  openSupervisors(before).some(one => one.id === id && one.answeredAt !== null)
    ? [{ do: 'disconnect', bridge: asideId(id) }]
    : []

/** What of it is not as it is to be: `channels` are there, and these `bridges`. Muted or not Asterisk does not tell. */
export function supervisionAgain(
  call: Call,
  channels: ReadonlySet<string>,
  bridges: ReadonlyMap<string, readonly string[]>,
): Command[] {
  return (call.supervisors ?? []).flatMap((one): Command[] => {
    const bridge = asideId(one.id)
    if (one.endedAt !== null) return bridges.has(bridge) ? [{ do: 'disconnect', bridge }] : []
    if (one.answeredAt === null) return isOurs(one.id) || !channels.has(one.id) ? [] : [answer(one.id)]
    const ear = earOf(one, call)
    const aside = bridges.get(bridge) ?? []
    const isThere = ear !== null && channels.has(ear)
    return [
      { do: one.mode === 'listen' ? 'mute' : 'unmute', channel: one.id },
      ...(aside.includes(one.id) ? [] : [comeAside(one.id)]),
      ...(ear === null || isThere ? [] : [listenBy(ear, one, call)]),
      ...(isThere && ear === one.ear && !aside.includes(ear) ? [withEar(one.id, ear)] : []),
    ]
  })
}
