import {
  type CollectNode,
  type Expression,
  type Flow,
  LANGUAGE_NAMES,
  LANGUAGES,
  type Language,
  type Node,
  type NodeId,
  type Prompt,
  type RateNode,
  type SpokenNode,
} from './flow.ts'
import { canLookLike, isPattern } from './keys.ts'
import { rangeOf } from './rating.ts'
import { endless } from './rounds.ts'
import { BEEP } from './voicemail.ts'
import { waysOf } from './ways.ts'

/** What cannot work in a flow. `path` leads to it in the document, as in `nodes.menu.keys.1`. */
export type Fault = { readonly path: string; readonly sentence: string }

/** What a flow may lean on. */
export type Known = {
  readonly prompts: Readonly<Record<Language, ReadonlySet<Prompt>>>
  readonly queues: ReadonlySet<string>
  readonly calendars: ReadonlySet<string>
  /** Customer systems that can be asked. */
  readonly systems: ReadonlySet<string>
  /** Other flows than this one. */
  readonly flows: ReadonlyMap<string, Flow>
  /** Why something is no expression. */
  readonly expressionFault: (expression: Expression) => string | undefined
  /** Why a number is dialled at no time, where it is the same for every caller. */
  readonly neverDialled: (number: Expression) => string | undefined
}

/** Words that no flow sets: every call's own, and what a customer system has answered. */
export const GIVEN_WORDS = ['caller', 'called', 'language', 'answer'] as const

/** All that is wrong with a flow, in the order of the document; nothing where callers can be sent through it. */
export function faultsOf(flow: Flow, known: Known): Fault[] {
  const nodes = Object.entries(flow.nodes)
  const astray = [{ path: 'start', to: flow.start }, ...nodes.flatMap(waysOf)].filter(({ to }) => !has(flow, to))
  if (astray.length > 0) return astray.map(({ path, to }) => ({ path, sentence: `there is no node ${quoted(to)}` }))
  return [
    ...unreached(flow),
    ...endless(flow, known.flows),
    ...nodes.flatMap(named => [...unspoken(known, named), ...unfit(known, flow, named)]),
  ]
}

/** What a node says to the caller, each list with its path. */
export function saidAt([id, node]: [NodeId, Node]): { path: string; prompts: readonly Prompt[] }[] {
  const said = (field: string, prompts: readonly Prompt[]) => ({ path: `nodes.${id}.${field}`, prompts })
  switch (node.type) {
    case 'play':
    case 'lookup':
    case 'transfer-out':
      return [said('prompts', node.prompts)]
    case 'say':
      return [said('before', node.before), said('after', node.after)]
    case 'menu':
      return [said('prompts', node.prompts), said('wrongKey', node.wrongKey), said('noKey', node.noKey)]
    case 'rate':
    case 'collect':
      return [said('prompts', node.prompts), said('again', node.again)]
    case 'voicemail':
      return [said('prompts', [...node.prompts, BEEP]), said('again', node.again), said('review', node.review)]
    case 'comment':
      return [said('prompts', [...node.prompts, BEEP]), said('again', node.again)]
    default:
      return []
  }
}

function unreached(flow: Flow): Fault[] {
  const reached = new Set([flow.start])
  for (const id of reached) for (const { to } of waysOf([id, flow.nodes[id]!])) reached.add(to)
  return Object.keys(flow.nodes)
    .filter(id => !reached.has(id))
    .map(id => ({ path: `nodes.${id}`, sentence: 'no way leads here' }))
}

const unspoken = (known: Known, named: [NodeId, Node]): Fault[] =>
  saidAt(named).flatMap(({ path, prompts }) =>
    prompts.flatMap((prompt, place) =>
      LANGUAGES.filter(language => !known.prompts[language].has(prompt)).map(language => ({
        path: `${path}[${place}]`,
        sentence: `the prompt ${quoted(prompt)} is not recorded in ${LANGUAGE_NAMES[language]}`,
      })),
    ),
  )

/** What a node leans on and is not there, or asks for and cannot be. */
function unfit(known: Known, flow: Flow, [id, node]: [NodeId, Node]): Fault[] {
  const at = (field: string, sentence: string): Fault => ({ path: `nodes.${id}.${field}`, sentence })
  const expression = (field: string, text: Expression): Fault[] => {
    const fault = known.expressionFault(text)
    return fault === undefined ? [] : [at(field, `is no expression: ${fault}`)]
  }
  switch (node.type) {
    case 'voicemail':
      return [
        ...(known.queues.has(node.queue) ? [] : [at('queue', `there is no queue ${quoted(node.queue)}`)]),
        ...tooShort(at, node),
      ]
    case 'comment':
      return [...taken(at, 'name', node.name), ...tooShort(at, node)]
    case 'callback':
    case 'queue':
      return known.queues.has(node.queue) ? [] : [at('queue', `there is no queue ${quoted(node.queue)}`)]
    case 'lookup':
      return [
        ...(known.systems.has(node.system) ? [] : [at('system', `there is no system ${quoted(node.system)}`)]),
        ...Object.entries(node.send).flatMap(([name, text]) => expression(`send.${name}`, text)),
        ...Object.entries(node.take).flatMap(([name, text]) => [
          ...taken(at, `take.${name}`, name),
          ...expression(`take.${name}`, text),
        ]),
      ]
    case 'schedule':
      return [
        ...(known.calendars.has(node.calendar)
          ? []
          : [at('calendar', `there is no calendar ${quoted(node.calendar)}`)]),
        ...(node.queue === undefined || known.queues.has(node.queue)
          ? []
          : [at('queue', `there is no queue ${quoted(node.queue)}`)]),
      ]
    case 'flow':
      if (known.flows.has(node.flow) || node.flow === flow.id) return []
      return [at('flow', `there is no flow ${quoted(node.flow)}`)]
    case 'set':
      return Object.entries(node.values).flatMap(([name, text]) => [
        ...taken(at, `values.${name}`, name),
        ...expression(`values.${name}`, text),
      ])
    case 'transfer-out': {
      const never = known.neverDialled(node.number)
      return [...expression('number', node.number), ...(never === undefined ? [] : [at('number', never)])]
    }
    case 'say':
      return expression('value', node.value)
    case 'branch':
      return node.cases.flatMap(({ when }, i) => expression(`cases[${i}].when`, when))
    case 'rate':
      return [...taken(at, 'name', node.name), ...lowness(at, node)]
    case 'collect':
      return [
        ...taken(at, 'name', node.name),
        ...(node.least <= node.most ? [] : [at('most', 'must not be below least')]),
        ...unlike(at, node),
      ]
    default:
      return []
  }
}

function unlike(at: (field: string, sentence: string) => Fault, { pattern, least, most }: CollectNode): Fault[] {
  if (pattern === undefined) return []
  if (!isPattern(pattern)) return [at('pattern', 'must be keys, [0-9], how often ({n}, {n,m}, ?) and alternatives (|)')]
  return canLookLike(pattern, { least, most })
    ? []
    : [at('pattern', `must fit what is keyed in: ${least} to ${most} keys never look like that`)]
}

const taken = (at: (field: string, sentence: string) => Fault, field: string, name: string): Fault[] =>
  (GIVEN_WORDS as readonly string[]).includes(name) ? [at(field, `${quoted(name)} is the call's own word`)] : []

const tooShort = (at: (field: string, sentence: string) => Fault, { leastMs, mostMs }: SpokenNode): Fault[] =>
  leastMs < mostMs ? [] : [at('mostMs', 'must be above leastMs')]

/** Of an answer that everybody gives, nobody need be told. */
function lowness(at: (field: string, sentence: string) => Fault, node: RateNode): Fault[] {
  const { least, most } = rangeOf(node)
  const { lowAtOrUnder = least } = node
  if (lowAtOrUnder >= least && lowAtOrUnder < most) return []
  return [at('lowAtOrUnder', `must be from ${least} to ${most - 1} on this scale`)]
}

const has = (flow: Flow, id: NodeId): boolean => Object.hasOwn(flow.nodes, id)
const quoted = (text: string): string => JSON.stringify(text)
