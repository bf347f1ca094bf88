import { begin, keyMissed, keyPressed, patience, promptEnded, type Step } from '../ivr/walk.ts'
import type { Happening } from './facts.ts'
import { joinQueue } from './inLine.ts'
import { finishDismissal, leadNowhere, type Story, saidAll } from './story.ts'

export function arriving(story: Story, happening: Happening): void {
  if (happening.kind !== 'Answered') return
  story.add({ kind: 'CallAnswered' })
  follow(story, begin(story.around, story.call.flow, story.call.language))
}

export function inFlow(story: Story, happening: Happening): void {
  const { place, saying } = story.call
  if (!place || story.call.dismissed) {
    finishDismissal(story, happening)
    return
  }
  if (happening.kind === 'KeyPressed') {
    story.add({ kind: 'KeyPressed', key: happening.key })
    follow(story, keyPressed(story.around, place, happening.key))
  } else if (happening.kind === 'WaitOver' && happening.wait === 'key') {
    story.add({ kind: 'KeyMissed' })
    follow(story, keyMissed(story.around, place))
  } else if (saying && saidAll(happening, saying)) {
    const patienceMs = patience(story.around, place)
    const waits = patienceMs === undefined ? {} : { key: story.at + patienceMs }
    story.finish(saying, happening, waits)
    follow(story, promptEnded(story.around, place))
  }
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
      case 'set':
        story.add({ kind: 'WordSet', name: step.name, value: step.value })
        break
      case 'fault':
        story.add({ kind: 'FlowFault', node: step.node, sentence: step.sentence })
        break
      case 'language':
        story.add({ kind: 'LanguageChosen', language: step.language })
        break
      case 'answer':
        story.add({ kind: 'SurveyAnswered', rating: step.value })
        break
      case 'queue':
        joinQueue(story, step.queue)
        break
      case 'hangup':
        story.add({ kind: 'Dismissed', outcome: story.call.surveyOffered ? 'answered' : 'self-served' })
        break
      case 'astray':
        leadNowhere(story)
    }
  }
}
