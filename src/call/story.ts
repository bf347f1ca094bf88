import { sayId } from '../ids.ts'
import { type Prompt, REPLAYED } from '../ivr/flow.ts'
import type { Around } from '../ivr/step.ts'
import type { Call } from './call.ts'
import { evolve } from './evolve.ts'
import type { Fact, Happening, Outcome } from './facts.ts'
import type { View } from './view.ts'

/**
 * A prompt whose end we never heard of is taken for ended after this long. An audit sees it sooner: this is longer than any
 * that is uploaded, or left as a message, since what is taken for ended no key cuts short.
 */
export const PROMPT_AT_MOST_MS = 660_000

/** Facts being written, each folded in at once, so that the next line sees the call as it now is. */
export class Story {
  readonly facts: Fact[] = []
  call: Call
  readonly at: number
  readonly view: View

  constructor(call: Call, at: number, view: View) {
    this.call = call
    this.at = at
    this.view = view
  }

  add(fact: Unstamped<Fact>): void {
    const stamped = { ...fact, at: this.at } as Fact
    this.facts.push(stamped)
    this.call = evolve(this.call, stamped)
  }

  /** What the call's flow looks at: flows as they were in force when the caller came, and what is known of the call. */
  get around(): Around {
    const { release = 0, from, to, language, words } = this.call
    return {
      flow: id => this.view.flow(id, release),
      variables: { ...words, caller: from, called: to, language },
      evaluate: this.view.evaluate,
      mayCallBack: (queue, number) =>
        this.view.queue(queue) !== undefined && this.view.dial(number, queue, to, this.at).may !== 'never',
      isOpen: (calendar, queue) => this.view.isOpen(calendar, queue, this.at),
      toDial: number => this.view.toDial(number, to),
    }
  }

  /** Speaks to the caller. */
  say(prompts: Prompt[], place: Call['place'] = null, isComfort?: { isComfort: true }): void {
    const say = sayId(this.call.id, this.call.seq + 1)
    this.add({ kind: 'Prompted', say, prompts, place, ...isComfort, waits: { prompt: this.at + PROMPT_AT_MOST_MS } })
  }

  /** The message that they have spoken, and then the prompts. */
  replay(prompts: Prompt[], place: Call['place']): void {
    this.say([REPLAYED + this.call.message!.id, ...prompts], place)
  }

  /** What was being spoken is over. */
  finish(say: string, happening: Happening, waits: Call['waits'] = {}): void {
    const heard = happening.kind === 'PromptEnded' && happening.heard === true
    this.add({ kind: 'PromptFinished', say, ...(heard && { heard }), waits })
  }
}

type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never

export const saidAll = (happening: Happening, say: string): boolean =>
  (happening.kind === 'PromptEnded' && happening.say === say) ||
  (happening.kind === 'WaitOver' && happening.wait === 'prompt')

/** Their queue does not exist, or their flow goes round: ours is the fault, and we say so. Whom an agent still serves notices nothing. */
export const leadNowhere = (story: Story): void => dismiss(story, 'failed', ['system-error'])

/** Says a last sentence. The hang-up follows when it has been spoken. */
export function dismiss(story: Story, outcome: Outcome, prompts: Prompt[]): void {
  story.add({ kind: 'Dismissed', outcome })
  story.say(prompts)
}

/** The last prompt of a call that the hotline ends: once it is spoken, nothing more is said. */
export function finishDismissal(story: Story, happening: Happening): void {
  const { saying } = story.call
  if (saying && saidAll(happening, saying)) story.finish(saying, happening)
}
