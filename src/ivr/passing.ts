import {
  type CallbackNode,
  type Expression,
  type LookupNode,
  type Node,
  type NodeId,
  otherLanguage,
  type SayNode,
  type ScheduleNode,
  type Value,
} from './flow.ts'
import { dialling } from './outside.ts'
import { saying } from './saying.ts'
import { type Around, type Back, fault, type Place, type Step } from './step.ts'
import { ask } from './voicemail.ts'

/** What a node gives, and where it leads at once; nowhere where the caller stays, or leaves the flow. */
export type Passed = { steps: Step[]; next?: Place; words?: [string, Value][] }

export function pass(around: Around, place: Place, node: Node): Passed {
  const to = (id: NodeId): Place => ({ ...place, node: id })
  switch (node.type) {
    case 'play':
    case 'menu':
    case 'rate':
    case 'collect':
      return { steps: [{ kind: 'say', place, prompts: node.prompts }] }
    case 'voicemail':
    case 'comment':
      return { steps: [ask(place, node.prompts)] }
    case 'say':
      return spoken(around, place, node, to(node.otherwise))
    case 'language': {
      const language = node.language === 'other' ? otherLanguage(place.language) : node.language
      return {
        steps: [{ kind: 'language', language }],
        next: { ...to(node.next), language },
        words: [['language', language]],
      }
    }
    case 'set':
      return setWords(around, place.node, node.values, to(node.next))
    case 'branch':
      return chosen(around, place.node, node, to)
    case 'lookup':
      return asking(around, place, node, to(node.otherwise))
    case 'schedule':
      return scheduled(around, place.node, node, to)
    case 'flow': {
      const back = node.next === undefined ? place.back : remembered({ flow: place.flow, node: node.next }, place.back)
      const { id, start } = around.flow(node.flow)
      return { steps: [], next: { ...to(start), flow: id, ...(back && { back }) } }
    }
    case 'return': {
      const [last, ...back] = place.back ?? []
      return last ? { steps: [], next: { ...place, ...last, back } } : { steps: [{ kind: 'hangup' }] }
    }
    case 'callback':
      return booked(around, node, to)
    case 'transfer-out': {
      const { steps, to: refused } = dialling(around, place, node)
      return { steps, ...(refused !== undefined && { next: to(refused) }) }
    }
    case 'queue':
      return { steps: [{ kind: 'queue', queue: node.queue }] }
    case 'hangup':
      return { steps: [{ kind: 'hangup', ...(node.outcome && { outcome: node.outcome }) }] }
  }
}

/** Ways back that are further away are forgotten: whoever presses their way round through flows gets no further from home. */
const DEEPEST = 20
const remembered = (last: Back, before: readonly Back[] = []): Back[] => [last, ...before].slice(0, DEEPEST)

function spoken({ evaluate, variables }: Around, place: Place, node: SayNode, otherwise: Place): Passed {
  const { value, fault } = evaluate(node.value, variables)
  const said = typeof value === 'boolean' || value === undefined ? undefined : saying(node.as, value, place.language)
  if (said) return { steps: [{ kind: 'say', place, prompts: [...node.before, ...said, ...node.after] }] }
  const sentence = `value: ${fault ?? `is ${JSON.stringify(value)}, which cannot be said as ${node.as}`}`
  return { steps: [{ kind: 'fault', node: place.node, sentence }], next: otherwise }
}

function setWords(around: Around, node: NodeId, values: Record<string, Expression>, next: Place): Passed {
  const steps: Step[] = []
  const words: [string, Value][] = []
  let { variables } = around
  for (const [name, expression] of Object.entries(values)) {
    const { value, fault } = around.evaluate(expression, variables)
    if (fault !== undefined) steps.push({ kind: 'fault', node, sentence: `${name}: ${fault}` })
    else {
      steps.push({ kind: 'set', name, value })
      words.push([name, value])
      variables = { ...variables, [name]: value }
    }
  }
  return { steps, words, next }
}

function chosen(
  { evaluate, variables }: Around,
  node: NodeId,
  { cases, otherwise }: Extract<Node, { type: 'branch' }>,
  to: (id: NodeId) => Place,
): Passed {
  for (const [i, { when, next }] of cases.entries()) {
    const { value, fault } = evaluate(when, variables)
    if (value === true) return { steps: [], next: to(next) }
    if (value !== false) {
      const sentence = `cases[${i}]: ${fault ?? `is ${JSON.stringify(value)}, neither true nor false`}`
      return { steps: [{ kind: 'fault', node, sentence }], next: to(otherwise) }
    }
  }
  return { steps: [], next: to(otherwise) }
}

function asking({ evaluate, variables }: Around, place: Place, node: LookupNode, otherwise: Place): Passed {
  const { system, method, path, timeoutMs, prompts } = node
  const send: Record<string, Value> = {}
  for (const [name, expression] of Object.entries(node.send)) {
    const { value, fault: why } = evaluate(expression, variables)
    if (why !== undefined) return { steps: [fault(place.node, `send.${name}: ${why}`)], next: otherwise }
    send[name] = value
  }
  const isSilent = prompts.length === 0
  const lookup: Step = { kind: 'lookup', place, asked: { system, method, path, timeoutMs, send }, isSilent }
  return { steps: isSilent ? [lookup] : [{ kind: 'say', place, prompts }, lookup] }
}

function booked({ variables, mayCallBack }: Around, node: CallbackNode, to: (id: NodeId) => Place): Passed {
  const { queue, number: word, next, otherwise } = node
  const number = String(variables[word ?? 'caller'] ?? '')
  if (!mayCallBack(queue, number)) return { steps: [], next: to(otherwise) }
  return { steps: [{ kind: 'book', queue, ...(word !== undefined && { number }) }], next: to(next) }
}

/** Nobody is turned away because we do not know our own hours. */
function scheduled(
  around: Around,
  id: NodeId,
  { calendar, queue, open, closed }: ScheduleNode,
  to: (id: NodeId) => Place,
): Passed {
  const isOpen = around.isOpen(calendar, queue)
  if (isOpen === undefined) {
    return { steps: [fault(id, `there is no calendar ${calendar}`)], next: to(open) }
  }
  const step = { kind: 'hours', calendar, ...(queue !== undefined && { queue }), open: isOpen } as const
  return { steps: [step], next: to(isOpen ? open : closed) }
}
