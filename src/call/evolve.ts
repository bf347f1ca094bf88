import { type Beginning, begun, isBeginning } from './begun.ts'
import { type Call, isRated, lineSince, openLeg, type Spoken } from './call.ts'
import { callbackAfter, reached } from './callbackAfter.ts'
import { comforted, isComforted } from './comfort.ts'
import { dutyAfter } from './duty.ts'
import type { Fact, Recording } from './facts.ts'
import { answeredBy, lifeboatLeg, offerEnded, offeredToo, onLeg, onLegs } from './legs.ts'
import { outsideAfter, outsideOver } from './outside.ts'
import { ownCallAfter } from './ownCall.ts'
import { partyAfter, retrieved } from './party.ts'
import { cutShort, promptFinished, SILENT, without } from './silence.ts'

/** The call after a fact. Total: a fact once written is always accepted. */
export function evolve(call: Call | null, fact: Fact): Call {
  if (isBeginning(fact)) return begun(fact)
  if (!call) throw new Error(`a call does not begin with ${fact.kind}`)
  const after = { ...call, ...changed(call, fact), seq: call.seq + 1, lastAt: fact.at }
  return fact.waits ? { ...after, waits: { ...after.waits, ...fact.waits } } : after
}

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
        ...(fact.isComfort && { comfort: comforted(call, fact) }),
        waits: without(call, 'key', 'announce', 'comfort', 'music'),
      }
    case 'AgentPrompted':
      return { sayingToAgent: fact.say }
    case 'PromptFinished':
      return promptFinished(call, fact)
    case 'KeyPressed':
      return { keys: (call.keys ?? 0) + 1, waits: without(call, 'key') }
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
    case 'MusicBegun':
      return { lookup: { ...call.lookup!, hasMusic: true }, waits: without(call, 'music') }
    case 'LookupEnded':
      return { lookup: null, place: fact.place, waits: without(call, 'music') }
    case 'MessageBegun': {
      const { kind: _, waits: __, message: id, place, at: from, ...limits } = fact
      return {
        phase: limits.name !== undefined && call.surveyOffered ? 'surveying' : 'leaving-voicemail',
        message: { id, ...limits, from, to: null },
        place,
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
    case 'CommentKept':
      return { ...lookedOver(call), ...commented(call) }
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
        music: fact.music ?? null,
        comfort: null,
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
      return { music: fact.music ?? null, waits: without(call, 'longest-wait', 'relax', 'comfort') }
    case 'Overflowed':
      return {
        phase: 'in-flow',
        lineAt: null,
        sentOn: [...(call.sentOn ?? []), { queue: fact.queue, because: fact.because }],
        waits: without(call, ...LINES_WAITS),
      }
    case 'PlaceTold':
      return { ...promised(call, fact), waits: without(call, 'announce') }
    case 'AgentOffered':
      return {
        phase: 'ringing',
        ...offeredToo(call, fact),
        ...(isComforted(call) && { ...SILENT, ...cutShort(call) }),
        waits: without(call, ...LINES_WAITS, ...(isComforted(call) ? (['prompt'] as const) : [])),
      }
    case 'AgentRang':
      return onLegs(call, fact.leg, { rangAt: fact.at })
    case 'OfferEnded':
      return offerEnded(call, fact)
    case 'AgentAnswered':
      return { ...answeredBy(call, fact), waits: without(call, 'ring') }
    case 'Connected':
      return {
        ...onLeg(call, { connectedAt: fact.at, result: 'answered' }),
        ...(call.alsoRung && { alsoRung: [] }),
        ...SILENT,
        phase: 'talking',
        servedAt: call.servedAt ?? fact.at,
        sayingToAgent: null,
        ...(call.callback && { callback: reached(call.callback, fact.agent) }),
        waits: without(call, 'prompt', 'dial'),
      }
    case 'CallbackBooked': {
      const { kind: _, at: __, waits: ___, ...booking } = fact
      return { booked: [...(call.booked ?? []), booking] }
    }
    case 'CallbackDue':
    case 'CallbackRenewed':
    case 'CallbackPostponed':
    case 'CallbackWithdrawn':
    case 'CallbackTakenOver':
    case 'AgentKeyPressed':
    case 'OfferAccepted':
    case 'TryEnded':
    case 'RangBack':
    case 'RangOff':
      return callbackAfter(call, call.callback!, fact)
    case 'CustomerDialled':
    case 'CustomerReached':
      return call.outbound ? ownCallAfter(call, call.outbound, fact) : callbackAfter(call, call.callback!, fact)
    case 'NotReached':
      return ownCallAfter(call, call.outbound!, fact)
    case 'OutsideDialled':
    case 'OutsideRang':
    case 'OutsideAnswered':
    case 'OutsideEnded':
      return outsideAfter(call, fact)
    case 'DutyReached':
    case 'DutyAsked':
    case 'DutyKeyed':
    case 'PinGiven':
    case 'PinRefused':
    case 'DutyEntered':
    case 'MessageTold':
    case 'TakeOverBegun':
    case 'MessageSettled':
      return dutyAfter(call, fact)
    case 'Held':
      return onLeg(call, { heldSince: fact.at, ...(fact.isHere && { heldHere: true }) })
    case 'Retrieved':
      return onLeg(call, retrieved(call, fact.at))
    case 'PartyAsked':
    case 'PartyRang':
    case 'PartyAnswered':
    case 'PartyJoined':
    case 'PartyEnded':
    case 'PartyHeld':
    case 'PartyRetrieved':
    case 'PartyMuted':
    case 'PartyUnmuted':
    case 'Conferenced':
    case 'Transferred':
    case 'TransferredOn':
      return partyAfter(call, fact)
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
      return {
        answers: (call.answers ?? []).map(one =>
          isRated(one) && one.name === fact.name ? { ...one, low: true } : one,
        ),
      }
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
        ...(isUntaped(call) && { recording: NO_TAPE }),
        waits: {},
      }
    case 'RecordingFiled':
      return { recording: fact.recording, waits: {} }
  }
}

/** Of a call that we make, and nobody was reached. */
const isUntaped = ({ direction, answeredAt, outbound, duty }: Call): boolean =>
  direction !== undefined && answeredAt === null && !outbound?.reachedAt && duty?.dialled !== null

const NO_TAPE: Recording = { file: null, ms: 0, sha256: null, faults: [] }

/** The first promise is what they were promised, whatever is told later and in whichever line. */
function promised({ promise, queue }: Call, told: Fact & { kind: 'Queued' | 'PlaceTold' }): Partial<Call> {
  const { at, waitMs: ms, medianMs } = told
  if (ms === null || medianMs === undefined) return {}
  const whose = told.kind === 'Queued' ? told.queue : queue!
  return { promise: { ...(promise ?? { queue: whose, at, ms, medianMs }), until: at + ms } }
}

/** The message is kept or dropped. */
const lookedOver = ({ surveyOffered }: Call): Partial<Call> => ({
  phase: surveyOffered ? 'surveying' : 'in-flow',
  message: null,
})

function commented({ comments = [], answers = [], message }: Call): Partial<Call> {
  const { id, name, from, to } = message!
  const spoken: Spoken = { name: name!, scale: 'spoken', message: id, ms: to! - from }
  return { comments: [...comments, message!], answers: [...answers, spoken] }
}

/** The flow may go by the answer, as by any of its words. */
function answered(call: Call, { rating, name, scale = '1-5' }: Fact & { kind: 'SurveyAnswered' }): Partial<Call> {
  return {
    ...(scale === '1-5' && { rating: call.rating ?? rating }),
    answers: [...(call.answers ?? []), { name: name ?? 'rating', scale, score: rating, low: false }],
    ...(name !== undefined && { words: { ...call.words, [name]: rating } }),
  }
}

/** What only who waits in a line waits for. */
const LINES_WAITS = ['announce', 'comfort', 'longest-wait', 'relax', 'first-agent'] as const
