import { legId } from '../ids.ts'
import { openLeg } from './call.ts'
import { NO_ANSWER, NORMAL_CLEARING } from './causes.ts'
import { endParties } from './control.ts'
import type { Happening } from './facts.ts'
import { openParties } from './party.ts'
import type { Story } from './story.ts'
import {
  earOf,
  heardIn,
  mayBeSupervised,
  openSupervisors,
  type Supervisor,
  supervisorAt,
  supervisorOf,
} from './supervision.ts'
import type { Mode, SupervisionAsked } from './supervisionFacts.ts'

/** What supervisors do with a talk, by their desk or by keys. What cannot be, as things are, changes nothing. */

type Asked = Happening & SupervisionAsked

const ACTS: { [Kind in SupervisionAsked['kind']]: (story: Story, asked: Asked & { kind: Kind }) => void } = {
  Supervise: ask,
  SetSupervision(story, { phone, mode, by }) {
    const supervisor = supervisorAt(story.call, phone)
    if (supervisor) setMode(story, supervisor, mode, by)
  },
  EndSupervision(story, { phone, by }) {
    const supervisor = supervisorAt(story.call, phone)
    if (supervisor) leave(story, supervisor, NORMAL_CLEARING, by)
  },
  TakeOverTalk: takeOver,
  ForceClear: forceClear,
}

const isAsked = (happening: Happening): happening is Asked => happening.kind in ACTS

/** False: it is not about those who supervise. */
export function supervised(story: Story, happening: Happening): boolean {
  const supervisor = 'leg' in happening ? supervisorOf(story.call, happening.leg) : undefined
  if (isAsked(happening)) (ACTS[happening.kind] as (story: Story, asked: Asked) => void)(story, happening)
  else if (supervisor && 'leg' in happening) ofPhone(story, supervisor, happening)
  else if (happening.kind === 'WaitOver' && happening.wait === 'supervisor') rungInVain(story)
  else return false
  return true
}

/** So long their phone rings. */
const RINGS_MS = 30_000

function ask(story: Story, { phone, mode, channel, by }: Asked & { kind: 'Supervise' }): void {
  const { call, at } = story
  const already = supervisorAt(call, phone)
  if (already) setMode(story, already, mode, by)
  else if (heardIn(call) && !isInTalk(story, phone)) {
    const supervisor = channel ?? legId(call.id, phone, call.seq + 1)
    story.add({ kind: 'SupervisorAsked', supervisor, phone, mode, until: at + RINGS_MS, by })
  }
}

const isInTalk = ({ call }: Story, agent: string): boolean =>
  openLeg(call)?.agent === agent || openParties(call).some(({ way }) => 'agent' in way && way.agent === agent)

function setMode(story: Story, { id: supervisor, mode: before }: Supervisor, mode: Mode, by: string): void {
  if (mode !== before) story.add({ kind: 'SupervisionSet', supervisor, mode, by })
}

/** What they press there is for `switchboard/phoneSupervising.ts`, which asks whether they may. */
function ofPhone(story: Story, supervisor: Supervisor, happening: Extract<Happening, { leg: string }>): void {
  const { id, rangAt, answeredAt } = supervisor
  const { kind, leg } = happening
  if (leg !== id) {
    if (kind === 'LegAnswered' && leg === earOf(supervisor, story.call))
      story.add({ kind: 'SupervisorHears', supervisor: id, ear: leg })
  } else if (kind === 'LegRang' && rangAt === null) story.add({ kind: 'SupervisorRang', supervisor: id })
  else if (kind === 'LegAnswered' && answeredAt === null) story.add({ kind: 'SupervisorAnswered', supervisor: id })
  else if (kind === 'LegEnded') leave(story, supervisor, happening.cause)
}

function rungInVain(story: Story): void {
  for (const supervisor of openSupervisors(story.call))
    if (supervisor.answeredAt === null && supervisor.ringsUntil <= story.at) leave(story, supervisor, NO_ANSWER)
}

function leave(story: Story, { id: supervisor }: Supervisor, cause: number, by?: string): void {
  story.add({ kind: 'SupervisorLeft', supervisor, cause, ...(by !== undefined && { by }) })
}

/** Whoever waits on hold is with the caller, or with nobody: they stay in the talk. Who only rings is let go. */
function takeOver(story: Story, { phone, by }: Asked & { kind: 'TakeOverTalk' }): void {
  const { id: leg, answeredAt } = supervisorAt(story.call, phone) ?? {}
  const former = heardIn(story.call)
  if (leg === undefined || answeredAt === null || !former) return
  endParties(story, ({ joinedAt }) => joinedAt === null)
  story.add({ kind: 'TalkTakenOver', leg, agent: phone, from: former.id, by })
  story.add({ kind: 'AgentRelieved', leg: former.id, agent: former.agent, cause: NORMAL_CLEARING })
}

function forceClear(story: Story, { by }: Asked & { kind: 'ForceClear' }): void {
  const leg = heardIn(story.call)
  if (!leg) return
  endParties(story)
  endSupervision(story)
  story.add({ kind: 'AgentLeft', leg: leg.id, agent: leg.agent, cause: NORMAL_CLEARING, by })
  story.add({ kind: 'ForceCleared', by })
}

/** With the talk. */
export function endSupervision(story: Story): void {
  for (const supervisor of openSupervisors(story.call)) leave(story, supervisor, NORMAL_CLEARING)
}

/** Nobody is left whom they could hear. */
export function endIdleSupervision(story: Story): void {
  if (story.call.supervisors && !mayBeSupervised(story.call)) endSupervision(story)
}
