import type { Refusal, ToDial } from '../dialling/dialling.ts'
import type {
  Expression,
  Flow,
  HangupNode,
  Language,
  LookupNode,
  Node,
  NodeId,
  Prompt,
  Scale,
  SpokenNode,
  TransferOutNode,
  Value,
  Variables,
} from './flow.ts'

/** Where a caller stands in a flow. `tries`: how often the node's question has been put. */
export type Place = {
  flow: string
  node: NodeId
  tries: number
  language: Language
  /** What has been keyed in so far, where a number is asked for. */
  keyed?: string
  /** Where the answer of a customer system leads, while something is still being said. */
  onward?: NodeId
  /** Of a message: it is being spoken, or looked over. Before that it is asked for. */
  stage?: 'recording' | 'reviewing'
  /** Where to go on when this flow returns, the last first. */
  back?: readonly Back[]
}
export type Back = { flow: string; node: NodeId }

/** What comes next for the caller, in order. The last step of a walk is the one the caller stays at. */
export type Step =
  | { kind: 'say'; place: Place; prompts: Prompt[] }
  /** A customer system is asked; the caller stays, and hears nothing where `isSilent`. */
  | { kind: 'lookup'; place: Place; asked: Asked; isSilent: boolean }
  /** Nothing is said: another key is waited for, so long. */
  | { kind: 'listen'; place: Place; forMs: number }
  /** The caller speaks a message, or a comment. */
  | ({ kind: 'record'; place: Place } & Limits)
  /** The message is played to them, and then the prompts. */
  | { kind: 'replay'; place: Place; prompts: Prompt[] }
  | { kind: 'keep' }
  | { kind: 'drop'; because: Dropped }
  | { kind: 'language'; language: Language }
  /** `lowAtOrUnder`: it is that low. */
  | { kind: 'answer'; name: string; scale: Scale; value: number; lowAtOrUnder?: number }
  | { kind: 'set'; name: string; value: Value }
  /** What the centre's hours were, and who was rostered. */
  | { kind: 'hours'; calendar: string; queue?: string; open: boolean }
  /** It could not be told what an expression is, or there is no such calendar. */
  | { kind: 'fault'; node: NodeId; sentence: string }
  /** Whether it is possible is told at once, and leads on. */
  | { kind: 'book'; queue: string; number?: string }
  /** A number outside is dialled; the caller stays, and hears nothing that was said where `isSilent`. */
  | ({ kind: 'dial'; place: Place; number: string; isSilent: boolean } & Pick<TransferOutNode, 'ringMs' | 'meanwhile'>)
  /** The dialling rules do not let it be dialled. */
  | ({ kind: 'refusal'; node: NodeId } & Refusal)
  | { kind: 'queue'; queue: string }
  | { kind: 'hangup'; outcome?: HangupNode['outcome'] }
  /** Round and round, without a word: the flow is at fault. */
  | { kind: 'astray' }

/** Of a message, and whose agents call back; or of a comment, and which question it answers. */
export type Limits = Pick<SpokenNode, 'leastMs' | 'mostMs' | 'silenceMs'> &
  ({ queue: string; name?: never } | { name: string; queue?: never })

/** `empty`: nothing was spoken; `refused`: Asterisk could not record it. */
export type Dropped = 'deleted' | 'again' | 'empty' | 'refused'

/** `send`: with what the expressions were. */
export type Asked = Pick<LookupNode, 'system' | 'method' | 'path' | 'timeoutMs'> & { send: Record<string, Value> }

/** What a customer system has answered, or why it has not. */
export type Answered = { answer: unknown; failure?: undefined } | { answer?: undefined; failure: string }

/** What a walk looks at beyond the flow: the call's other flows, its words, and what expressions make of them. */
export type Around = {
  readonly flow: (id: string) => Flow
  readonly variables: Variables
  readonly evaluate: (expression: Expression, words: Readonly<Record<string, unknown>>) => Evaluated
  /** Whether somebody may be called back for that queue, at that number. */
  readonly mayCallBack: (queue: string, number: string) => boolean
  /** Whether it is open now, and somebody rostered for the queue; undefined where there is no such calendar. */
  readonly isOpen: (calendar: string, queue: string | undefined) => boolean | undefined
  /** A number outside as it is dialled now, or why it is not. */
  readonly toDial: (number: string) => ToDial
}
export type Evaluated = { value: Value; fault?: undefined } | { value?: undefined; fault: string }

export const fault = (node: NodeId, sentence: string): Step => ({ kind: 'fault', node, sentence })

export const withWord = (around: Around, name: string, value: Value): Around => ({
  ...around,
  variables: { ...around.variables, [name]: value },
})

export function nodeAt(around: Around, { flow, node: id }: Place): Node {
  const node = around.flow(flow).nodes[id]
  if (!node) throw new Error(`flow ${flow} has no node ${id}`)
  return node
}
