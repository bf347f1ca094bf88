import { answered, commented, lookedOver } from './answers.ts'
import { type Beginning, begun, isBeginning } from './begun.ts'
import { type Call, isRated, lineSince, openLeg, type SentOn } from './call.ts'
import { callbackAfter, reached } from './callbackAfter.ts'
import { comforted, isComforted } from './comfort.ts'
import { dutyAfter } from './duty.ts'
import type { Fact } from './facts.ts'
import { held, lifeboatLeg, offerEnded, offeredToo, onLeg, onLegs } from './legs.ts'
import { outsideAfter, outsideOver } from './outside.ts'
import { answeredIn, ownCallAfter } from './ownCall.ts'
import { isParty, type PartyFact, partyAfter, retrieved } from './party.ts'
import { servedAfter, tapesAfter } from './served.ts'
import { cutShort, promptFinished, SILENT, without } from './silence.ts'
import { isSupervision, type SupervisionFact, supervisionAfter, usedBy } from './supervision.ts'

/** The call after a fact. Total: a fact once written is always accepted. */
export function evolve(call: Call | null, fact: Fact): Call {
  if (isBeginning(fact)) return begun(fact)
  if (!call) throw new Error(`a call does not begin with ${fact.kind}`)
  const used = usedBy({ ...call, ...changes(call, fact), seq: call.seq + 1, lastAt: fact.at })
  const after = fact.waits ? { ...used, waits: { ...used.waits, ...fact.waits } } : used
  return { ...after, ...servedAfter(call, after), ...tapesAfter(call, after, fact) }
}

function changes(call: Call, fact: Exclude<Fact, Beginning>): Partial<Call> {
  if (isSupervision(fact)) return supervisionAfter(call, fact)
  return isParty(fact) ? partyAfter(call, fact) : changed(call, fact)
}

function changed(call: Call, fact: Exclude<Fact, Beginning | PartyFact | SupervisionFact>): Partial<Call> {
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
        ...(call.servedAt !== undefined && { servedHereAt: null }),
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
        sentOn: [...(call.sentOn ?? []), sentOn(call, fact)],
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
      return { ...answeredIn(call, fact), waits: without(call, 'ring') }
    case 'Connected':
      return {
        ...onLeg(call, { connectedAt: fact.at, result: 'answered' }),
        ...(call.alsoRung && { alsoRung: [] }),
        ...(call.deflectedBy && { deflectedBy: [] }),
        ...SILENT,
        phase: 'talking',
        sayingToAgent: null,
        ...(call.callback?.dialledAt != null && { callback: reached(call.callback, fact.agent) }),
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
      return held(call, fact)
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
        ...(fact.lineOutcome && { lineOutcome: fact.lineOutcome }),
        endedBy: fact.by,
        cause: fact.cause,
        sayingToAgent: null,
        cutShort: [],
        ...(isUntaped(call) && { recording: { file: null, ms: 0, sha256: null, faults: [] } }),
        waits: {},
      }
    case 'RecordingFiled':
      return { recording: fact.recording, waits: {} }
  }
}

/** Of a call that we make, and nobody was reached. */
const isUntaped = ({ direction, answeredAt, outbound, duty }: Call): boolean =>
  direction !== undefined && answeredAt === null && !outbound?.reachedAt && duty?.dialled !== null

/** The first promise is what they were promised, whatever is told later and in whichever line. */
function promised({ promise, queue }: Call, told: Fact & { kind: 'Queued' | 'PlaceTold' }): Partial<Call> {
  const { at, waitMs: ms, medianMs } = told
  if (ms === null || medianMs === undefined) return {}
  const whose = told.kind === 'Queued' ? told.queue : queue!
  return { promise: { ...(promise ?? { queue: whose, at, ms, medianMs }), until: at + ms } }
}

/** Who is still on their way when a line sends them on was turned away at its door. */
const sentOn = (call: Call, { queue, because }: Fact & { kind: 'Overflowed' }): SentOn => ({
  ...{ queue, because },
  ...(call.phase === 'queued' && { joinedAt: lineSince(call)! }),
})

/** What only who waits in a line waits for. */
const LINES_WAITS = ['announce', 'comfort', 'longest-wait', 'relax', 'first-agent'] as const
