import { lookupId } from '../ids.ts'
import type { Answered, Place, Step } from '../ivr/step.ts'
import { begin, goOn, keyMissed, keyPressed, lookedUp, messageEnded, patience, promptEnded } from '../ivr/walk.ts'
import { book } from './booking.ts'
import type { Call } from './call.ts'
import type { Happening, Outcome } from './facts.ts'
import { joinQueue } from './inLine.ts'
import { beginMessage, endMessage, isSpoken, keepMessage } from './message.ts'
import { finishDismissal, leadNowhere, type Story, saidAll } from './story.ts'
import { dialOut } from './transferring.ts'

export function arriving(story: Story, happening: Happening): void {
  if (happening.kind !== 'Answered' || story.call.dismissed) return
  story.add({ kind: 'CallAnswered' })
  enter(story, story.call.flow)
}

export function inFlow(story: Story, happening: Happening): void {
  const { place, saying } = story.call
  if (!place || story.call.dismissed) {
    finishDismissal(story, happening)
    return
  }
  if (happening.kind === 'LookedUp') {
    if (happening.lookup === story.call.lookup?.id) lookupEnded(story, place, happening)
  } else if (isSpoken(story.call, happening)) {
    const spokenMs = endMessage(story, happening)
    follow(story, messageEnded(story.around, place, spokenMs))
  } else if (happening.kind === 'KeyPressed') {
    const steps = keyPressed(story.around, place, happening.key)
    const { key } = story.call.waits
    // What means nothing is no answer.
    const waits = steps.length === 0 && key !== undefined && { waits: { key } }
    story.add({ kind: 'KeyPressed', key: happening.key, ...waits })
    follow(story, steps)
  } else if (happening.kind === 'WaitOver' && happening.wait === 'key') {
    story.add({ kind: 'KeyMissed' })
    follow(story, keyMissed(story.around, place))
  } else if (happening.kind === 'WaitOver' && happening.wait === 'music') {
    if (story.call.lookup) story.add({ kind: 'MusicBegun' })
  } else if (saying && saidAll(happening, saying)) {
    story.finish(saying, happening, afterPrompt(story, place))
    follow(story, promptEnded(story.around, place))
  }
}

/** So long nothing at all is heard before music is; ms. */
const SILENCE_MS = 1_000

/** What is waited for where nothing is said any more: an answer, or a key. */
function afterPrompt({ call, around, at }: Story, place: Place): Call['waits'] {
  if (call.lookup) return { music: at + SILENCE_MS }
  const patienceMs = patience(around, place)
  return patienceMs === undefined ? {} : { key: at + patienceMs }
}

/** What is being said is said to its end. */
function lookupEnded(story: Story, place: Place, answered: Answered): void {
  const { steps, onward } = lookedUp(story.around, place, answered)
  const ok = answered.failure === undefined && steps.every(step => step.kind !== 'fault')
  story.add({ kind: 'LookupEnded', lookup: story.call.lookup!.id, ok, place: onward })
  follow(story, steps)
  if (!story.call.saying) follow(story, goOn(story.around, onward))
}

/** Goes on in a flow, where there is one to go on in. */
export function enter(story: Story, flow: string | undefined): void {
  if (flow !== undefined) follow(story, begin(story.around, flow, story.call.language))
}

export function follow(story: Story, steps: Step[]): void {
  for (const step of steps) {
    switch (step.kind) {
      case 'say':
        story.say(step.prompts, step.place)
        break
      case 'listen':
        story.add({ kind: 'KeysKept', place: step.place, waits: { key: story.at + step.forMs } })
        break
      case 'lookup': {
        const { place, asked } = step
        const lookup = lookupId(story.call.id, story.call.seq + 1)
        const silent = step.isSilent && ({ isSilent: true, waits: { music: story.at + SILENCE_MS } } as const)
        story.add({ kind: 'LookupBegun', lookup, asked, place, ...silent })
        break
      }
      case 'record': {
        const { kind: _, place, ...limits } = step
        beginMessage(story, place, limits)
        break
      }
      case 'replay':
        story.replay(step.prompts, step.place)
        break
      case 'keep':
        keepMessage(story)
        break
      case 'drop':
        story.add({ kind: 'MessageDropped', message: story.call.message!.id, because: step.because })
        break
      case 'set':
        story.add({ kind: 'WordSet', name: step.name, value: step.value })
        break
      case 'hours': {
        const { kind: _, ...asked } = step
        story.add({ kind: 'HoursAsked', ...asked })
        break
      }
      case 'fault':
        story.add({ kind: 'FlowFault', node: step.node, sentence: step.sentence })
        break
      case 'dial':
        if (story.call.surveyOffered) noWayBack(story, 'to a number outside')
        else dialOut(story, step)
        break
      case 'refusal': {
        const { kind: _, ...refused } = step
        story.add({ kind: 'DiallingRefused', ...refused })
        break
      }
      case 'language':
        story.add({ kind: 'LanguageChosen', language: step.language })
        break
      case 'answer':
        answered(story, step)
        break
      case 'book':
        book(story, { ...step, because: 'asked' })
        break
      case 'queue':
        if (story.call.surveyOffered) noWayBack(story, 'to a line')
        else enter(story, joinQueue(story, step.queue))
        break
      case 'hangup':
        story.add({ kind: 'Dismissed', outcome: outcomeOf(story.call, step.outcome), atOnce: true })
        break
      case 'astray':
        leadNowhere(story)
    }
  }
}

/** Only what is asked about a talk is that agent's rating; who answers again has answered. */
function answered(story: Story, { name, scale, value, lowAtOrUnder }: Extract<Step, { kind: 'answer' }>): void {
  const { surveyOffered, answers = [] } = story.call
  if (!surveyOffered) story.add({ kind: 'WordSet', name, value })
  else if (!answers.some(answer => answer.name === name)) {
    story.add({ kind: 'SurveyAnswered', rating: value, name, scale })
    if (lowAtOrUnder === undefined) return
    story.add({ kind: 'LowScore', name, score: value, atOrUnder: lowAtOrUnder })
    const queue = story.view.queue(story.call.queue ?? '')
    const isAboutThat = story.call.callback?.because === 'low-score'
    if (queue?.callback.afterLowScore && !isAboutThat) book(story, { queue: queue.id, because: 'low-score' })
  }
}

/** A call has one talk, which was before the survey. */
function noWayBack(story: Story, whither: string): void {
  story.add({ kind: 'FlowFault', node: story.call.place?.node ?? '', sentence: `a survey cannot lead ${whither}` })
  story.add({ kind: 'Dismissed', outcome: 'answered', atOnce: true })
}

/** Whoever was in line, and was then neither served nor told that it is closed, has not been served. */
function outcomeOf({ surveyOffered, queuedAt, messages, booked }: Call, named: Outcome | undefined): Outcome {
  if (surveyOffered) return 'answered'
  if (messages) return 'voicemail'
  if (booked) return 'callback-booked'
  return named ?? (queuedAt === null ? 'self-served' : 'abandoned-in-queue')
}
