import type { Fact } from '../call/facts.ts'
import { masked } from '../log.ts'

/**
 * A fact as who may not see numbers may see it: what a caller keys in, and what a customer system tells of them, may be as
 * much their own as their number.
 */
export function hidden(fact: Fact): Fact {
  switch (fact.kind) {
    case 'CallArrived':
      return { ...fact, from: masked(fact.from), name: '*'.repeat([...fact.name].length) }
    case 'CallbackOpened':
      return { ...fact, from: masked(fact.from), name: '*'.repeat([...fact.name].length) }
    case 'AgentDialled':
      return {
        ...{ ...fact, from: masked(fact.from) },
        ...(fact.clicked && { clicked: { ...fact.clicked, number: masked(fact.clicked.number) } }),
      }
    case 'DutyBegan':
      return {
        ...{ ...fact, from: masked(fact.from), name: '*'.repeat([...fact.name].length) },
        ...(fact.number !== undefined && { number: masked(fact.number) }),
      }
    case 'DutyEntered':
      return { ...fact, waiting: fact.waiting.map(one => ({ ...one, from: masked(one.from) })) }
    case 'CallbackBooked':
    case 'CustomerDialled':
    case 'OutsideDialled':
      return { ...fact, number: masked(fact.number) }
    case 'Prompted':
      // To whoever is on duty the number of a caller is told.
      return fact.prompts.includes('duty-caller') ? { ...fact, prompts: ['duty-caller', '***'] } : fact
    case 'PartyAsked':
      return { ...fact, ...(fact.number !== undefined && { number: masked(fact.number) }) }
    case 'TransferredOn':
      return 'number' in fact.to ? { ...fact, to: { ...fact.to, number: masked(fact.to.number) } } : fact
    case 'KeyPressed':
      return { ...fact, key: '*' }
    case 'WordSet':
      return { ...fact, value: '***' }
    case 'CallbackWithdrawn':
      return { ...fact, ...(fact.reason !== undefined && { reason: '***' }) }
    case 'FlowFault':
      return { ...fact, sentence: '***' }
    default:
      return fact
  }
}
