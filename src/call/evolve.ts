import { SHORTEST_TOLD_MS } from '../recording/check.ts'
import { begun } from './begun.ts'
import { type Call, type Callback, type Leg, lineSince, openLeg, type Try } from './call.ts'
import { dutyAfter } from './duty.ts'
import type { Fact, Recording } from './facts.ts'
import { outsideAfter, outsideOver } from './outside.ts'
import { cutShort, SILENT, without } from './silence.ts'

/** The call after a fact. Total: a fact once written is always accepted. */
export function evolve(call: Call | null, fact: Fact): Call {
  if (isBeginning(fact)) return begun(fact)
  if (!call) throw new Error(`a call begins with CallArrived, CallbackOpened or DutyBegan, not ${fact.kind}`)
  const after = { ...call, ...changed(call, fact), seq: call.seq + 1, lastAt: fact.at }
  return fact.waits ? { ...after, waits: { ...after.waits, ...fact.waits } } : after
}

type Beginning = Extract<Fact, { kind: 'CallArrived' | 'CallbackOpened' | 'DutyBegan' }>

const isBeginning = (fact: Fact): fact is Beginning =>
  fact.kind === 'CallArrived' || fact.kind === 'CallbackOpened' || fact.kind === 'DutyBegan'

function changed(call: Call, fact: Exclude<Fact, Beginning>): Partial<Call> {
  switch (fact.kind) {
    case 'CallerKnown': {
      const { lastAt, language, lastAgent, surveyedAt, isLate } = fact
      const surveyed = surveyedAt !== undefined && { surveyedAt }
      if (isLate) return { ...surveyed }
      // Whom we greet already goes on in the language that they hear.
      return {
        ...surveyed,
        known: { lastAt, ...(language && { language }), ...(lastAgent !== undefined && { lastAgent }) },
        ...(language && call.phase === 'arriving' && { language }),
      }
    }
    case 'CallAnswered':
      return { ...(call.phase === 'arriving' && { phase: 'in-flow' }), answeredAt: fact.at }
    case 'Prompted':
      return {
        saying: fact.say,
        sayingSince: fact.at,
        ...cutShort(call),
        place: fact.place ?? call.place,
        waits: without(call, 'key', 'announce'),
      }
    case 'AgentPrompted':
      return { sayingToAgent: fact.say }
    case 'PromptFinished':
      return promptFinished(call, fact)
    case 'KeyPressed':
    case 'KeyMissed':
      return { waits: without(call, 'key') }
    case 'KeysKept':
      return { place: fact.place, ...SILENT, waits: without(call, 'prompt') }
    case 'WordSet':
      return { words: { ...call.words, [fact.name]: fact.value } }
    case 'LookupBegun':
      return {
        lookup: { id: fact.lookup, asked: fact.asked },
        place: fact.place,
        ...(fact.isSilent && { ...SILENT, ...cutShort(call), waits: without(call, 'key', 'prompt') }),
      }
    case 'LookupEnded':
      return { lookup: null, place: fact.place }
    case 'MessageBegun': {
      const { message: id, queue, leastMs, mostMs, silenceMs, at } = fact
      return {
        phase: 'leaving-voicemail',
        message: { id, queue, leastMs, mostMs, silenceMs, from: at, to: null },
        place: fact.place,
        ...SILENT,
        ...cutShort(call),
        waits: without(call, 'key', 'prompt'),
      }
    }
    case 'MessageEnded': {
      const { spokenMs } = fact
      // Whose end nobody saw may have been over for long.
      const to = Math.min(fact.at, call.message!.from + call.message!.mostMs)
      const message = { ...call.message!, to, ...(spokenMs !== undefined && { spokenMs }) }
      return { message, waits: without(call, 'message') }
    }
    case 'MessageKept':
      return { ...lookedOver(call), messages: [...(call.messages ?? []), call.message!] }
    case 'MessageDropped':
      return lookedOver(call)
    case 'HoursAsked':
    case 'FlowFault':
    case 'DiallingRefused':
    case 'SurveyPushed':
    case 'SurveyWithheld':
      return {}
    case 'LanguageChosen':
      return { language: fact.language }
    case 'Queued':
      return {
        phase: 'queued',
        queue: fact.queue,
        queuedAt: call.queuedAt ?? fact.at,
        lineAt: fact.at,
        relaxed: fact.relaxed ?? 0,
        headStartMs: fact.headStartMs ?? 0,
        first: fact.first ?? null,
        aheadAtFirst: fact.ahead,
        place: null,
        ...promised(call, fact),
        waits: without(call, 'key'),
      }
    case 'PlaceRaised':
      return { headStartMs: fact.headStartMs, first: fact.first ?? null }
    case 'AnyAgent':
      return { first: null, waits: without(call, 'first-agent') }
    case 'SkillsRelaxed':
      return { relaxed: fact.steps, waits: without(call, 'relax') }
    case 'LineChanged':
      return { waits: without(call, 'longest-wait', 'relax') }
    case 'Overflowed':
      return {
        phase: 'in-flow',
        lineAt: null,
        sentOn: [...(call.sentOn ?? []), { queue: fact.queue, because: fact.because }],
        waits: without(call, 'announce', 'longest-wait', 'relax', 'first-agent'),
      }
    case 'PlaceTold':
      return { ...promised(call, fact), waits: without(call, 'announce') }
    case 'AgentOffered':
      return {
        phase: 'ringing',
        leg: offered(fact),
        waits: without(call, 'announce', 'longest-wait', 'relax', 'first-agent'),
      }
    case 'AgentRang':
      return onLeg(call, { rangAt: fact.at })
    case 'OfferEnded':
      return {
        ...onLeg(call, { endedAt: fact.at, result: fact.result, cause: fact.cause }),
        phase: 'queued',
        sayingToAgent: null,
        first: null,
        missedBy: fact.result === 'withdrawn' ? call.missedBy : [...call.missedBy, fact.agent],
        waits: call.saying ? without(call, 'ring', 'accept') : without(call, 'ring', 'prompt', 'accept'),
      }
    case 'AgentAnswered':
      return { ...onLeg(call, { answeredAt: fact.at }), waits: without(call, 'ring') }
    case 'Connected':
      return {
        ...onLeg(call, { connectedAt: fact.at, result: 'answered' }),
        ...SILENT,
        phase: 'talking',
        sayingToAgent: null,
        ...(call.callback && { callback: tried(call.callback, { agent: fact.agent, result: 'reached', cause: 0 }) }),
        waits: without(call, 'prompt', 'dial'),
      }
    case 'CallbackBooked': {
      const { kind: _, at: __, waits: ___, ...booking } = fact
      return { booked: [...(call.booked ?? []), booking] }
    }
    case 'CallbackDue':
      return { phase: 'queued', queuedAt: fact.placeAt, lineAt: fact.at, waits: without(call, 'due') }
    case 'CallbackRenewed':
      return renewed(call, fact)
    case 'CallbackPostponed':
      return { phase: 'scheduled' }
    case 'AgentKeyPressed':
    case 'CallbackWithdrawn':
    case 'CallbackTakenOver':
      return {}
    case 'OfferAccepted':
      return { phase: 'dialling', sayingToAgent: null, waits: without(call, 'accept') }
    case 'CustomerDialled':
      return { channel: fact.channel, callback: { ...call.callback!, dialledAt: fact.at } }
    case 'CustomerReached':
      return { callback: { ...call.callback!, reachedAt: fact.at }, waits: without(call, 'dial') }
    case 'TryEnded':
      return {
        ...onLeg(call, { endedAt: fact.at, result: 'answered', cause: fact.cause }),
        phase: 'scheduled',
        channel: '',
        callback: tried(call.callback!, fact),
        waits: without(call, 'dial'),
      }
    case 'RangBack':
      return { callback: { ...call.callback!, callingIn: [...call.callback!.callingIn, fact.call] } }
    case 'RangOff':
      return { callback: { ...call.callback!, callingIn: call.callback!.callingIn.filter(one => one !== fact.call) } }
    case 'OutsideDialled':
    case 'OutsideRang':
    case 'OutsideAnswered':
    case 'OutsideEnded':
      return outsideAfter(call, fact)
    case 'DutyReached':
    case 'DutyAsked':
    case 'PinGiven':
    case 'PinRefused':
    case 'DutyEntered':
    case 'MessageTold':
    case 'TakeOverBegun':
    case 'MessageSettled':
      return dutyAfter(call, fact)
    case 'Held':
      return onLeg(call, { heldSince: fact.at })
    case 'Retrieved':
      return onLeg(call, retrieved(call, fact.at))
    case 'AgentLeft':
      return {
        ...onLeg(call, { ...retrieved(call, fact.at), endedAt: fact.at, cause: fact.cause }),
        phase: 'surveying',
      }
    case 'SurveyOffered': {
      const { survey: flow, release } = fact
      return { surveyOffered: true, ...(flow !== undefined && { survey: { flow, release: release ?? 0 } }) }
    }
    case 'SurveyAnswered':
      return answered(call, fact)
    case 'LowScore':
      return { answers: (call.answers ?? []).map(one => (one.name === fact.name ? { ...one, low: true } : one)) }
    case 'Dismissed':
      return { dismissed: fact.outcome, waits: {} }
    case 'HandedToLifeboat':
      return {
        phase: 'queued',
        inLifeboat: true,
        queue: fact.queue,
        queuedAt: call.queuedAt ?? fact.at,
        lineAt: lineSince(call) ?? fact.at,
        aheadAtFirst: lineSince(call) === null ? null : call.aheadAtFirst,
        ...SILENT,
        waits: {},
      }
    case 'LifeboatConnected':
      return { phase: 'talking', leg: lifeboatLeg(fact) }
    case 'CallEnded':
      return {
        ...(openLeg(call) ? onLeg(call, { ...retrieved(call, fact.at), endedAt: fact.at, cause: fact.cause }) : {}),
        ...outsideOver(call, fact.at, fact.cause),
        ...SILENT,
        phase: 'ended',
        outcome: fact.outcome,
        short: fact.short,
        endedAt: fact.at,
        ...(fact.goneAt !== undefined && { goneAt: fact.goneAt }),
        endedBy: fact.by,
        cause: fact.cause,
        sayingToAgent: null,
        cutShort: [],
        // Nobody was reached, so nothing is on tape.
        ...((call.callback || call.duty?.dialled) && call.answeredAt === null && { recording: NO_TAPE }),
        waits: {},
      }
    case 'RecordingFiled':
      return { recording: fact.recording, waits: {} }
  }
}

/** The first promise is what they were promised, whatever is told later and in whichever line. */
function promised({ promise, queue }: Call, told: Fact & { kind: 'Queued' | 'PlaceTold' }): Partial<Call> {
  const { at, waitMs: ms, medianMs } = told
  if (ms === null || medianMs === undefined) return {}
  const whose = told.kind === 'Queued' ? told.queue : queue!
  return { promise: { ...(promise ?? { queue: whose, at, ms, medianMs }), until: at + ms } }
}

/** While either of the two is still being told something, there is a prompt to wait for. */
function promptFinished(call: Call, { say, at, heard }: Fact & { kind: 'PromptFinished' }): Partial<Call> {
  const told = call.saying === say ? { ...SILENT, ...(heard && { ...toldUntil(call, at), cutShort: [] }) } : {}
  const sayingToAgent = call.sayingToAgent === say ? null : call.sayingToAgent
  const goesOn = { ...call, ...told }.saying ?? sayingToAgent
  return { ...told, sayingToAgent, waits: goesOn ? call.waits : without(call, 'prompt') }
}

const NO_TAPE: Recording = { file: null, ms: 0, sha256: null, faults: [] }

/** The earlier of two places counts, where they stand in the line still. */
function renewed({ callback, phase, queuedAt }: Call, fact: Fact & { kind: 'CallbackRenewed' }): Partial<Call> {
  const { id, because, message, place, promisedAt, promisedUntil } = fact
  const { bookings, messages, tries } = callback!
  return {
    queuedAt: phase === 'scheduled' ? place : Math.min(place, queuedAt!),
    callback: {
      ...{ ...callback!, because, promisedAt, promisedUntil, triedBefore: tries.length },
      bookings: [...bookings, id],
      messages: message ? [...messages, message] : messages,
    },
  }
}

/** The try under way is over. Whoever called us themselves meanwhile was not tried. */
function tried(callback: Callback, { agent, result, cause }: Omit<Try, 'at'>): Callback {
  const one = { at: callback.dialledAt!, agent, result, cause }
  const tries = result === 'rang-back' ? callback.tries : [...callback.tries, one]
  return { ...callback, tries, dialledAt: null, reachedAt: null }
}

/** The message is kept or dropped. */
const lookedOver = ({ surveyOffered }: Call): Partial<Call> => ({
  phase: surveyOffered ? 'surveying' : 'in-flow',
  message: null,
})

/** The flow may go by the answer, as by any of its words. */
function answered(call: Call, { rating, name, scale = '1-5' }: Fact & { kind: 'SurveyAnswered' }): Partial<Call> {
  return {
    ...(scale === '1-5' && { rating: call.rating ?? rating }),
    answers: [...(call.answers ?? []), { name: name ?? 'rating', scale, score: rating, low: false }],
    ...(name !== undefined && { words: { ...call.words, [name]: rating } }),
  }
}

/** What is too short to be looked for on the tape need not be kept. */
function toldUntil({ sayingSince, said = [] }: Call, at: number): Partial<Call> {
  if (typeof sayingSince !== 'number' || at - sayingSince < SHORTEST_TOLD_MS) return {}
  return { said: [...said, { from: sayingSince, to: at }] }
}

const offered = (fact: Fact & { kind: 'AgentOffered' }): Leg => ({
  id: fact.leg,
  agent: fact.agent,
  offeredAt: fact.at,
  rangAt: null,
  answeredAt: null,
  connectedAt: null,
  endedAt: null,
  result: null,
  cause: null,
  heldSince: null,
  heldMs: 0,
  holds: [],
})

const lifeboatLeg = (fact: Fact & { kind: 'LifeboatConnected' }): Leg => ({
  ...offered({
    ...fact,
    kind: 'AgentOffered',
    why: { rule: 'most-skilled-then-longest-idle', level: 0, idleMs: 0, rivals: [], others: {} },
  }),
  answeredAt: fact.at,
  connectedAt: fact.at,
  result: 'answered',
})

const onLeg = (call: Call, change: Partial<Leg>): Partial<Call> => ({ leg: call.leg && { ...call.leg, ...change } })

function retrieved({ leg }: Call, at: number): Partial<Leg> {
  if (typeof leg?.heldSince !== 'number') return {}
  const { heldSince: from, heldMs, holds = [] } = leg
  return { heldSince: null, heldMs: heldMs + (at - from), holds: [...holds, { from, to: at }] }
}
