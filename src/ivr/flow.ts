/**
 * A flow is what a caller meets before (or after) a person: nodes, and what leads from one to the next. It is plain
 * data, so that it can be kept, drawn, checked and walked without a telephone.
 */
export type Language = 'zh' | 'en'
export const LANGUAGES: readonly Language[] = ['zh', 'en']
export const otherLanguage = (language: Language): Language => (language === 'zh' ? 'en' : 'zh')

export type NodeId = string
/** A prompt's key in `sounds/catalogue.json`, spoken in the caller's language. */
export type Prompt = string

export type PlayNode = { type: 'play'; prompts: Prompt[]; next: NodeId }

/** Asks for one key. The caller may press while the prompt is still being spoken. */
export type MenuNode = {
  type: 'menu'
  prompts: Prompt[]
  keys: Record<string, NodeId>
  /** Said before the prompt is spoken again. */
  wrongKey: Prompt[]
  noKey: Prompt[]
  /** How often the question is put in all. */
  tries: number
  /** How long a caller has after the prompt's end, in ms. */
  patienceMs: number
  /** Where a caller goes who never pressed a key of the menu. */
  otherwise: NodeId
}

/** Asks for a rating, one key. What is pressed is kept under `name`. */
export type RateNode = {
  type: 'rate'
  name: string
  prompts: Prompt[]
  /** Said in place of the question from the second time on. */
  again: Prompt[]
  lowest: number
  highest: number
  tries: number
  patienceMs: number
  next: NodeId
  otherwise: NodeId
}

/** `other`: the one of the two that the caller does not hear now. */
export type LanguageNode = { type: 'language'; language: Language | 'other'; next: NodeId }
export type QueueNode = { type: 'queue'; queue: string }
export type HangupNode = { type: 'hangup' }

export type Node = PlayNode | MenuNode | RateNode | LanguageNode | QueueNode | HangupNode

export type Flow = { id: string; start: NodeId; nodes: Record<NodeId, Node> }

/** The hotline that a new centre starts with. */
export const HOTLINE: Flow = {
  id: 'hotline',
  start: 'greeting',
  nodes: {
    greeting: { type: 'play', prompts: ['greeting'], next: 'menu' },
    menu: {
      type: 'menu',
      prompts: ['menu'],
      keys: { 1: 'sales', 2: 'support', 0: 'operator', 9: 'switch-language' },
      wrongKey: ['wrong-key'],
      noKey: ['no-key'],
      tries: 2,
      patienceMs: 5_000,
      otherwise: 'to-operator',
    },
    // Back to the greeting: it tells that the call is recorded, and must be understood.
    'switch-language': { type: 'language', language: 'other', next: 'greeting' },
    'to-operator': { type: 'play', prompts: ['to-operator'], next: 'operator' },
    sales: { type: 'queue', queue: 'sales' },
    support: { type: 'queue', queue: 'support' },
    operator: { type: 'queue', queue: 'operator' },
  },
}

/** A number that leads straight to a waiting line. */
export const direct = (queue: string): Flow => ({
  id: `direct-${queue}`,
  start: 'queue',
  nodes: { queue: { type: 'queue', queue } },
})

/** What the caller is asked when the agent has hung up first. */
export const SURVEY: Flow = {
  id: 'survey',
  start: 'rating',
  nodes: {
    rating: {
      type: 'rate',
      name: 'rating',
      prompts: ['survey'],
      again: ['survey-again'],
      lowest: 1,
      highest: 5,
      tries: 2,
      patienceMs: 6_000,
      next: 'thanks',
      otherwise: 'goodbye',
    },
    thanks: { type: 'play', prompts: ['survey-thanks'], next: 'end' },
    goodbye: { type: 'play', prompts: ['survey-none'], next: 'end' },
    end: { type: 'hangup' },
  },
}
