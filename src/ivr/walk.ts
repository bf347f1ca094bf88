import {
  type CollectNode,
  type Expression,
  type Flow,
  type Language,
  type MenuNode,
  type Node,
  type NodeId,
  otherLanguage,
  type Prompt,
  type RateNode,
  type SayNode,
  type Value,
  type Variables,
} from './flow.ts'
import { isWhole, looksLike } from './keys.ts'
import { saying } from './saying.ts'

/** Where a caller stands in a flow. `tries`: how often the node's question has been put. */
export type Place = {
  flow: string
  node: NodeId
  tries: number
  language: Language
  /** What has been keyed in so far, where a number is asked for. */
  keyed?: string
  /** Where to go on when this flow returns, the last first. */
  back?: readonly Back[]
}
type Back = { flow: string; node: NodeId }

/** What comes next for the caller, in order. The last step of a walk is the one the caller stays at. */
export type Step =
  | { kind: 'say'; place: Place; prompts: Prompt[] }
  /** Nothing is said: another key is waited for, so long. */
  | { kind: 'listen'; place: Place; forMs: number }
  | { kind: 'language'; language: Language }
  | { kind: 'answer'; name: string; value: number }
  | { kind: 'set'; name: string; value: Value }
  /** It could not be told what an expression is. */
  | { kind: 'fault'; node: NodeId; sentence: string }
  | { kind: 'queue'; queue: string }
  | { kind: 'hangup' }
  /** Round and round, without a word: the flow is at fault. */
  | { kind: 'astray' }

/** What a walk looks at beyond the flow: the call's other flows, its words, and what expressions make of them. */
export type Around = {
  readonly flow: (id: string) => Flow
  readonly variables: Variables
  readonly evaluate: (expression: Expression, variables: Variables) => Evaluated
}
export type Evaluated = { value: Value; fault?: undefined } | { value?: undefined; fault: string }

/** Enters a flow at its beginning. */
export function begin(around: Around, flow: string, language: Language): Step[] {
  return enter(around, { flow, node: around.flow(flow).start, tries: 1, language })
}

/** The prompt was spoken to its end: a play node leads on, a question now waits for a key (no steps: stay). */
export function promptEnded(around: Around, place: Place): Step[] {
  const node = nodeAt(around, place)
  return node.type === 'play' || node.type === 'say' ? goTo(around, place, node.next) : []
}

/** How long to wait for a key once the prompt has ended, in ms; undefined where no key is asked for. */
export function patience(around: Around, place: Place): number | undefined {
  const node = nodeAt(around, place)
  return isQuestion(node) ? node.patienceMs : undefined
}

/**
 * A key was pressed. Who knows the menu need not hear the greeting before it: the key counts at once. Where it means
 * nothing it changes nothing (no steps).
 */
export function keyPressed(around: Around, place: Place, key: string): Step[] {
  const node = nodeAt(around, place)
  switch (node.type) {
    case 'play':
    case 'say': {
      const next = around.flow(place.flow).nodes[node.next]
      return next?.type === 'menu' && Object.hasOwn(next.keys, key) ? goTo(around, place, next.keys[key]!) : []
    }
    case 'menu': {
      const next = Object.hasOwn(node.keys, key) ? node.keys[key] : undefined
      if (next !== undefined) return goTo(around, place, next)
      return askAgain(around, place, node, [...node.wrongKey, ...node.prompts])
    }
    case 'rate': {
      const value = /^[0-9]$/.test(key) ? Number(key) : Number.NaN
      if (!(value >= node.lowest && value <= node.highest)) return askAgain(around, place, node, node.again)
      return [{ kind: 'answer', name: node.name, value }, ...goTo(around, place, node.next)]
    }
    case 'collect': {
      if (key === node.terminator) return collected(around, place, node)
      const keyed = (place.keyed ?? '') + key
      if (keyed.length >= node.most) return collected(around, { ...place, keyed }, node)
      return [{ kind: 'listen', place: { ...place, keyed }, forMs: node.betweenMs }]
    }
    default:
      return []
  }
}

/** No key came in time. */
export function keyMissed(around: Around, place: Place): Step[] {
  const node = nodeAt(around, place)
  if (node.type === 'menu') return askAgain(around, place, node, [...node.noKey, ...node.prompts])
  if (node.type === 'rate') return askAgain(around, place, node, node.again)
  return node.type === 'collect' ? collected(around, place, node) : []
}

/** That is all that is keyed in. */
function collected(around: Around, place: Place, node: CollectNode): Step[] {
  const { keyed = '' } = place
  if (!isWhole(keyed, node) || !looksLike(keyed, node.pattern)) return askAgain(around, place, node, node.again)
  return [{ kind: 'set', name: node.name, value: keyed }, ...goTo(withWord(around, node.name, keyed), place, node.next)]
}

function askAgain(around: Around, place: Place, node: MenuNode | RateNode | CollectNode, prompts: Prompt[]): Step[] {
  if (place.tries >= node.tries) return goTo(around, place, node.otherwise)
  const { keyed: _, ...again } = place
  return [{ kind: 'say', place: { ...again, tries: place.tries + 1 }, prompts }]
}

function goTo(around: Around, { flow, language, back }: Place, node: NodeId): Step[] {
  return enter(around, { flow, node, tries: 1, language, ...(back && { back }) })
}

/** More nodes than that nobody passes without hearing a word. */
const SILENT_NODES_AT_MOST = 500

/** From node to node, until the caller hears something or leaves. */
function enter(start: Around, from: Place): Step[] {
  const steps: Step[] = []
  let around = start
  let place: Place | undefined = from
  for (let passed = 0; passed < SILENT_NODES_AT_MOST; passed += 1) {
    const node: Node = nodeAt(around, place)
    const { steps: more, next, words } = pass(around, place, node)
    steps.push(...more)
    for (const [name, value] of words ?? []) around = withWord(around, name, value)
    if (!next) return steps
    place = next
  }
  return [...steps, { kind: 'astray' }]
}

/** What a node gives, and where it leads at once; nowhere where the caller stays, or leaves the flow. */
type Passed = { steps: Step[]; next?: Place; words?: [string, Value][] }

function pass(around: Around, place: Place, node: Node): Passed {
  const to = (id: NodeId): Place => ({ ...place, node: id })
  switch (node.type) {
    case 'play':
    case 'menu':
    case 'rate':
    case 'collect':
      return { steps: [{ kind: 'say', place, prompts: node.prompts }] }
    case 'say':
      return spoken(around, place, node, to(node.otherwise))
    case 'language': {
      const language = node.language === 'other' ? otherLanguage(place.language) : node.language
      return { steps: [{ kind: 'language', language }], next: { ...to(node.next), language } }
    }
    case 'set':
      return setWords(around, place.node, node.values, to(node.next))
    case 'branch':
      return chosen(around, place.node, node, to)
    case 'flow': {
      const back = node.next === undefined ? place.back : [{ flow: place.flow, node: node.next }, ...(place.back ?? [])]
      const { start } = around.flow(node.flow)
      return { steps: [], next: { ...to(start), flow: node.flow, ...(back && { back }) } }
    }
    case 'return': {
      const [last, ...back] = place.back ?? []
      return last ? { steps: [], next: { ...place, ...last, back } } : { steps: [{ kind: 'hangup' }] }
    }
    case 'queue':
      return { steps: [{ kind: 'queue', queue: node.queue }] }
    case 'hangup':
      return { steps: [{ kind: 'hangup' }] }
  }
}

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

const withWord = (around: Around, name: string, value: Value): Around => ({
  ...around,
  variables: { ...around.variables, [name]: value },
})

const isQuestion = (node: Node): node is MenuNode | RateNode | CollectNode =>
  node.type === 'menu' || node.type === 'rate' || node.type === 'collect'

function nodeAt(around: Around, { flow, node: id }: Place): Node {
  const node = around.flow(flow).nodes[id]
  if (!node) throw new Error(`flow ${flow} has no node ${id}`)
  return node
}
