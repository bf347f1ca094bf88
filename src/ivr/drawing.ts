import type { Flow, Node } from './flow.ts'
import { scaleOf } from './rating.ts'
import { waysOf } from './ways.ts'

/** A flow as a picture, in Mermaid's words. Ways that lead nowhere are drawn as well: one sees what is missing. */
export function drawing({ start, nodes }: Flow): string {
  const names = Object.entries(nodes)
  return [
    'flowchart TD',
    `  caller([caller]) --> ${boxId(start)}`,
    ...names.map(([id, node]) => `  ${boxId(id)}${shape(node, `${id}<br>${gist(node)}`)}`),
    ...names.flatMap(named =>
      waysOf(named).map(({ path, to }) => `  ${boxId(named[0])} -->|${label(path)}| ${boxId(to)}`),
    ),
    '',
  ].join('\n')
}

/** `end` and the like are words of Mermaid's. */
const boxId = (id: string): string => `n-${id}`

function label(path: string): string {
  const [, , field, ...rest] = path.split('.')
  // Of a branch, which case it is.
  const name = field!.startsWith('cases') ? field! : (rest[0] ?? field!)
  return SPELLED[name] ?? name
}

/** Mermaid takes these for its own. */
const SPELLED: Record<string, string> = { '*': '#42;', '#': '#35;' }

function shape({ type }: Node, text: string): string {
  if (['menu', 'rate', 'collect', 'branch', 'schedule'].includes(type)) return `{"${text}"}`
  return ['queue', 'hangup', 'return'].includes(type) ? `(["${text}"])` : `["${text}"]`
}

/** Expressions hold quotes, and signs that Mermaid takes for HTML. */
const spelled = (text: string): string => text.replace(/["<>#&;]/g, sign => `#${sign.charCodeAt(0)};`)

function gist(node: Node): string {
  switch (node.type) {
    case 'play':
    case 'menu':
    case 'collect':
    case 'voicemail':
    case 'comment':
      return `${node.type}: ${node.prompts.join(', ')}`
    case 'rate':
      return `rate ${scaleOf(node)}: ${node.prompts.join(', ')}`
    case 'language':
      return `language: ${node.language}`
    case 'queue':
      return `queue: ${node.queue}`
    case 'callback':
      return `callback: ${node.queue}`
    case 'say':
      return `say as ${node.as}: ${spelled(node.value)}`
    case 'set':
      return `set: ${Object.keys(node.values).join(', ')}`
    case 'branch':
      return node.cases.map(({ when }) => spelled(when)).join('<br>')
    case 'lookup':
      return `lookup: ${node.method} ${node.system} ${spelled(node.path)}`
    case 'transfer-out':
      return `transfer out: ${spelled(node.number)}`
    case 'schedule':
      return `hours: ${node.calendar}${node.queue === undefined ? '' : `, shift of ${node.queue}`}`
    case 'flow':
      return `flow: ${node.flow}`
    case 'return':
      return 'return'
    case 'hangup':
      return 'hang up'
  }
}
