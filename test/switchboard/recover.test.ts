import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type Call, legsOf } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import { evolve } from '../../src/call/evolve.ts'
import { isOurs } from '../../src/ids.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import type { Clock, Phone, Seen, SeenChannel } from '../../src/switchboard/ports.ts'
import { commandsAgain, recover } from '../../src/switchboard/recover.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import {
  aCallerHearingMusic,
  aCallerInLine,
  aCallerInTheMenu,
  anAgent,
  anAgentIsChosen,
  aQueue,
  CALL,
  given,
  NOON,
  theAgentAnswers,
  theCallerHangsUp,
  thePromptEnds,
  theWaitIsOver,
} from '../call/given.ts'

const NOTHING: Seen = {
  ...{ startedAt: 0, channels: new Map(), bridges: new Map(), sayings: new Set() },
  ...{ messages: new Map(), spoken: [] },
}

/** A service that comes back to these calls, and to an Asterisk that has these channels. */
function aBoard(calls: Call[], channels: string[], queues = [aQueue('sales')]) {
  const logged: { level: number; call?: string }[] = []
  const log = pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) })
  const clock: Clock = { now: () => NOON, at: () => () => {} }
  const caller = { number: '', name: '' }
  const seen = channels.map((id): [string, SeenChannel] => [
    id,
    { id, up: true, ours: true, caller, dialled: '', role: isOurs(id) ? 'other' : 'caller' },
  ])
  const performed: Command[] = []
  const phone: Phone = {
    perform: async command => void performed.push(command),
    look: async () => ({ ...NOTHING, channels: new Map(seen) }),
  }
  const centre = new Centre(queues, new Map())
  const board = new Switchboard({ centre, namedQueues: [], phone, memory: { remember: async () => {} }, clock, log })
  board.restore([anAgent('8001')], calls)
  return { board, phone, clock, log, logged, performed }
}

const inTheMenu = (id: string): Call => ({ ...given(aCallerInTheMenu).call!, id, channel: id, saying: null })

test('a call that goes wrong is told to a person, and the others are recovered', async () => {
  const lost: Call = {
    ...inTheMenu('lost'),
    saying: 's',
    place: { flow: 'hotline', node: 'gone', tries: 1, language: 'zh' },
  }
  const { logged, ...parts } = aBoard([lost, inTheMenu('unread'), inTheMenu('over')], ['lost'])
  const endOf = async ({ id }: Call) => {
    if (id === 'unread') throw new Error('no such disk')
    return NOON
  }
  await recover({
    ...parts,
    dialled: () => ({ flow: 'hotline', language: 'zh', release: 0 }),
    endOf,
    onRecord: async () => new Set(),
    isTold: () => false,
  })
  expect(parts.board.call('over')!.phase).toBe('ended')
  expect(logged).toMatchObject([
    { level: 50, call: 'lost' },
    { level: 50, call: 'unread' },
  ])
})

test('two are connected when the prompts are stopped that were to be cut short when the service died: the menu, and the welcome', async () => {
  const answered = given(aCallerInLine, anAgentIsChosen(), theAgentAnswers).call!
  const leg = answered.leg!.id
  const { performed, ...parts } = aBoard([answered], [CALL, leg])
  await recover({
    ...parts,
    dialled: () => ({ flow: 'hotline', language: 'zh', release: 0 }),
    endOf: async () => undefined,
    onRecord: async () => new Set(),
    isTold: () => false,
  })
  await parts.board.settled()
  const begun = [
    ...answered.cutShort!.map(say => ({ do: 'stop-saying', say })),
    { do: 'connect', channels: [CALL, leg] },
  ]
  expect(begun).toHaveLength(3)
  const hush = { do: 'stop-saying', say: `${CALL}~hush` }
  expect(performed).toMatchObject([hush, ...begun, ...begun])
})

test('of a call that the hotline has ended, and whose recording is still to be filed, nothing more is asked', () => {
  const ended = given(aCallerInLine, theWaitIsOver('longest-wait'), thePromptEnds, theCallerHangsUp).call!
  expect(ended).toMatchObject({ phase: 'ended', dismissed: 'abandoned-in-queue' })
  expect(commandsAgain(ended, NOTHING)).toEqual([])
})

test('who waits hears music again after a death of the service: in line the line’s own, until an answer that of the house', () => {
  const line = given().with({ queue: id => aQueue(id, { music: 'jazz' }) })
  const own = { prompt: 'jazz', language: 'zh' }
  expect(commandsAgain(line.when(aCallerHearingMusic).call!, NOTHING)).toEqual([{ do: 'music', channel: CALL, own }])
  expect(commandsAgain(line.when(anAgentIsChosen()).call!, NOTHING)).toEqual([{ do: 'music', channel: CALL, own }])
  const asked = { system: 'billing', method: 'GET', path: '/', timeoutMs: 1, send: {} } as const
  const asking = { ...inTheMenu(CALL), lookup: { id: 'l', asked } }
  expect(commandsAgain(asking, NOTHING)).toMatchObject([{ do: 'look-up' }])
  const toMusic = evolve(asking, { kind: 'MusicBegun', at: NOON })
  expect(commandsAgain(toMusic, NOTHING)).toMatchObject([{ do: 'music', channel: CALL }, { do: 'look-up' }])
})

test('of two phones of one ring that were answered while we were away, one gets the caller, and the other is let go', async () => {
  const queues = [aQueue('sales', { strategy: 'ring-all' })]
  const ring = given(aCallerInLine).with({ queue: () => queues[0] })
  const call = ring.when(anAgentIsChosen('8001'), anAgentIsChosen('8002'), anAgentIsChosen('8003')).call!
  const [third, first, second] = legsOf(call).map(({ id }) => id)
  const { performed, board, ...parts } = aBoard([call], [CALL, first!, second!], queues)
  const endOf = async () => undefined
  await recover({
    ...parts,
    board,
    dialled: () => ({ flow: 'hotline', language: 'zh', release: 0 }),
    endOf,
    onRecord: async () => new Set(),
    isTold: () => false,
  })
  await board.settled()
  const after = board.call(CALL)!
  expect(legsOf(after).map(({ id, answeredAt, result }) => [id, answeredAt !== null, result])).toEqual([
    [first, true, null],
    [third, false, 'withdrawn'],
    [second, false, 'withdrawn'],
  ])
  expect(performed).toContainEqual({ do: 'hang-up', channel: second, cause: 26 })
  expect(performed).not.toContainEqual(expect.objectContaining({ do: 'hang-up', channel: first }))
})

test('what an agent dials while we compare is not hung up: it is served in a moment', async () => {
  const { performed, phone, ...parts } = aBoard([], [])
  const desk = (id: string): [string, SeenChannel] => [
    id,
    { id, up: false, ours: true, caller: { number: '8001', name: '' }, dialled: '110', role: 'agent' },
  ]
  const look = async () => ({ ...NOTHING, channels: new Map([desk('told'), desk('forgotten')]) })
  await recover({
    ...parts,
    phone: { ...phone, look },
    dialled: () => ({ flow: 'hotline', language: 'zh', release: 0 }),
    endOf: async () => undefined,
    onRecord: async () => new Set(),
    isTold: channel => channel === 'told',
  })
  expect(performed).toMatchObject([{ do: 'hang-up', channel: 'forgotten' }])
})
