import { LANGUAGE_NAMES } from '../ivr/flow.ts'
import type { Line } from '../ivr/rehearsal.ts'
import type { Texts } from './prompts.ts'

/** A rehearsal as one reads it. */
export const rehearsalText = (lines: readonly Line[], texts: Texts): string =>
  lines.map(line => lineText(line, texts)).join('\n')

function lineText(line: Line, texts: Texts): string {
  switch (line.kind) {
    case 'hears':
      return `${line.node}: ${line.prompts.map(prompt => texts[prompt]?.[line.language] || `[${prompt}]`).join(' ')}`
    case 'press':
      return line.key === null ? '  presses nothing' : `  presses ${line.key}`
    case 'language':
      return `  goes on in ${LANGUAGE_NAMES[line.language]}`
    case 'answer':
      return `  ${line.name} is ${line.value}${line.lowAtOrUnder === undefined ? '' : ' (low: a person is told)'}`
    case 'set':
      return `  ${line.name} is ${JSON.stringify(line.value)}`
    case 'lookup': {
      const { method, system, path, send } = line.asked
      return `  asks ${system}: ${method} ${path} ${JSON.stringify(send)}`
    }
    case 'book':
      return `  (will be called back by ${line.queue})`
    case 'record':
      return line.name === undefined ? '  speaks a message' : `  speaks a comment: ${line.name}`
    case 'keep':
      return '  (it is kept)'
    case 'drop':
      return `  (it is ${line.because === 'again' ? 'spoken anew' : 'deleted'})`
    case 'hours':
      return `  (${line.calendar}${line.queue === undefined ? '' : `, shift of ${line.queue}`}: ${line.open ? 'open' : 'closed'})`
    case 'fault':
      return `  (${line.node}: ${line.sentence})`
    case 'refusal':
      return `  (${line.node} is not dialled: ${line.sentence})`
    case 'dial':
      return `→ is put through to ${line.number}`
    case 'queue':
      return `→ waits for ${line.queue}`
    case 'hangup':
      return '→ the hotline hangs up'
    case 'astray':
      return '→ round and round: the caller is told that something went wrong'
  }
}
