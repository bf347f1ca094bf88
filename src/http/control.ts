import { z } from 'zod'
import { BadInput } from '../errors.ts'
import { insistOnReach } from '../report/reach.ts'
import { may, mayFor, type Who } from '../rights/rights.ts'
import type { Control, Sent, TalkSnapshot, Wanted } from '../switchboard/callControl.ts'
import type { ApiParts } from './api.ts'
import { CALL_ID, NOTHING, word } from './asked.ts'
import { refuseOutOfReach } from './board.ts'
import { MOVED_ANSWER } from './boardAnswers.ts'
import { seatFor } from './desk.ts'
import { json, type Route, route } from './route.ts'
import { isInTalk, SNAPSHOT, shown, withSupervisors } from './talk.ts'
import { Forbidden } from './who.ts'

/** Call control, in CSTA's words: what an agent does with the talk that they have, or a program for them. */

const AGENT = word('agent', 8).meta({ description: "An agent's id", example: '8002' })
const NUMBER = word('number', 40).meta({ description: 'As an agent would dial it', example: '13800138000' })

/** One of them. */
const WANTED = z.strictObject({ agent: AGENT.optional(), number: NUMBER.optional() })
const SENT = z.strictObject({
  ...WANTED.shape,
  queue: word('queue', 40).optional(),
  flow: word('flow', 40).optional(),
})
/** Without `from`: at one's own phone. */
const DEFLECTED = z.strictObject({
  agent: AGENT.optional(),
  queue: word('queue', 40).optional(),
  from: word('from', 8).optional().meta({ description: 'At whose phone it rings; without it at one’s own' }),
})
const PARTY_ID = z.strictObject({ id: CALL_ID.shape.id, party: word('party', 240) })
const DIGITS = z.strictObject({
  digits: z.string('digits must be given once').regex(/^[0-9*#]{1,40}$/, 'digits must be 1 to 40 of 0 to 9, * and #'),
})
const MUTED = z.strictObject({ muted: z.boolean('muted must be true or false') })

/** Of all that is done to a talk. */
const COMMON = {
  may: ['own:desk', 'calls:control'],
  params: CALL_ID,
  query: NOTHING,
  answers: { 200: json('The talk as it now is', SNAPSHOT) },
} as const

const SUMMARIES = {
  'hold-call': 'The caller hears music, and is out of the talk',
  'retrieve-call': 'The agent talks with the caller again; whoever is consulted is on hold',
  'alternate-call': 'From the caller to whoever is consulted, and back',
  'conference-call': 'The caller, the agent and whoever is consulted talk together',
  'transfer-call': 'The caller is with whoever is consulted, and the agent leaves',
  'clear-connection': 'The agent leaves the talk, as by hanging up',
} as const

export function control(parts: ApiParts): Route[] {
  const { acts } = parts
  const simple = Object.entries(SUMMARIES) as [keyof typeof SUMMARIES, string][]
  return [
    route({
      path: '/api/calls/{id}/talk',
      summary: 'Who is in the talk now: CSTA’s snapshot',
      may: ['own:desk', 'calls:control', 'calls:read', 'calls:supervise'],
      params: CALL_ID,
      query: NOTHING,
      answers: { 200: json('The talk', SNAPSHOT) },
      async handle({ who, params, response }) {
        const talk = acts.talk(params.id)
        const isTheirs = isInTalk(talk, who)
        if (!may(who, 'calls:control', 'calls:read', 'calls:supervise') && !isTheirs)
          throw new Forbidden(['calls:read'])
        if (!isTheirs) await insistOnReach(parts.reports, params.id, who)
        response.json(withSupervisors(talk, who))
      },
    }),
    ...simple.map(([act, summary]) =>
      route({
        path: `/api/calls/{id}/${act}`,
        method: 'post',
        summary,
        ...COMMON,
        async handle({ who, params, response }) {
          response.json(await done(parts, who, params.id, { do: act }))
        },
      }),
    ),
    ...invitations(parts),
    ...deflections(parts),
    ...parties(parts),
    ...pauses(parts),
    ...digits(parts),
  ]
}

const PAUSED = z.strictObject({
  reason: word('reason', 80).meta({ description: 'For the story of the call', example: 'card number' }),
  seconds: z
    .int('seconds must be a whole number from 1 to 600')
    .min(1, 'seconds must be from 1 to 600')
    .max(600, 'seconds must be from 1 to 600')
    .default(120)
    .meta({ description: 'Then it is recorded again, if not before' }),
})

function pauses(parts: ApiParts): Route[] {
  return [
    route({
      path: '/api/calls/{id}/recording/pause',
      method: 'post',
      summary:
        'Nothing of the talk is recorded, as while the number of a card is said: up to its end, a hold, a transfer, or so long',
      ...COMMON,
      body: PAUSED,
      async handle({ who, params, body: { reason: because, seconds }, response }) {
        const pause = { do: 'pause-recording', because, forMs: seconds * 1_000 } as const
        response.json(await done(parts, who, params.id, pause))
      },
    }),
    route({
      path: '/api/calls/{id}/recording/resume',
      method: 'post',
      summary: 'The talk is recorded again',
      ...COMMON,
      async handle({ who, params, response }) {
        response.json(await done(parts, who, params.id, { do: 'resume-recording' }))
      },
    }),
  ]
}

function invitations(parts: ApiParts): Route[] {
  return [
    route({
      path: '/api/calls/{id}/consultation-call',
      method: 'post',
      summary: 'The caller waits on hold, and an agent or a number outside is asked',
      ...COMMON,
      body: WANTED,
      async handle({ who, params, body, response }) {
        response.json(await done(parts, who, params.id, { do: 'consultation-call', to: oneOf<Wanted>(body) }))
      },
    }),
    route({
      path: '/api/calls/{id}/single-step-transfer',
      method: 'post',
      summary: 'The caller goes on to an agent, a queue, a flow or a number outside, and the agent leaves',
      ...COMMON,
      body: SENT,
      async handle({ who, params, body, response }) {
        response.json(await done(parts, who, params.id, { do: 'single-step-transfer', to: oneOf<Sent>(body) }))
      },
    }),
  ]
}

function deflections({ acts, agents, live }: ApiParts): Route[] {
  return [
    route({
      path: '/api/calls/{id}/deflect-call',
      method: 'post',
      summary:
        'What rings at an agent’s phone goes on to another agent or queue, unanswered; the caller keeps their place',
      may: ['own:desk', 'calls:control'],
      params: CALL_ID,
      query: NOTHING,
      body: DEFLECTED,
      answers: { 200: json('Where they stand now', MOVED_ANSWER) },
      async handle({ who, params, body: { from = who.agent, ...to }, response }) {
        if (from === null) throw new BadInput('from', 'from must name the agent at whose phone it rings.')
        seatFor(who, from, ['calls:control'], agents)
        const wanted = oneOf<{ agent?: string; queue?: string }>(to)
        if (from !== who.agent) refuseOutOfReach(live(), who, params.id, wanted)
        response.json(await acts.move(params.id, { ...wanted, from }, who.name))
      },
    }),
  ]
}

function parties(parts: ApiParts): Route[] {
  return [
    route({
      path: '/api/calls/{id}/parties',
      method: 'post',
      summary: 'Asks an agent or a number outside into the talk, beside the caller: a room of up to fifty',
      ...COMMON,
      body: WANTED,
      async handle({ who, params, body, response }) {
        response.json(await done(parts, who, params.id, { do: 'invite', to: oneOf<Wanted>(body) }))
      },
    }),
    route({
      path: '/api/calls/{id}/parties/{party}',
      method: 'delete',
      summary: 'That party leaves the talk',
      ...COMMON,
      params: PARTY_ID,
      async handle({ who, params, response }) {
        const { id, party } = params
        // Whoever is in it may leave it.
        const isOwn = who.agent !== null && parts.acts.talk(id).parties.get(party) === who.agent
        response.json(await done(parts, who, id, { do: 'clear-party', party }, isOwn))
      },
    }),
    route({
      path: '/api/calls/{id}/parties/{party}',
      method: 'patch',
      summary: 'That party is heard by nobody, or is heard again',
      ...COMMON,
      params: PARTY_ID,
      body: MUTED,
      async handle({ who, params, body, response }) {
        const { id, party } = params
        response.json(await done(parts, who, id, { do: 'mute', party, isMuted: body.muted }))
      },
    }),
  ]
}

function digits(parts: ApiParts): Route[] {
  return [
    route({
      path: '/api/calls/{id}/generate-digits',
      method: 'post',
      summary: 'Tones to whomever the agent talks with, as by the keys of their telephone',
      ...COMMON,
      body: DIGITS,
      async handle({ who, params, body, response }) {
        await insistOnTheirs(parts, who, params.id)
        response.json(shown(await parts.acts.generateDigits(params.id, body.digits), who))
      },
    }),
  ]
}

/** By the agent who serves the caller, or by whoever may do so for them. */
async function done(parts: ApiParts, who: Who, id: string, control: Control, isOwn = false): Promise<TalkSnapshot> {
  if (!isOwn) await insistOnTheirs(parts, who, id)
  return shown(await parts.acts.control(id, control, who.name), who)
}

/** One's own talk, or one within reach. */
async function insistOnTheirs({ acts, reports }: ApiParts, who: Who, id: string): Promise<void> {
  const { serves } = acts.talk(id)
  if (!mayFor(who, serves ?? '', 'calls:control')) throw new Forbidden(['calls:control'])
  if (who.agent === null || who.agent !== serves) await insistOnReach(reports, id, who)
}

/** Of a body that names one destination. Throws BadInput where it names none, or several. */
function oneOf<To extends object>(body: Partial<Record<string, string | undefined>>): To {
  const named = Object.entries(body).filter(([, value]) => value !== undefined)
  if (named.length === 1) return Object.fromEntries(named) as To
  const names = named.length === 0 ? 'none' : named.map(([name]) => name).join(' and ')
  throw new BadInput('body', `The body must name one destination, and names ${names}.`)
}
