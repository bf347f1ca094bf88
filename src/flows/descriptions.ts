import type { z } from 'zod'
import type { Node } from '../ivr/flow.ts'

/** What an editor shows of a flow's nodes and fields to whoever writes one. */

const NODES: Readonly<Record<Node['type'], string>> = {
  play: 'Says prompts, then goes on',
  say: 'Says what an expression is, such as a number or a date, by the grammar of the caller’s language',
  menu: 'Asks for one key',
  rate: 'Asks for a rating, and keeps it as a word, a number',
  collect: 'Asks for a number, key by key, and keeps it as a word, a text',
  set: 'Gives words a value, in this order',
  branch: 'Goes on at the first case that is true',
  schedule: 'Goes on by the centre’s hours',
  lookup: 'Asks a customer system over HTTP, and takes words from its answer',
  flow: 'Goes through another flow',
  return: 'Goes back to the flow that led here, or ends the call where none did',
  language: 'Goes on in another language',
  voicemail: 'Asks for a message, which the caller may hear again, speak anew or delete',
  comment: 'Asks for a comment in the caller’s own words, kept among the answers of a survey',
  callback: 'Promises that the caller is called back',
  'transfer-out': 'Puts the caller through to a number outside',
  queue: 'Joins a waiting line',
  hangup: 'Ends the call',
}

/** By field, or by node and field where they differ. */
const FIELDS: Readonly<Record<string, string>> = {
  $schema: 'By it an editor finds this schema',
  id: 'The name of the flow, by which numbers and other flows lead to it',
  start: 'The node at which it begins',
  nodes: 'Its nodes by name',
  type: 'What the node does',
  prompts: 'Keys of prompts, said one after another',
  next: 'The node that comes next',
  name: 'The word under which expressions find it',
  again: 'Said in place of the question from the second time on',
  tries: 'How often the question is put in all',
  patienceMs: 'How long the caller has for the first key after the question, ms',
  queue: 'The id of a queue',
  'say.as': 'As what it is said',
  'say.value': 'An expression (CEL) over the call’s words',
  'say.before': 'Prompts said before it',
  'say.after': 'Prompts said after it',
  'say.otherwise': 'The node that comes next where it cannot be told, or not be said so',
  'menu.keys': 'By key, the node that it leads to',
  'menu.wrongKey': 'Said before the question is put again, after a key that means nothing',
  'menu.noKey': 'Said before the question is put again, after no key',
  'menu.otherwise': 'The node that comes next where no key of the menu was ever pressed',
  'rate.scale': '1-5; nps: 0 to 10; yes-no: key 1 is yes (1), key 2 no (0)',
  'rate.lowAtOrUnder': 'Of such an answer about a talk a person is told',
  'rate.otherwise': 'The node that comes next where nothing was answered',
  'collect.least': 'How many keys at least',
  'collect.most': 'How many keys at most: with so many it is complete',
  'collect.terminator': 'The key that says "that is all"; without one, silence does',
  'collect.pattern': 'What it must look like: keys, [0-9], how often ({n}, {n,m}, ?), such as 1[3-9][0-9]{9}',
  'collect.betweenMs': 'How long the caller has for each next key, ms',
  'collect.otherwise': 'The node that comes next where it was never as asked for',
  'set.values': 'By word, an expression (CEL)',
  'branch.cases': 'Tried in this order',
  'case.when': 'An expression (CEL) that is true or false',
  'branch.otherwise': 'The node that comes next where none is true, or one cannot be told',
  'schedule.calendar': 'The name of a calendar',
  'schedule.queue': 'Open only while somebody able to serve this queue is rostered',
  'schedule.open': 'The node that comes next while it is open',
  'schedule.closed': 'The node that comes next else',
  'lookup.system': 'The name of a customer system',
  'lookup.method': 'GET, or POST',
  'lookup.path': 'Below the system’s address',
  'lookup.send': 'By name, an expression (CEL): in the query of a GET, as JSON in a POST',
  'lookup.take': 'By word, an expression (CEL) over answer',
  'lookup.prompts': 'Said meanwhile; where there are none, or the answer takes longer, the caller hears music',
  'lookup.timeoutMs': 'How long each of two tries may take, ms',
  'lookup.otherwise': 'The node that comes next where it fails, or the answer is not as expected',
  'flow.flow': 'The name of the other flow',
  'flow.next': 'The node that comes next when that says return; without one it never comes back',
  'language.language': 'The language, or other: of the two the one that the caller does not hear now',
  'voicemail.queue': 'The queue whose agents call back',
  'voicemail.again': 'Said where nothing was spoken, before it is recorded again',
  'voicemail.review': 'Tells the keys: 1 leaves it, 2 plays it, 3 speaks it anew, * deletes it',
  'voicemail.tries': 'How often it may be spoken in all',
  'voicemail.leastMs': 'Less speech is no message, ms',
  'voicemail.mostMs': 'More is cut off, ms',
  'voicemail.silenceMs': 'So much silence ends it, ms',
  'voicemail.patienceMs': 'How long the caller has for one of those keys, ms; who presses none has left it',
  'voicemail.next': 'The node that comes next where a message was left',
  'voicemail.otherwise': 'The node that comes next where none was',
  'comment.again': 'Said where nothing was spoken, before it is recorded again',
  'comment.tries': 'How often it may be spoken in all',
  'comment.leastMs': 'Less speech is no comment, ms',
  'comment.mostMs': 'More is cut off, ms',
  'comment.silenceMs': 'So much silence ends it, ms',
  'comment.next': 'The node that comes next where a comment was spoken',
  'comment.otherwise': 'The node that comes next where none was',
  'callback.queue': 'The queue whose agents call back',
  'callback.number': 'The word that holds the number; without one, the caller’s own',
  'callback.next': 'The node that comes next where it is promised',
  'callback.otherwise': 'The node that comes next where the number may not be dialled',
  'transfer-out.number': 'An expression (CEL): a number that the dialling rules allow, such as "021-62345678"',
  'transfer-out.prompts': 'Said while it is dialled',
  'transfer-out.meanwhile': 'What is heard until it is answered: ringing, or music',
  'transfer-out.ringMs': 'How long it rings, ms',
  'transfer-out.busy': 'The node that comes next where it is busy',
  'transfer-out.noAnswer': 'The node that comes next where nobody answers',
  'transfer-out.refused': 'The node that comes next where it may not be dialled, or cannot be reached',
  'hangup.outcome': 'What the call will have been; without it, what the caller came through tells',
}

type Schema = z.core.JSONSchema.BaseSchema

/** Writes into an object's schema, where it is one of a flow's, what it is and what its fields are. */
export function describe(schema: Schema): void {
  const { properties = {} } = schema
  const type = (properties.type as Schema | undefined)?.const as Node['type'] | undefined
  const whose = type ?? ('when' in properties ? 'case' : '')
  if (type) schema.description = NODES[type]
  for (const [name, field] of Object.entries(properties)) {
    const description = FIELDS[`${whose}.${name}`] ?? FIELDS[name]
    if (description !== undefined) (field as Schema).description = description
  }
}
