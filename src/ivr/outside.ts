import type { NodeId, TransferOutNode } from './flow.ts'
import { type Around, fault, type Place, type Step } from './step.ts'

/** Where it leads on who could not be put through. */
export const UNREACHED = ['busy', 'noAnswer', 'refused'] as const
export type Unreached = (typeof UNREACHED)[number]

/** The number is dialled, or not: then this is where it leads. */
export function dialling(around: Around, place: Place, node: TransferOutNode): { steps: Step[]; to?: NodeId } {
  const { ringMs, meanwhile, prompts } = node
  const { value, fault: why } = around.evaluate(node.number, around.variables)
  if (why !== undefined) return { steps: [fault(place.node, `number: ${why}`)], to: node.refused }
  const { number, refusal } = around.toDial(String(value))
  if (refusal) return { steps: [{ kind: 'refusal', node: place.node, ...refusal }], to: node.refused }
  const isSilent = prompts.length === 0
  const dial: Step = { kind: 'dial', place, number, ringMs, meanwhile, isSilent }
  return { steps: isSilent ? [dial] : [{ kind: 'say', place, prompts }, dial] }
}
