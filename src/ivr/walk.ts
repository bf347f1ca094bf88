import type {
  CollectNode,
  Language,
  LookupNode,
  MenuNode,
  Node,
  NodeId,
  Prompt,
  RateNode,
  SpokenNode,
  TransferOutNode,
} from './flow.ts'
import { isWhole, looksLike } from './keys.ts'
import type { Unreached } from './outside.ts'
import { pass } from './passing.ts'
import { mayGoOn, NEXT_KEY_MS, scaleOf, scoreOf } from './rating.ts'
import { type Answered, type Around, fault, nodeAt, type Place, type Step, withWord } from './step.ts'
import { left, pressed, record, spoken, type Turn } from './voicemail.ts'

/** Enters a flow at its beginning. */
export function begin(around: Around, flow: string, language: Language): Step[] {
  // It may be another that stands in for it: where that goes on is told by its own name.
  const { id, start } = around.flow(flow)
  return enter(around, { flow: id, node: start, tries: 1, language })
}

/** The prompt was spoken to its end: a play node leads on, a question now waits for a key (no steps: stay). */
export function promptEnded(around: Around, place: Place): Step[] {
  const node = nodeAt(around, place)
  if (node.type === 'lookup') return place.onward === undefined ? [] : goTo(around, place, place.onward)
  if (node.type === 'voicemail' || node.type === 'comment')
    return place.stage === undefined ? [record(place, node)] : []
  return node.type === 'play' || node.type === 'say' ? goTo(around, place, node.next) : []
}

/** A message or a comment has come to its end, after so much speech; undefined: it could not be recorded. */
export function messageEnded(around: Around, place: Place, spokenMs: number | undefined): Step[] {
  return taken(around, place, spoken(place, nodeAt(around, place) as SpokenNode, spokenMs))
}

/** A customer system has answered, or failed: the words it gives, and where that leads. */
export function lookedUp(
  around: Around,
  place: Place,
  { answer, failure }: Answered,
): { steps: Step[]; onward: Place } {
  const node = nodeAt(around, place) as LookupNode
  const to = (onward: NodeId): Place => ({ ...place, onward })
  const failed = (sentence: string) => ({ steps: [fault(place.node, sentence)], onward: to(node.otherwise) })
  if (failure !== undefined) return failed(failure)
  const steps: Step[] = []
  for (const [name, expression] of Object.entries(node.take)) {
    const { value, fault } = around.evaluate(expression, { ...around.variables, answer })
    if (fault !== undefined) return failed(`take.${name}: ${fault}`)
    steps.push({ kind: 'set', name, value })
  }
  return { steps, onward: to(node.next) }
}

/** Goes on to where the answer leads. */
export const goOn = (around: Around, place: Place): Step[] => goTo(around, place, place.onward!)

/** Whom they were to be put through to was not reached. */
export const unreached = (around: Around, place: Place, why: Unreached): Step[] =>
  goTo(around, place, (nodeAt(around, place) as TransferOutNode)[why])

/** How long to wait for a key once the prompt has ended, in ms; undefined where no key is asked for. */
export function patience(around: Around, place: Place): number | undefined {
  const node = nodeAt(around, place)
  const isAsked = isQuestion(node) || (node.type === 'voicemail' && place.stage === 'reviewing')
  return isAsked ? node.patienceMs : undefined
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
      const { keyed = '' } = place
      // By itself it may have ended the answer before: who presses 9 and # has answered with the 9.
      if (key === '#') return keyed === '' ? [] : rated(around, place, node)
      const more = { ...place, keyed: keyed + key }
      return mayGoOn(node, more.keyed)
        ? [{ kind: 'listen', place: more, forMs: NEXT_KEY_MS }]
        : rated(around, more, node)
    }
    case 'collect': {
      if (key === node.terminator) return collected(around, place, node)
      const keyed = (place.keyed ?? '') + key
      if (keyed.length >= node.most) return collected(around, { ...place, keyed }, node)
      return [{ kind: 'listen', place: { ...place, keyed }, forMs: node.betweenMs }]
    }
    case 'voicemail':
    case 'comment':
      return taken(around, place, pressed(place, node, key))
    default:
      return []
  }
}

/** No key came in time. */
export function keyMissed(around: Around, place: Place): Step[] {
  const node = nodeAt(around, place)
  if (node.type === 'menu') return askAgain(around, place, node, [...node.noKey, ...node.prompts])
  if (node.type === 'rate') return rated(around, place, node)
  if (node.type === 'voicemail') return taken(around, place, left(node))
  return node.type === 'collect' ? collected(around, place, node) : []
}

/** That is the whole answer. */
function rated(around: Around, place: Place, node: RateNode): Step[] {
  const { name, lowAtOrUnder, next } = node
  const value = scoreOf(node, place.keyed ?? '')
  if (value === undefined) return askAgain(around, place, node, node.again)
  const isLow = lowAtOrUnder !== undefined && value <= lowAtOrUnder
  const answer: Step = { kind: 'answer', name, scale: scaleOf(node), value, ...(isLow && { lowAtOrUnder }) }
  return [answer, ...goTo(withWord(around, name, value), place, next)]
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

function taken(around: Around, place: Place, { steps, to }: Turn): Step[] {
  return to === undefined ? steps : [...steps, ...goTo(around, place, to)]
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

const isQuestion = (node: Node): node is MenuNode | RateNode | CollectNode =>
  node.type === 'menu' || node.type === 'rate' || node.type === 'collect'
