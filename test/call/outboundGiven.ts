import { customerId } from '../../src/ids.ts'
import { CALL, type Step } from './given.ts'

/** Sentences about an agent's own call, to whom they have dialled. */

export const CUSTOMER = customerId(CALL, 2)
export const dials = (set: { queue?: string | null } = {}): Step => {
  const ends = { leg: CALL, agent: '8001', from: '13800138000', to: '4008001000', number: '913800138000' }
  return () => ({ kind: 'AgentDials', ...ends, queue: 'sales', language: 'en', ...set })
}
export const theyPickUp: Step = () => ({ kind: 'LegAnswered', leg: CUSTOMER })
export const theyAreOnTape: Step = () => ({ kind: 'OnTape', leg: CUSTOMER })
export const theirPhoneSays =
  (cause: number): Step =>
  () => ({ kind: 'LegEnded', leg: CUSTOMER, cause })
export const theyHangUp = theirPhoneSays(16)
export const itTalks: Step = tale => void tale.when(dials(), theyPickUp, theyAreOnTape)
