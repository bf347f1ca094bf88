import { numberToShow } from '../dialling/dialling.ts'
import { askedToo, DUTY, howMany, MEANING, type Settled, telling, type Waiting } from '../duty/duty.ts'
import { bridgeId, customerId, outsideId } from '../ids.ts'
import type { Prompt } from '../ivr/flow.ts'
import { type Call, openOutside } from './call.ts'
import { RINGS_MS } from './callback.ts'
import { NO_ANSWER, NORMAL_CLEARING } from './causes.ts'
import type { EndedBy, Fact, Happening, Outcome } from './facts.ts'
import { FILING_AFTER_MS } from './leaving.ts'
import { unansweredBy } from './outside.ts'
import { dismiss, finishDismissal, type Story, saidAll } from './story.ts'

/**
 * The call of somebody on duty, who hears what callers have left and sees to it by keys:
 *
 *   begun → who → pin ⇄ checking → messages
 *
 * `who` is asked of those who dial in: what number they show proves nothing. What is keyed in there and as PIN never comes
 * here, but is kept where it is checked (`switchboard/keyed.ts`): only its # does.
 */
export function onDuty(story: Story, happening: Happening): void {
  const meant = ofTheirs(story.call, happening)
  if (meant.kind === 'CallerGone') gone(story, meant)
  else if (story.call.dismissed) finishDismissal(story, meant)
  else if (openOutside(story.call)) takingOver(story, meant)
  else STAGES[story.call.duty!.stage](story, meant)
}

/** What the channel does that we have dialled ourselves is what a caller's does. */
function ofTheirs({ channel }: Call, happening: Happening): Happening {
  const { at } = happening
  if (happening.kind === 'CallerLeftUs') return { kind: 'CallerGone', cause: NORMAL_CLEARING, by: 'caller', at }
  if (!('leg' in happening) || happening.leg !== channel) return happening
  if (happening.kind === 'LegEnded') return { kind: 'CallerGone', cause: happening.cause, by: 'caller', at }
  return happening.kind === 'LegKey' ? { kind: 'KeyPressed', key: happening.key, at } : happening
}

const STAGES = { begun, who, pin, checking, messages }

/** They dial in. */
export function dialledIn(arrived: Happening & { kind: 'Arrived' }): Fact {
  const { channel, from, name, to, language, release, at } = arrived
  const is = { id: channel, channel, from, name, to, flow: DUTY, language }
  return { kind: 'DutyBegan', ...is, ...(release !== undefined && { release }), at }
}

/** They are dialled, at that number, about these messages. */
export function dialledOut({ kind: _, at, id, from, to, language, ...due }: Happening & { kind: 'DutyDue' }): Fact {
  const is = { id, channel: customerId(id, 1), from, name: '', to, flow: DUTY, language }
  return { kind: 'DutyBegan', ...is, ...due, waits: { dial: at + RINGS_MS }, at }
}

function begun(story: Story, happening: Happening): void {
  const { duty, channel } = story.call
  if (happening.kind === 'Answered' && duty!.dialled === null) {
    story.add({ kind: 'CallAnswered' })
    ask(story, 'who', ['duty-who'])
  } else if (happening.kind === 'WaitOver' && happening.wait === 'dial') end(story, 'not-reached', NO_ANSWER)
  else if (!('leg' in happening) || happening.leg !== channel) return
  else if (happening.kind === 'LegAnswered' && duty!.reachedAt === null) story.add({ kind: 'DutyReached' })
  else if (happening.kind === 'OnTape') {
    if (duty!.reachedAt === null) story.add({ kind: 'DutyReached' })
    story.add({ kind: 'CallAnswered' })
    ask(story, 'pin', ['duty-calling', 'duty-pin'])
  }
}

function ask(story: Story, what: 'who' | 'pin', prompts: Prompt[], again = false): void {
  story.add({ kind: 'DutyAsked', for: what, ...(again && { again }) })
  story.say(prompts)
}

function who(story: Story, happening: Happening): void {
  if (happening.kind === 'KeyPressed' && happening.key === '#') ask(story, 'pin', ['duty-pin'])
  else patiently(story, happening, () => ask(story, 'who', ['duty-who'], true))
}

function pin(story: Story, happening: Happening): void {
  if (happening.kind === 'KeyPressed' && happening.key === '#') story.add({ kind: 'PinGiven' })
  else patiently(story, happening, () => ask(story, 'pin', ['duty-pin'], true))
}

/** Also where it was lost: nobody goes on for ever. */
const REFUSED_AT_MOST = 3

function checking(story: Story, happening: Happening): void {
  if (happening.kind !== 'PinChecked') return
  const { result } = happening
  if (result === 'failed') dismiss(story, 'failed', ['system-error'])
  else if (typeof result === 'object') {
    const waiting = result.waiting.filter(one => isWanted(story, one))
    story.add({ kind: 'DutyEntered', ...result, waiting })
    if (waiting.length === 0) dismiss(story, 'self-served', ['duty-none'])
    else tell(story, howMany(waiting.length))
  } else {
    story.add({ kind: 'PinRefused', because: result })
    if (story.call.duty!.refused >= REFUSED_AT_MOST) dismiss(story, 'blocked', ['duty-refused'])
    else askAnew(story, result === 'wrong' ? ['duty-wrong'] : [])
  }
}

/** Who dialled in may have mistaken either. */
function askAnew(story: Story, before: Prompt[]): void {
  const what = story.call.duty!.dialled === null ? 'who' : 'pin'
  ask(story, what, [...before, `duty-${what}`])
}

function messages(story: Story, happening: Happening): void {
  if (happening.kind === 'KeyPressed') chosen(story, happening.key)
  else patiently(story, happening, () => tell(story, [], true))
}

function chosen(story: Story, key: string): void {
  story.add({ kind: 'KeyPressed', key })
  switch (MEANING[key]) {
    case 'again':
      tell(story)
      break
    case 'keep':
      settle(story, 'kept')
      break
    case 'take-over':
      if (isWanted(story, theirs(story.call))) takeOver(story)
      else tell(story)
      break
    case 'pass-on':
      settle(story, 'passed')
      break
    case 'done':
      settle(story, 'done')
      break
    case undefined:
      // It means nothing, and is no answer: the keys are told again.
      if (!story.call.saying) story.say(['duty-keys'])
  }
}

const theirs = ({ duty }: Call): Waiting => duty!.waiting[duty!.at]!

/** Not once its caller was called back or served, which may be while others are heard. */
const isWanted = ({ view }: Story, { callback }: Waiting): boolean =>
  callback === null || view.standOf(callback) !== 'over'

/** The next that is wanted. `again`: nothing was pressed, so only the keys are told. */
function tell(story: Story, before: Prompt[] = [], again = false): void {
  const { waiting, at, person } = story.call.duty!
  const message = waiting.slice(at).find(one => isWanted(story, one))
  if (!message) {
    dismiss(story, 'self-served', ['duty-no-more'])
    return
  }
  const isSame = again && message === waiting[at]
  story.add({ kind: 'MessageTold', message: message.id, person: person!, ...(isSame && { again: true as const }) })
  story.say(isSame ? ['duty-keys'] : [...before, ...telling(message, story.call.language)])
}

function settle(story: Story, as: Settled): void {
  settled(story, as)
  tell(story)
}

function settled(story: Story, as: Settled): void {
  const { id: message, callback, asked } = theirs(story.call)
  const { person, until } = story.call.duty!
  const wasAsked = asked.at(-1) === person ? [...asked] : askedToo(asked, person!)
  const onward = as === 'passed' ? { asked: wasAsked } : as === 'kept' ? { until } : {}
  story.add({ kind: 'MessageSettled', message, person: person!, as, callback, ...onward })
}

const NOT_REACHED: Prompt[] = ['duty-not-reached', 'duty-keys']

/** By the dialling rules, as any number outside; nobody whom we have on the line. */
function takeOver(story: Story): void {
  const { call, view, at } = story
  const { id: message, queue, from, to, callback } = theirs(call)
  const isOnTheLine = callback !== null && view.standOf(callback) === 'on-the-line'
  const { number, refusal } = view.toDial(from, to)
  if (isOnTheLine || refusal) {
    if (refusal) story.add({ kind: 'DiallingRefused', node: DUTY, ...refusal })
    story.say(NOT_REACHED)
    return
  }
  const shows = numberToShow(view.queue(queue)?.shows, to)
  story.add({ kind: 'TakeOverBegun', message, person: call.duty!.person!, callback })
  story.add({
    ...{ kind: 'OutsideDialled', outside: outsideId(call.id, story.call.seq + 1), number, place: null },
    ...{ meanwhile: 'ringing', isSilent: true, waits: { outside: at + RINGS_MS } },
    ...(shows !== undefined && { shows }),
  })
}

/** Until the customer hangs up; then the next message is told. */
function takingOver(story: Story, happening: Happening): void {
  const { id: outside, rangAt, answeredAt } = openOutside(story.call)!
  if (happening.kind === 'WaitOver' && happening.wait === 'outside') notReached(story, NO_ANSWER)
  if (!('leg' in happening) || happening.leg !== outside) return
  if (happening.kind === 'LegRang' && rangAt === null) story.add({ kind: 'OutsideRang', outside })
  else if (happening.kind === 'LegAnswered' && answeredAt === null) {
    story.add({ kind: 'OutsideAnswered', outside, bridge: bridgeId(story.call.id) })
    settled(story, 'taken')
  } else if (happening.kind === 'LegEnded' && answeredAt === null) notReached(story, happening.cause)
  else if (happening.kind === 'LegEnded') {
    story.add({ kind: 'OutsideEnded', outside, result: 'answered', cause: happening.cause })
    tell(story)
  }
}

function notReached(story: Story, cause: number): void {
  story.add({ kind: 'OutsideEnded', outside: story.call.outside!.id, result: unansweredBy(cause), cause })
  story.say(NOT_REACHED)
}

const PATIENCE_MS = 15_000
const SILENT_AT_MOST = 2

/** What was said is over, or nothing was pressed since: it is said again, and at last they are let go. With each digit they have time anew. */
function patiently(story: Story, happening: Happening, again: () => void): void {
  const { saying, duty, waits } = story.call
  if (happening.kind === 'DutyKeyed') {
    const isAwaited = waits.key !== undefined
    story.add({ kind: 'DutyKeyed', ...(isAwaited && { waits: { key: story.at + PATIENCE_MS } }) })
    return
  }
  if (saying && saidAll(happening, saying)) story.finish(saying, happening, { key: story.at + PATIENCE_MS })
  else if (happening.kind === 'WaitOver' && happening.wait === 'key') {
    story.add({ kind: 'KeyMissed' })
    if (duty!.silent < SILENT_AT_MOST) again()
    else dismiss(story, outcomeOf(story.call), [duty!.person === null ? 'duty-refused' : 'goodbye'])
  }
}

function gone(story: Story, { cause, by, at }: Happening & { kind: 'CallerGone' }): void {
  const { call } = story
  const isFailed = by === 'asterisk' && call.duty!.person === null
  end(story, isFailed ? 'failed' : outcomeOf(call), cause, call.dismissed ? 'hotline' : by, at)
}

/** Who was not let in has done nothing here. */
function outcomeOf({ duty, dismissed }: Call): Outcome {
  if (dismissed) return dismissed
  if (duty!.person !== null) return 'self-served'
  return duty!.dialled === null ? 'abandoned-in-flow' : 'not-reached'
}

function end(story: Story, outcome: Outcome, cause: number, by: EndedBy = 'hotline', goneAt = story.at): void {
  const { duty, answeredAt } = story.call
  const isOnTape = duty!.dialled === null || answeredAt !== null
  story.add({
    ...{ kind: 'CallEnded', outcome, short: false, by, cause },
    ...(goneAt < story.at && { goneAt }),
    ...(isOnTape && { waits: { filing: story.at + FILING_AFTER_MS } }),
  })
}
