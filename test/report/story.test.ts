import { describe, expect, it } from 'vitest'
import type { Fact, FactKind } from '../../src/call/facts.ts'
import { tell } from '../../src/report/story.ts'
import { SUPERVISION_TOLD } from './supervisionTold.ts'

const leg = 'h-1~8001~7'
const agent = '8001'
const place = { flow: 'hotline', node: 'menu', tries: 2, language: 'zh' } as const
const why = { rule: 'most-skilled-then-longest-idle', level: 8, idleMs: 90_000, rivals: [], others: {} } as const
const promise = { id: 'cb9-h-1', because: 'place-kept', place: 0, promisedAt: 0, promisedUntil: 0 } as const
const booking = { ...promise, queue: 'sales' } as const
const recording = { file: 'h-1.wav', ms: 61_000, sha256: 'f', faults: [] }

type Untimed<T> = T extends unknown ? Omit<T, 'at' | 'waits'> : never

// One of each kind: the compiler asks for a sentence wherever a kind is added.
const TOLD: { [K in FactKind]: [Untimed<Extract<Fact, { kind: K }>>, string] } = {
  CallArrived: [
    { kind: 'CallArrived', channel: 'h-1', from: '138', name: '王', to: '400', flow: 'hotline', language: 'zh' },
    'Arrived from 138 "王" at 400: flow hotline, zh',
  ],
  CallerKnown: [
    { kind: 'CallerKnown', lastAt: Date.UTC(2026, 10, 23, 4), language: 'zh', lastAgent: '8001' },
    'Called before: last at 2026-11-23T04:00:00.000Z, talked with agent 8001',
  ],
  CallAnswered: [{ kind: 'CallAnswered' }, 'Answered by the hotline'],
  Prompted: [{ kind: 'Prompted', say: 's', prompts: ['no-key', 'menu'], place }, 'Hears no-key menu (at menu, try 2)'],
  PromptFinished: [{ kind: 'PromptFinished', say: 'h-1~say3' }, 'Heard to the end (say3)'],
  KeyPressed: [{ kind: 'KeyPressed', key: '1' }, 'Pressed 1'],
  KeyMissed: [{ kind: 'KeyMissed' }, 'Pressed no key in time'],
  KeysKept: [
    { kind: 'KeysKept', place: { flow: 'f', node: 'n', tries: 1, language: 'zh', keyed: '138' } },
    '3 keys of a number so far',
  ],
  WordSet: [{ kind: 'WordSet', name: 'account', value: '0007' }, 'account is "0007"'],
  LookupBegun: [
    {
      ...{ kind: 'LookupBegun', lookup: 'l', place },
      asked: { system: 'billing', method: 'GET', path: '/balance', send: { number: '138' }, timeoutMs: 1 },
    },
    'Asks billing: GET /balance',
  ],
  MusicBegun: [{ kind: 'MusicBegun' }, 'Hears music until it has answered'],
  LookupEnded: [{ kind: 'LookupEnded', lookup: 'l', ok: true, place }, 'It has answered'],
  MessageBegun: [
    { kind: 'MessageBegun', message: 'm', place, queue: 'sales', leastMs: 1, mostMs: 2, silenceMs: 1 },
    'May speak a message for sales',
  ],
  MessageEnded: [{ kind: 'MessageEnded', message: 'm', spokenMs: 7_000 }, 'It is spoken: 7.0 s of speech'],
  MessageKept: [{ kind: 'MessageKept', message: 'm' }, 'Left the message'],
  CommentKept: [{ kind: 'CommentKept', message: 'm', name: 'why' }, 'Left the comment (why)'],
  MessageDropped: [{ kind: 'MessageDropped', message: 'm', because: 'again' }, 'It is dropped: they speak it anew'],
  HoursAsked: [
    { kind: 'HoursAsked', calendar: 'office', queue: 'sales', open: false },
    'By the calendar office and the shift of sales: closed',
  ],
  FlowFault: [
    { kind: 'FlowFault', node: 'vip', sentence: 'Unknown variable: level' },
    'At vip, which could not be told: Unknown variable: level',
  ],
  LanguageChosen: [{ kind: 'LanguageChosen', language: 'en' }, 'Chose the language en'],
  Queued: [{ kind: 'Queued', queue: 'sales', ahead: 2, waitMs: null }, 'Joined the line sales, 2 ahead'],
  PlaceRaised: [
    { kind: 'PlaceRaised', headStartMs: 60_000, first: '8002' },
    'Is known now: stands in the line, with a head start of 1 min 0 s, waits for agent 8002 for a while',
  ],
  AnyAgent: [{ kind: 'AnyAgent' }, 'Waits for one agent no longer: anybody may serve them'],
  SkillsRelaxed: [{ kind: 'SkillsRelaxed', steps: 2 }, 'Waited so long that the line asks for less skill now (step 2)'],
  LineChanged: [{ kind: 'LineChanged' }, 'The line is set otherwise: they wait in it as it is now'],
  Overflowed: [
    { kind: 'Overflowed', queue: 'sales', because: 'nobody', flow: 'away' },
    'The line sales sends them on to flow away: nobody able to serve it is signed in',
  ],
  PlaceTold: [
    { kind: 'PlaceTold', ahead: 1, waitMs: 90_000, medianMs: 40_000 },
    'Still in line, 1 ahead, told to wait at most 1 min 30 s',
  ],
  AgentOffered: [
    { kind: 'AgentOffered', agent, leg, why: { ...why, rivals: [] } },
    'Offered to agent 8001, the most skilled: skill level 8, idle for 1 min 30 s',
  ],
  AgentRang: [{ kind: 'AgentRang', leg }, "The agent's phone rings"],
  OfferEnded: [
    { kind: 'OfferEnded', leg, agent, result: 'unreachable', cause: 20 },
    'Agent 8001 could not be reached (cause 20)',
  ],
  AgentAnswered: [{ kind: 'AgentAnswered', leg, agent }, 'Agent 8001 answered'],
  AgentPrompted: [{ kind: 'AgentPrompted', say: 's', prompts: ['queue/sales'] }, 'The agent hears queue/sales'],
  Connected: [{ kind: 'Connected', leg, agent, bridge: 'b' }, 'Connected with agent 8001'],
  Held: [{ kind: 'Held', leg }, 'Put on hold by the phone'],
  Retrieved: [{ kind: 'Retrieved', leg }, 'Taken back from hold'],
  PartyAsked: [
    { kind: 'PartyAsked', party: 'h-1~8002~9', role: 'consulted', agent: '8002', by: 'agent:8001', until: 0 },
    'agent:8001 consults agent 8002',
  ],
  PartyRang: [{ kind: 'PartyRang', party: 'h-1~8002~9' }, 'The phone of h-1~8002~9 rings'],
  PartyAnswered: [{ kind: 'PartyAnswered', party: 'h-1~8002~9', agent: '8002' }, 'Agent 8002 answered'],
  PartyJoined: [{ kind: 'PartyJoined', party: 'h-1~8002~9' }, 'h-1~8002~9 is in the talk'],
  PartyEnded: [
    { kind: 'PartyEnded', party: 'h-1~8002~9', agent: '8002', result: 'no-answer', cause: 19 },
    'Agent 8002 did not answer (cause 19)',
  ],
  PartyHeld: [{ kind: 'PartyHeld', party: 'o', by: 'agent:8001' }, 'o is put on hold by agent:8001'],
  PartyRetrieved: [{ kind: 'PartyRetrieved', party: 'o', by: 'agent:8001' }, 'o is off hold by agent:8001'],
  PartyMuted: [{ kind: 'PartyMuted', party: 'o', by: 'agent:8001' }, 'o is muted by agent:8001'],
  PartyUnmuted: [{ kind: 'PartyUnmuted', party: 'o', by: 'agent:8001' }, 'o is heard again by agent:8001'],
  Conferenced: [{ kind: 'Conferenced', by: 'agent:8001' }, 'All talk together by agent:8001'],
  CallerLeft: [{ kind: 'CallerLeft', by: 'caller', cause: 16 }, 'The caller left, and the others talk on (cause 16)'],
  Transferred: [
    { kind: 'Transferred', leg, agent, to: 'h-1~8002~9', cause: 16, by: 'agent:8001' },
    'Agent 8001 left, and the talk is that of h-1~8002~9 by agent:8001',
  ],
  RecordingPaused: [
    { kind: 'RecordingPaused', by: 'agent:8001', because: 'card number', until: 120_000 },
    'Nothing of the talk is recorded: card number by agent:8001',
  ],
  RecordingResumed: [{ kind: 'RecordingResumed', isRefused: true }, 'Asterisk did not pause the recording'],
  TransferredOn: [
    { kind: 'TransferredOn', leg, agent, to: { queue: 'support' }, by: 'agent:8001' },
    'Agent 8001 sent the caller on to the line support by agent:8001',
  ],
  ...SUPERVISION_TOLD,
  AgentLeft: [{ kind: 'AgentLeft', leg, agent, cause: 16 }, 'Agent 8001 left (cause 16)'],
  SurveyOffered: [{ kind: 'SurveyOffered' }, 'Asked to rate the talk'],
  OutsideDialled: [
    { kind: 'OutsideDialled', outside: 'o', number: '02162345678', shows: '4008001000', meanwhile: 'music', place },
    'Dials 02162345678 for them, showing 4008001000',
  ],
  OutsideRang: [{ kind: 'OutsideRang', outside: 'o' }, 'It rings there'],
  OutsideAnswered: [{ kind: 'OutsideAnswered', outside: 'o', bridge: 'b' }, 'Answered there: the two are put through'],
  OutsideEnded: [{ kind: 'OutsideEnded', outside: 'o', result: 'busy', cause: 17 }, 'It is busy there (cause 17)'],
  DiallingRefused: [
    { kind: 'DiallingRefused', node: 'out', reason: 'quiet-hours', sentence: 'it is too early or too late', from: 1 },
    'Not dialled at out: it is too early or too late',
  ],
  SurveyPushed: [{ kind: 'SurveyPushed', leg, agent }, 'Agent 8001 sends them to the survey'],
  SurveyWithheld: [
    { kind: 'SurveyWithheld', survey: 'survey', because: 'draw', draw: { drawn: 71, share: 50 } },
    'Not asked about the talk (survey): it was not drawn, drew 71 of 100, under 50 is asked',
  ],
  SurveyAnswered: [{ kind: 'SurveyAnswered', rating: 5 }, 'Rated 5'],
  CallbackBooked: [
    { kind: 'CallbackBooked', ...booking, callback: 'cb9-h-1', number: '138' },
    'Will be called back by sales (they keep their place in the line): cb9-h-1',
  ],
  CallbackOpened: [
    {
      ...{ kind: 'CallbackOpened', ...booking, of: 'h-1', from: '138', name: '', to: '400' },
      ...{ flow: 'hotline', language: 'zh', callingIn: ['h-1'] },
    },
    'To be called back by sales (they keep their place in the line), as promised in h-1',
  ],
  CallbackDue: [{ kind: 'CallbackDue', placeAt: 0 }, 'Stands in the line'],
  CallbackRenewed: [{ kind: 'CallbackRenewed', ...promise }, 'Promised once more (they keep their place in the line)'],
  CallbackPostponed: [{ kind: 'CallbackPostponed' }, 'Is not to be called now'],
  AgentKeyPressed: [{ kind: 'AgentKeyPressed', leg, key: '2' }, 'The agent pressed 2'],
  OfferAccepted: [{ kind: 'OfferAccepted', leg, agent }, 'Agent 8001 takes it'],
  CustomerDialled: [{ kind: 'CustomerDialled', channel: 'c', number: '138', shows: '400' }, 'Dials 138, showing 400'],
  CustomerReached: [{ kind: 'CustomerReached' }, 'They have picked up'],
  TryEnded: [{ kind: 'TryEnded', leg, agent, result: 'busy', cause: 17 }, 'Not reached: busy (cause 17)'],
  AgentDialled: [
    { kind: 'AgentDialled', leg, agent, from: '138', to: '400', queue: 'sales', language: 'zh' },
    'Agent 8001 dials 138 for line sales',
  ],
  NotReached: [{ kind: 'NotReached', result: 'no-answer', cause: 19 }, 'Not reached: no answer (cause 19)'],
  RangBack: [{ kind: 'RangBack', call: 'h-2' }, 'They are calling themselves: h-2'],
  RangOff: [{ kind: 'RangOff', call: 'h-2' }, 'They have hung up: h-2'],
  CallbackTakenOver: [{ kind: 'CallbackTakenOver', call: 'duty1-7' }, 'Somebody on duty speaks with them: duty1-7'],
  DutyBegan: [
    { kind: 'DutyBegan', id: 'h-1', channel: 'h-1', from: '138', name: '', to: '400', flow: 'duty', language: 'zh' },
    'Dials in for duty from 138 at 400',
  ],
  DutyReached: [{ kind: 'DutyReached' }, 'They have picked up'],
  DutyAsked: [{ kind: 'DutyAsked', for: 'who' }, 'Asked who they are'],
  DutyKeyed: [{ kind: 'DutyKeyed' }, 'Pressed a key of who they are, or of their PIN'],
  PinGiven: [{ kind: 'PinGiven' }, 'A PIN was keyed in'],
  PinRefused: [{ kind: 'PinRefused', because: 'wrong' }, 'Not let in: it is not right, or locked'],
  DutyEntered: [{ kind: 'DutyEntered', person: '7', until: 0, waiting: [] }, 'Let in: 7, for whom 0 wait'],
  MessageTold: [{ kind: 'MessageTold', message: 'h-1~message5', person: '7' }, '7 hears message h-1~message5'],
  TakeOverBegun: [
    { kind: 'TakeOverBegun', message: 'h-1~message5', person: '7', callback: null },
    '7 takes over message h-1~message5: its caller is dialled',
  ],
  MessageSettled: [
    { kind: 'MessageSettled', message: 'h-1~message5', person: '7', as: 'passed', callback: null },
    '7 passes on message h-1~message5',
  ],
  CallbackWithdrawn: [
    { kind: 'CallbackWithdrawn', because: 'served', call: 'h-2' },
    'Need not be called any more: they were served when they called',
  ],
  LowScore: [
    { kind: 'LowScore', name: 'rating', score: 1, atOrUnder: 2 },
    'So low that a person is told: rating is 1, at or under 2',
  ],
  Dismissed: [{ kind: 'Dismissed', outcome: 'closed' }, 'The hotline ends the call: closed'],
  HandedToLifeboat: [{ kind: 'HandedToLifeboat', queue: 'sales' }, 'Handed to the lifeboat, line sales'],
  LifeboatConnected: [{ kind: 'LifeboatConnected', agent, leg }, 'The lifeboat connected agent 8001'],
  CallEnded: [
    { kind: 'CallEnded', outcome: 'abandoned-in-queue', short: true, by: 'caller', cause: 16 },
    'Ended by the caller: abandoned-in-queue (short) (cause 16)',
  ],
  RecordingFiled: [{ kind: 'RecordingFiled', recording }, 'Recording filed, 1 min 1 s, whole: h-1.wav'],
}

describe('every fact is told in a sentence', () => {
  it.each(Object.entries(TOLD))('%s', (_, [fact, sentence]) => {
    expect(tell({ at: 0, ...fact } as Fact)).toEqual({ text: sentence, details: [] })
  })
  it('a recording with faults names them', () => {
    const faulty = { ...recording, faults: ['2.0 s shorter than the call'] }
    const lost = { file: null, ms: 0, sha256: null, faults: ['the disk was full'] }
    const told = [faulty, lost].map(recording => tell({ at: 0, kind: 'RecordingFiled', recording }).text)
    expect(told).toEqual([
      'Recording filed, 1 min 1 s, 2.0 s shorter than the call: h-1.wav',
      'No recording: the disk was full',
    ])
  })
  it('a survey by the version of its flow, an answer by the question', () => {
    const survey = { at: 0, kind: 'SurveyOffered', survey: 'nps', release: 7 } as const
    const answer = { at: 0, kind: 'SurveyAnswered', rating: 9, name: 'recommend', scale: 'nps' } as const
    expect([survey, answer].map(fact => tell(fact).text)).toEqual([
      'Asked to rate the talk (nps, release 7)',
      'Rated 9 (recommend, on the scale nps)',
    ])
  })
  it('a comment that may be spoken, by the question', () => {
    const lengths = { leastMs: 1, mostMs: 2, silenceMs: 1 }
    const begun = tell({ at: 0, kind: 'MessageBegun', message: 'm', place, name: 'why', ...lengths })
    expect(begun.text).toBe('May speak a comment (why)')
  })
  it('a fact of a newer version is shown by its name', () => {
    expect(tell({ at: 0, kind: 'Teleported' } as never).text).toBe('Teleported')
  })
})

describe('an offer tells why, and why not the others', () => {
  it('each rival with their disadvantage, then how many could not be asked', () => {
    const rivals = [
      { agent: '8002', level: 8, idleMs: 30_000, because: 'idle-less-long' as const },
      { agent: '8003', level: 5, idleMs: 600_000, because: 'less-skilled' as const },
      { agent: '8004', level: 9, idleMs: 600_000, because: 'missed-this-call' as const },
    ]
    const others = { talking: 3, paused: 1 }
    const offer = tell({ at: 0, kind: 'AgentOffered', agent, leg, why: { ...why, rivals, others } })
    expect(offer.details).toEqual([
      'not 8002: idle less long (skill level 8, idle for 30.0 s)',
      'not 8003: less skilled (skill level 5, idle for 10 min 0 s)',
      'not 8004: missed this call before (skill level 9, idle for 10 min 0 s)',
      'could not be asked: 3 talking, 1 paused',
    ])
  })
  it('who could not be asked, and that there were more of them', () => {
    const named = { talking: ['8002', '8003'], paused: ['8004'] }
    const others = { talking: 3, paused: 1, 'not-skilled': 7 }
    const offer = tell({ at: 0, kind: 'AgentOffered', agent, leg, why: { ...why, rivals: [], others, named } })
    expect(offer.details).toEqual(['could not be asked: 3 talking (8002, 8003, …), 1 paused (8004), 7 not-skilled'])
  })
})

describe('joining a line tells why one has to wait', () => {
  const joined = { at: 0, kind: 'Queued', queue: 'sales', ahead: 0, waitMs: null } as const
  it('by the states of those who are able to serve it', () => {
    expect(tell({ ...joined, staff: { talking: 2, paused: 1 } }).details).toEqual([
      'agents able to serve it: 2 talking, 1 paused',
    ])
  })
  it('or that there is nobody', () => {
    expect(tell({ ...joined, staff: {} }).details).toEqual(['nobody able to serve it is signed in'])
  })
  it('or not at all, in a story of an older version', () => {
    expect(tell(joined).details).toEqual([])
  })
})

describe('whoever waits is moved', () => {
  it('by somebody, whose name is told', () => {
    const by = 'person:li'
    expect(tell({ at: 0, kind: 'PlaceRaised', headStartMs: 60_000, by }).text).toBe(
      'Moved by person:li: stands in the line, with a head start of 1 min 0 s',
    )
    expect(tell({ at: 0, kind: 'Overflowed', queue: 'sales', because: 'moved', flow: 'direct-support', by }).text).toBe(
      'Moved by person:li: leaves the line sales',
    )
  })
})

it('whoever sends on what rings at an agent’s phone is named', () => {
  const sentOn = { kind: 'OfferEnded', leg, agent, result: 'withdrawn', cause: 26, by: 'person:li' } as const
  expect(tell({ at: 0, ...sentOn }).text).toBe('Agent 8001 sends them on unanswered, asked by person:li (cause 26)')
})

it('whoever cancels a callback is named, and why in their words', () => {
  const withdrawn = { at: 0, kind: 'CallbackWithdrawn', because: 'cancelled' } as const
  expect(tell({ ...withdrawn, by: 'person:li', reason: 'solved by e-mail' }).text).toBe(
    'Need not be called any more: person:li has said so (solved by e-mail)',
  )
  expect(tell(withdrawn).text).toBe('Need not be called any more: somebody has said so')
})
