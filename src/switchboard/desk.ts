import { type Agent, isHeldByCall, isSignedIn } from '../agent/agent.ts'
import type { Code } from '../agent/codes.ts'
import type { Reason } from '../dialling/dialling.ts'
import { digits } from '../ivr/speech.ts'
import { ableTo } from '../queue/choose.ts'
import { type Queue, relaxedBy } from '../queue/queue.ts'
import type { Centre } from './centre.ts'
import { agentAt, nobodyAt } from './seating.ts'
import type { Switchboard } from './switchboard.ts'

/**
 * What came of an agent's last talk is filed by a key of their phone. Undefined: the database is away. `no-talk`: they have had none;
 * `no-key`: nothing has that key.
 */
export type Filing = (agent: string, key: number, at: number) => Promise<'filed' | 'no-talk' | 'no-key' | undefined>

/** An agent dialled a code. Resolves, once it is remembered, with the prompts they are to hear; undefined: no such agent. */
export async function dialCode(
  board: Switchboard,
  id: string,
  code: Spoken,
  at: number,
  file: Filing,
): Promise<string[] | undefined> {
  if (!board.agents.has(id)) return undefined
  if (code.kind === 'disposition') return filedSpoken(await file(id, code.key, at), code.key)
  return code.kind === 'survey' ? pushSurvey(board, id, at) : board.dial(id, code)
}

/** What is spoken of, and then the line is closed. */
type Spoken = Exclude<Code, { kind: 'supervise' }>

function filedSpoken(filed: Awaited<ReturnType<Filing>>, key: number): string[] {
  if (filed === 'filed') return ['disposition/filed', ...digits(String(key))]
  if (filed === 'no-talk') return ['disposition/no-talk']
  return [filed === 'no-key' ? 'unknown-code' : 'talk/not-possible']
}

/** The caller with whom they talk is asked about it, where that may be. */
async function pushSurvey(board: Switchboard, agent: string, at: number): Promise<string[]> {
  const call = board.call(board.agents.get(agent)?.call ?? '')
  if (call?.phase !== 'talking') return ['survey-unable']
  board.happen(call.id, { kind: 'SurveyPushed', agent, at })
  const isPushed = board.call(call.id)?.phase === 'surveying'
  await board.settledFor(call.id)
  return [isPushed ? 'survey-sent' : 'survey-unable']
}

/** `channel`: of that phone. `at`: ms since 1970. */
export type DialledNumber = { channel: string; phone: string; number: string; at: number }

/**
 * What comes of it: `begun`, a call of theirs; or what they are to hear; or an emergency that can be no call of ours, as the trunk
 * wants it: whoever is at that phone gets through, signed in or not.
 */
export type Dialled = { kind: 'begun' } | { kind: 'refused'; says: string[] } | { kind: 'emergency'; number: string }

/** An agent has dialled a number. It begins at once, also where their phone is to ring in this moment: then another gets that caller. */
export function dialNumber(board: Switchboard, centre: Centre, { channel, phone, number, at }: DialledNumber): Dialled {
  if (board.call(channel)) return { kind: 'begun' }
  const agent = agentAt(board.agents, phone)
  const dialled = centre.byHand(number)
  const hindrance = agent ? hindranceOf(agent) : nobodyAt(board.agents, centre.phones, phone)
  if (hindrance && dialled.urgent) return { kind: 'emergency', number: dialled.number }
  if (hindrance) return { kind: 'refused', says: [hindrance] }
  if (dialled.refusal) return { kind: 'refused', says: [REFUSED[dialled.refusal.reason]] }
  // Two agents would ring one phone, and cut off who has just picked up. (Any number of people may call 110.)
  if (!dialled.urgent && board.callbacks.isRung(dialled.whole)) return { kind: 'refused', says: ['dial/being-called'] }
  const queue = lineFor(agent!, dialled.whole, board, centre)
  const shows = queue?.shows ?? centre.dialling.shows ?? ''
  const ends = { leg: channel, agent: agent!.id, from: dialled.whole, to: shows, number: dialled.number }
  board.happen(channel, {
    kind: 'AgentDials',
    ...ends,
    queue: queue?.id ?? null,
    language: agent!.language,
    release: centre.library.latest,
    at,
  })
  return { kind: 'begun' }
}

function hindranceOf(agent: Agent): string | undefined {
  if (!isSignedIn(agent)) return 'dial/signed-out'
  return isHeldByCall(agent) && agent.state !== 'ringing' ? 'dial/in-call' : undefined
}

const REFUSED: Record<Reason, string> = {
  'no-number': 'dial/no-number',
  'service-number': 'dial/not-allowed',
  'own-number': 'dial/not-allowed',
  'not-allowed': 'dial/not-allowed',
  'quiet-hours': 'dial/not-allowed',
}

/** Those that an agent may serve, now or once they ask for less. */
export const linesOf = (agent: Agent, centre: Centre): Queue[] =>
  centre.queues.filter(line => ableTo(relaxedBy(line, line.relaxing.length), [agent]).length > 0)

/** For which of their lines they call: for the one that has promised it longest, else for one that shows a number of its own. */
export function lineFor(agent: Agent, number: string, board: Switchboard, centre: Centre): Queue | undefined {
  const lines = linesOf(agent, centre)
  const promised = lines
    .map(line => ({ line, place: board.callbacks.openFor(number, line.id)?.place }))
    .filter(({ place }) => place !== undefined)
    .sort((a, b) => a.place! - b.place!)
  return promised[0]?.line ?? lines.find(({ shows }) => shows !== null) ?? lines[0]
}
