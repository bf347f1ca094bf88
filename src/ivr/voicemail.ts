import type { NodeId, Prompt, SpokenNode, VoicemailNode } from './flow.ts'
import { type Dropped, fault, type Place, type Step } from './step.ts'

/** What comes next for who leaves a message or a comment, and which node then, where they are through with it. */
export type Turn = { steps: Step[]; to?: NodeId }

const STAY: Turn = { steps: [] }

/** What follows is the message. */
export const BEEP: Prompt = 'beep'

/** Asked for one, by these prompts and the tone; after them it is recorded. */
export function ask({ stage: _, ...place }: Place, prompts: readonly Prompt[]): Step {
  return { kind: 'say', place, prompts: [...prompts, BEEP] }
}

export function record(place: Place, node: SpokenNode): Step {
  const { leastMs, mostMs, silenceMs } = node
  const whose = node.type === 'comment' ? { name: node.name } : { queue: node.queue }
  return { kind: 'record', place: { ...place, stage: 'recording' }, ...whose, leastMs, mostMs, silenceMs }
}

/** So much was spoken; undefined: it could not be recorded. */
export function spoken(place: Place, node: SpokenNode, spokenMs: number | undefined): Turn {
  if (spokenMs === undefined)
    return {
      steps: [
        drop('refused'),
        fault(place.node, `the ${node.type === 'comment' ? 'comment' : 'message'} could not be recorded`),
      ],
      to: node.otherwise,
    }
  if (spokenMs >= node.leastMs) return node.type === 'comment' ? left(node) : { steps: [review(place, node)] }
  if (place.tries >= node.tries) return { steps: [drop('empty')], to: node.otherwise }
  return { steps: [drop('empty'), ask(onceMore(place), node.again)] }
}

export function pressed(place: Place, node: SpokenNode, key: string): Turn {
  if (place.stage === 'recording') return STAY
  // Not #, which may have ended the answer before.
  if (node.type === 'comment') return key === '*' ? { steps: [], to: node.otherwise } : STAY
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

/** Who has spoken and presses nothing has left a message; a comment is left at once. */
export const left = (node: SpokenNode): Turn => ({ steps: [{ kind: 'keep' }], to: node.next })

const onceMore = (place: Place): Place => ({ ...place, tries: place.tries + 1 })

const review = (place: Place, { review }: VoicemailNode): Step => ({
  kind: 'say',
  place: { ...place, stage: 'reviewing' },
  prompts: review,
})

const drop = (because: Dropped): Step => ({ kind: 'drop', because })
