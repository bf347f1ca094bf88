import type { NodeId, Prompt, VoicemailNode } from './flow.ts'
import { type Dropped, fault, type Place, type Step } from './step.ts'

/** What comes next for who leaves a message, and which node then, where they are through with it. */
export type Turn = { steps: Step[]; to?: NodeId }

const STAY: Turn = { steps: [] }

/** What follows is the message. */
export const BEEP: Prompt = 'beep'

/** Asked for one, by these prompts and the tone; after them it is recorded. */
export function ask({ stage: _, ...place }: Place, prompts: readonly Prompt[]): Step {
  return { kind: 'say', place, prompts: [...prompts, BEEP] }
}

export function record(place: Place, { queue, leastMs, mostMs, silenceMs }: VoicemailNode): Step {
  return { kind: 'record', place: { ...place, stage: 'recording' }, queue, leastMs, mostMs, silenceMs }
}

/** So much was spoken; undefined: it could not be recorded. */
export function spoken(place: Place, node: VoicemailNode, spokenMs: number | undefined): Turn {
  if (spokenMs === undefined)
    return { steps: [drop('refused'), fault(place.node, 'the message could not be recorded')], to: node.otherwise }
  if (spokenMs >= node.leastMs) return { steps: [review(place, node)] }
  if (place.tries >= node.tries) return { steps: [drop('empty')], to: node.otherwise }
  return { steps: [drop('empty'), ask(onceMore(place), node.again)] }
}

export function pressed(place: Place, node: VoicemailNode, key: string): Turn {
  if (place.stage === 'recording') return STAY
  if (place.stage === undefined) return key === '#' ? { steps: [ask(place, [])] } : STAY
  switch (key) {
    case '1':
      return left(node)
    case '2':
      return { steps: [{ kind: 'replay', place, prompts: node.review }] }
    case '3':
      if (place.tries >= node.tries) return { steps: [review(place, node)] }
      return { steps: [drop('again'), ask(onceMore(place), [])] }
    case '*':
      return { steps: [drop('deleted')], to: node.otherwise }
    case '#':
      // That which ended the message may be heard of after its end.
      return STAY
    default:
      return { steps: [review(place, node)] }
  }
}

/** Who has spoken and presses nothing has left a message. */
export const left = (node: VoicemailNode): Turn => ({ steps: [{ kind: 'keep' }], to: node.next })

const onceMore = (place: Place): Place => ({ ...place, tries: place.tries + 1 })

const review = (place: Place, { review }: VoicemailNode): Step => ({
  kind: 'say',
  place: { ...place, stage: 'reviewing' },
  prompts: review,
})

const drop = (because: Dropped): Step => ({ kind: 'drop', because })
