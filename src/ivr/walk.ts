import {
  type Flow,
  type Language,
  type MenuNode,
  type Node,
  type NodeId,
  otherLanguage,
  type Prompt,
  type RateNode,
} from './flow.ts'

/** Where a caller stands in a flow. `tries`: how often the node's question has been put. */
export type Place = { flow: string; node: NodeId; tries: number; language: Language }

/** What comes next for the caller, in order. The last step of a walk is the one the caller stays at. */
export type Step =
  | { kind: 'say'; place: Place; prompts: Prompt[] }
  | { kind: 'language'; language: Language }
  | { kind: 'answer'; name: string; value: number }
  | { kind: 'queue'; queue: string }
  | { kind: 'hangup' }

/** Enters a flow at its beginning. */
export function begin(flow: Flow, language: Language): Step[] {
  return enter(flow, flow.start, language)
}

/** The prompt was spoken to its end: a play node leads on, a question now waits for a key (no steps: stay). */
export function promptEnded(flow: Flow, place: Place): Step[] {
  const node = nodeAt(flow, place)
  return node.type === 'play' ? enter(flow, node.next, place.language) : []
}

/** How long to wait for a key once the prompt has ended, in ms; undefined where no key is asked for. */
export function patience(flow: Flow, place: Place): number | undefined {
  const node = nodeAt(flow, place)
  return isQuestion(node) ? node.patienceMs : undefined
}

/**
 * A key was pressed. Who knows the menu need not hear the greeting before it: the key counts at once. Where it means
 * nothing it changes nothing (no steps).
 */
export function keyPressed(flow: Flow, place: Place, key: string): Step[] {
  const node = nodeAt(flow, place)
  if (node.type === 'play') {
    const next = flow.nodes[node.next]
    return next?.type === 'menu' && Object.hasOwn(next.keys, key) ? enter(flow, next.keys[key]!, place.language) : []
  }
  if (node.type === 'menu') {
    const next = Object.hasOwn(node.keys, key) ? node.keys[key] : undefined
    if (next !== undefined) return enter(flow, next, place.language)
    return askAgain(flow, place, node, [...node.wrongKey, ...node.prompts])
  }
  if (node.type !== 'rate') return []
  const value = /^[0-9]$/.test(key) ? Number(key) : Number.NaN
  if (!(value >= node.lowest && value <= node.highest)) return askAgain(flow, place, node, node.again)
  return [{ kind: 'answer', name: node.name, value }, ...enter(flow, node.next, place.language)]
}

/** No key came in time. */
export function keyMissed(flow: Flow, place: Place): Step[] {
  const node = nodeAt(flow, place)
  if (node.type === 'menu') return askAgain(flow, place, node, [...node.noKey, ...node.prompts])
  return node.type === 'rate' ? askAgain(flow, place, node, node.again) : []
}

function enter(flow: Flow, id: NodeId, language: Language): Step[] {
  const place: Place = { flow: flow.id, node: id, tries: 1, language }
  const node = nodeAt(flow, place)
  switch (node.type) {
    case 'play':
    case 'menu':
    case 'rate':
      return [{ kind: 'say', place, prompts: node.prompts }]
    case 'language': {
      const chosen = node.language === 'other' ? otherLanguage(language) : node.language
      return [{ kind: 'language', language: chosen }, ...enter(flow, node.next, chosen)]
    }
    case 'queue':
      return [{ kind: 'queue', queue: node.queue }]
    case 'hangup':
      return [{ kind: 'hangup' }]
  }
}

function askAgain(flow: Flow, place: Place, node: MenuNode | RateNode, prompts: Prompt[]): Step[] {
  if (place.tries >= node.tries) return enter(flow, node.otherwise, place.language)
  return [{ kind: 'say', place: { ...place, tries: place.tries + 1 }, prompts }]
}

const isQuestion = (node: Node): node is MenuNode | RateNode => node.type === 'menu' || node.type === 'rate'

function nodeAt(flow: Flow, place: Place): Node {
  const node = flow.nodes[place.node]
  if (!node) throw new Error(`flow ${flow.id} has no node ${place.node}`)
  return node
}
