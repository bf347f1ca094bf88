/**
 * A flow is what a caller meets before (or after) a person: nodes, and what leads from one to the next. It is plain
 * data, so that it can be kept, drawn, checked and walked without a telephone.
 */
export type Language = 'zh' | 'en'
export const LANGUAGES: readonly Language[] = ['zh', 'en']
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { zh: 'Chinese', en: 'English' }
export const otherLanguage = (language: Language): Language => (language === 'zh' ? 'en' : 'zh')

export type NodeId = string
/** A prompt's key in `sounds/catalogue.json`, spoken in the caller's language. */
export type Prompt = string
/** Where a prompt is named, before the id of a message: what its caller has spoken. */
export const REPLAYED = 'message:'
/** Likewise, before the file of one that is kept, below the folder of recordings. */
export const KEPT = 'kept:'

export type PlayNode = { type: 'play'; prompts: Prompt[]; next: NodeId }

/** Says what an expression is, by the grammar of the caller's language; `otherwise` where it cannot be told or said. */
export type SayNode = {
  type: 'say'
  as: Kind
  value: Expression
  before: Prompt[]
  after: Prompt[]
  next: NodeId
  otherwise: NodeId
}
export const KINDS = ['digits', 'number', 'money', 'date', 'time', 'duration'] as const
export type Kind = (typeof KINDS)[number]

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

/** Asks for a rating. What is pressed is kept under `name`, as a number. */
export type RateNode = {
  type: 'rate'
  name: string
  scale: Scale
  prompts: Prompt[]
  /** Said in place of the question from the second time on. */
  again: Prompt[]
  /** Of such an answer about a talk a person is to know. */
  lowAtOrUnder?: number
  tries: number
  patienceMs: number
  next: NodeId
  otherwise: NodeId
}

/** `nps`: 0 to 10 (how likely they are to recommend us); `yes-no`: key 1 is yes (1), key 2 no (0). */
export const SCALES = ['1-5', 'nps', 'yes-no'] as const
export type Scale = (typeof SCALES)[number]

/** Asks for a number, key by key. What is pressed is kept under `name`, as text: numbers begin with zeros. */
export type CollectNode = {
  type: 'collect'
  name: string
  prompts: Prompt[]
  /** Said in place of the question from the second time on. */
  again: Prompt[]
  /** How many keys: with `most` of them it is complete. */
  least: number
  most: number
  /** The key that says "that is all"; without one, silence does. */
  terminator?: '#' | '*'
  /** What it must look like: keys, `[0-9]`, and how often (`1[3-9][0-9]{9}`). */
  pattern?: string
  tries: number
  /** How long a caller has for the first key after the prompt's end, and for each next one; ms. */
  patienceMs: number
  betweenMs: number
  next: NodeId
  otherwise: NodeId
}

/** A word of a flow's own, or what a caller has keyed in. */
export type Value = string | number | boolean
export type Variables = Readonly<Record<string, Value>>
/** In the Common Expression Language (CEL), over the call's variables. */
export type Expression = string

/** Gives words a value, in this order. */
export type SetNode = { type: 'set'; values: Record<string, Expression>; next: NodeId }
/** The first case that is true; `otherwise` where none is, or one cannot be told. */
export type BranchNode = { type: 'branch'; cases: { when: Expression; next: NodeId }[]; otherwise: NodeId }
/** By the centre's clocks: `open` within the calendar's hours and, where a queue is named, while somebody able to serve it is rostered. */
export type ScheduleNode = { type: 'schedule'; calendar: string; queue?: string; open: NodeId; closed: NodeId }
/** Asks a customer system over HTTP, and takes words from its answer; `otherwise` where it fails, or the answer is not as expected. */
export type LookupNode = {
  type: 'lookup'
  /** A name under which its address is known. */
  system: string
  method: 'GET' | 'POST'
  /** Below that address. */
  path: string
  /** What is sent: in the query of a GET, as JSON in a POST. */
  send: Record<string, Expression>
  /** Words, of what is `answer` in these expressions. */
  take: Record<string, Expression>
  /** Said meanwhile; none where the answer is quick. */
  prompts: Prompt[]
  /** Of each of two tries, ms. */
  timeoutMs: number
  next: NodeId
  otherwise: NodeId
}
/** Through another flow; back to `next` where that says `return`, for good where there is no `next`. */
export type FlowNode = { type: 'flow'; flow: string; next?: NodeId }
export type ReturnNode = { type: 'return' }

/**
 * Asks for a message: it is begun after the prompt and a tone (# skips the prompt), ended with #, by silence, by its longest, or by hanging up. Then
 * 1 leaves it, 2 plays it, 3 speaks it anew, * deletes it; who presses nothing, or hangs up, has left it.
 */
export type VoicemailNode = {
  type: 'voicemail'
  /** Whose agents call back. */
  queue: string
  prompts: Prompt[]
  /** Said where nothing was spoken, before it is recorded again. */
  again: Prompt[]
  /** Tells those keys. */
  review: Prompt[]
  /** How often it may be spoken in all. */
  tries: number
  /** Less speech is no message, more is cut off, and so much silence ends it; ms, of which Asterisk counts whole seconds. */
  leastMs: number
  mostMs: number
  silenceMs: number
  /** How long a caller has for one of those keys after the prompt's end; ms. */
  patienceMs: number
  /** A message was left, or none. */
  next: NodeId
  otherwise: NodeId
}

/**
 * Promises that the caller is called back, at the number in the word `number` where one is named, else at their own; `otherwise`
 * where that may not be dialled.
 */
export type CallbackNode = { type: 'callback'; queue: string; number?: string; next: NodeId; otherwise: NodeId }

/**
 * Dials a number outside and puts the caller through; until it is answered they hear the prompts, then ringing or music.
 * When either of the two hangs up, the call is over.
 */
export type TransferOutNode = {
  type: 'transfer-out'
  /** What it is must be a number that the dialling rules allow, else it leads to `refused`. */
  number: Expression
  prompts: Prompt[]
  meanwhile: (typeof MEANWHILE)[number]
  /** How long it rings, ms. */
  ringMs: number
  busy: NodeId
  noAnswer: NodeId
  /** Also where it could not be reached, or is not dialled by the rules. */
  refused: NodeId
}
export const MEANWHILE = ['ringing', 'music'] as const

/**
 * Asks for a comment in their own words, kept under `name` among the answers of the survey: it is begun after the prompt and a tone, and ended as a
 * message is; nobody calls back. * means that they have nothing to say.
 */
export type CommentNode = {
  type: 'comment'
  name: string
  prompts: Prompt[]
  /** Said where nothing was spoken, before it is recorded again. */
  again: Prompt[]
  /** How often it may be spoken in all. */
  tries: number
  /** As those of a message, ms. */
  leastMs: number
  mostMs: number
  silenceMs: number
  /** A comment was spoken, or none. */
  next: NodeId
  otherwise: NodeId
}
/** Where callers speak, and are recorded for somebody to hear. */
export type SpokenNode = VoicemailNode | CommentNode

/** `other`: the one of the two that the caller does not hear now. */
export type LanguageNode = { type: 'language'; language: Language | 'other'; next: NodeId }
export type QueueNode = { type: 'queue'; queue: string }
/** What the call will have been; where it is not said, what the caller came through tells. */
export type HangupNode = { type: 'hangup'; outcome?: (typeof HANGUP_OUTCOMES)[number] }
export const HANGUP_OUTCOMES = ['self-served', 'closed'] as const

export type Node =
  | PlayNode
  | SayNode
  | MenuNode
  | RateNode
  | CollectNode
  | SetNode
  | BranchNode
  | ScheduleNode
  | LookupNode
  | FlowNode
  | ReturnNode
  | LanguageNode
  | VoicemailNode
  | CallbackNode
  | TransferOutNode
  | CommentNode
  | QueueNode
  | HangupNode

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

/** What a new centre asks about a talk, when the agent has hung up first. */
export const SURVEY: Flow = {
  id: 'survey',
  start: 'rating',
  nodes: {
    rating: {
      type: 'rate',
      name: 'rating',
      scale: '1-5',
      prompts: ['survey'],
      again: ['survey-again'],
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
