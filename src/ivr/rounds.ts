import type { Fault } from './check.ts'
import type { Flow, Node } from './flow.ts'
import { waysOf } from './ways.ts'

type Flows = ReadonlyMap<string, Flow>
/** `flow node` */
type At = string
const at = (flow: string, node: string): At => `${flow} ${node}`

/** Nodes from which a caller who presses nothing comes back to the same node, also through other flows, and so would go round without end. */
export function endless(flow: Flow, others: Flows): Fault[] {
  const flows = new Map([...others, [flow.id, flow]])
  const returns = returning(flows)
  return Object.keys(flow.nodes)
    .filter(id => passed(silentWays(flows, returns, at(flow.id, id)), flows, returns).has(at(flow.id, id)))
    .map(id => ({ path: `nodes.${id}`, sentence: 'a caller who presses nothing comes round to here without end' }))
}

/** Through which flows such a caller comes back to who has called them. */
function returning(flows: Flows): ReadonlySet<string> {
  const found = new Set<string>()
  const comesBack = (node: Node): boolean =>
    node.type === 'return' || (node.type === 'flow' && node.next === undefined && found.has(node.flow))
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const { id, start } of flows.values()) {
      const reached = [...passed([at(id, start)], flows, found)].filter(place => place.startsWith(`${id} `))
      if (reached.some(place => comesBack(nodeAt(flows, place)!))) found.add(id)
    }
  }
  return found
}

function passed(from: readonly At[], flows: Flows, returns: ReadonlySet<string>): Set<At> {
  const passed = new Set(from)
  for (const place of passed) for (const next of silentWays(flows, returns, place)) passed.add(next)
  return passed
}

function silentWays(flows: Flows, returns: ReadonlySet<string>, place: At): At[] {
  const [flow, id] = place.split(' ') as [string, string]
  const node = nodeAt(flows, place)
  if (!node) return []
  if (node.type !== 'flow') return waysOf([id, node]).flatMap(({ to, needsKey }) => (needsKey ? [] : at(flow, to)))
  const called = flows.get(node.flow)
  const back = node.next !== undefined && returns.has(node.flow) ? [at(flow, node.next)] : []
  return called ? [at(called.id, called.start), ...back] : back
}

function nodeAt(flows: Flows, place: At): Node | undefined {
  const [flow, id] = place.split(' ') as [string, string]
  const nodes = flows.get(flow)?.nodes
  return nodes && Object.hasOwn(nodes, id) ? nodes[id] : undefined
}
