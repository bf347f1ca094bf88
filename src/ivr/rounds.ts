import type { Fault } from './check.ts'
import { onCycles } from './cycles.ts'
import type { Flow, Node, NodeId } from './flow.ts'
import { waysOf } from './ways.ts'

type Flows = ReadonlyMap<string, Flow>
/** `flow node` */
type At = string
const at = (flow: string, node: string): At => `${flow} ${node}`

/** Where a caller who presses nothing comes back to the same node, also through other flows, and so would go round without end. */
export function endless(flow: Flow, others: Flows): Fault[] {
  const flows = new Map([...others, [flow.id, flow]])
  const returns = returning(flows)
  const rounds = onCycles(silentWays(flows, returns))
  const own = Object.keys(flow.nodes).filter(id => rounds.has(at(flow.id, id)))
  if (own.length > 0) {
    return own.map(id => ({
      path: `nodes.${id}`,
      sentence: 'a caller who presses nothing comes round to here without end',
    }))
  }
  return throughIt(flow, flows, returns, rounds)
}

/** Other flows in which a caller goes round because this one returns to them. */
function throughIt(flow: Flow, flows: Flows, returns: ReadonlySet<string>, rounds: ReadonlySet<At>): Fault[] {
  const calling = [...flows.values()].filter(({ id, nodes }) =>
    Object.entries(nodes).some(
      ([name, node]) =>
        node.type === 'flow' &&
        node.next !== undefined &&
        returns.has(node.flow) &&
        rounds.has(at(id, name)) &&
        leadsTo(flows, node.flow).has(flow.id),
    ),
  )
  return calling.map(({ id }) => ({
    path: 'start',
    sentence: `a caller who presses nothing comes round through here, back to flow ${JSON.stringify(id)}, without end`,
  }))
}

/** A flow, and those that it calls, and they. */
function leadsTo(flows: Flows, id: string): Set<string> {
  const led = new Set([id])
  for (const one of led)
    for (const node of Object.values(flows.get(one)?.nodes ?? {})) if (node.type === 'flow') led.add(node.flow)
  return led
}

/** Through which flows a caller who presses nothing comes back to who has called them. */
function returning(flows: Flows): ReadonlySet<string> {
  const found = new Set<string>()
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const flow of flows.values()) if (!found.has(flow.id) && comesBack(flow, found)) found.add(flow.id)
  }
  return found
}

function comesBack({ start, nodes }: Flow, returns: ReadonlySet<string>): boolean {
  const passed = new Set([start])
  for (const id of passed) {
    const node = Object.hasOwn(nodes, id) ? nodes[id]! : undefined
    if (node?.type === 'return') return true
    if (node?.type === 'flow' && node.next === undefined && returns.has(node.flow)) return true
    for (const next of node ? onwards([id, node], returns) : []) passed.add(next)
  }
  return false
}

/** Where that caller gets from each node of each flow. */
function silentWays(flows: Flows, returns: ReadonlySet<string>): Map<At, At[]> {
  const ways = new Map<At, At[]>()
  for (const { id, nodes } of flows.values()) {
    for (const named of Object.entries(nodes)) {
      const [name, node] = named
      const called = node.type === 'flow' ? flows.get(node.flow) : undefined
      const on = onwards(named, returns).map(next => at(id, next))
      ways.set(at(id, name), called ? [at(called.id, called.start), ...on] : on)
    }
  }
  for (const [place, on] of ways)
    ways.set(
      place,
      on.filter(to => ways.has(to)),
    )
  return ways
}

/** Within its flow. */
function onwards([id, node]: [NodeId, Node], returns: ReadonlySet<string>): NodeId[] {
  if (node.type === 'flow') return node.next !== undefined && returns.has(node.flow) ? [node.next] : []
  return waysOf([id, node]).flatMap(({ to, needsKey }) => (needsKey ? [] : to))
}
