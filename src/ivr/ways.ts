import type { Node, NodeId } from './flow.ts'
import { UNREACHED } from './outside.ts'

/** A way from one node to another. `needsKey`: nobody goes it who presses nothing, or nothing that is asked for. */
export type Way = { readonly path: string; readonly to: NodeId; readonly needsKey: boolean }

/** Every way out of a node. */
export function waysOf([id, node]: [NodeId, Node]): Way[] {
  const way = (field: string, to: NodeId, needsKey = false): Way => ({ path: `nodes.${id}.${field}`, to, needsKey })
  switch (node.type) {
    case 'play':
    case 'language':
    case 'set':
      return [way('next', node.next)]
    case 'menu':
      return [
        ...Object.entries(node.keys).map(([key, to]) => way(`keys.${key}`, to, true)),
        way('otherwise', node.otherwise),
      ]
    case 'say':
    case 'lookup':
    case 'voicemail':
    case 'callback':
    case 'comment':
      return [way('next', node.next), way('otherwise', node.otherwise)]
    case 'rate':
    case 'collect':
      return [way('next', node.next, true), way('otherwise', node.otherwise)]
    case 'branch':
      return [...node.cases.map(({ next }, i) => way(`cases[${i}].next`, next)), way('otherwise', node.otherwise)]
    case 'schedule':
      return [way('open', node.open), way('closed', node.closed)]
    case 'transfer-out':
      return UNREACHED.map(why => way(why, node[why]))
    case 'flow':
      return node.next === undefined ? [] : [way('next', node.next)]
    case 'return':
    case 'queue':
    case 'hangup':
      return []
  }
}
