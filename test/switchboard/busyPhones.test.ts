import { pino } from 'pino'
import { expect, test } from 'vitest'
import { codeDialled, type OwnCode } from '../../src/agent/codes.ts'
import { OWN_CALL_AT_MOST_MS } from '../../src/switchboard/busyPhones.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { aCallerHearingMusic, anAgent, aQueue, given } from '../call/given.ts'
import { FakeClock } from '../stories/clock.ts'

const DESK = 'hotline-2.1'
const waiting = given(aCallerHearingMusic).call!

/** A caller waits in the line, and these agents are there. */
function aCentre(...agents: ReturnType<typeof anAgent>[]) {
  const clock = new FakeClock()
  const board = new Switchboard({
    centre: new Centre([aQueue('sales')], new Map()),
    namedQueues: [],
    phone: { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) },
    memory: { remember: async () => {} },
    clock,
    log: pino({ level: 'silent' }),
  })
  board.restore(agents, [waiting])
  board.wake()
  const offered = () => board.call(waiting.id)!.leg?.agent
  const dials = (id: string, code: string) => {
    board.busyPhones.begin(DESK, id)
    return board.dial(id, codeDialled(code) as OwnCode)
  }
  return { board, clock, offered, dials }
}

test('an agent who dials that they are ready is so at once, and is offered a caller when that call is over', async () => {
  const { board, offered, dials } = aCentre(anAgent('8001', { state: 'paused', reason: 'rest' }))
  await dials('8001', '*3')
  expect(board.agents.get('8001')!.state).toBe('ready')
  expect(offered()).toBeUndefined()
  board.busyPhones.end(DESK)
  expect(offered()).toBe('8001')
})

test('meanwhile the caller goes to whoever else becomes free', async () => {
  const { board, offered, dials } = aCentre(
    anAgent('8001', { state: 'signed-out', skills: { sales: 9 } }),
    anAgent('8002', { state: 'paused', reason: 'rest' }),
  )
  await dials('8001', '*1')
  await board.dial('8002', codeDialled('*3') as OwnCode)
  expect(offered()).toBe('8002')
})

test('where the end of that call is never heard, the agent is offered a caller all the same', async () => {
  const { clock, offered, dials } = aCentre(anAgent('8001', { state: 'paused', reason: 'rest' }))
  await dials('8001', '*3')
  const dialled = clock.now()
  clock.step()
  expect([offered(), clock.now() - dialled]).toEqual(['8001', OWN_CALL_AT_MOST_MS])
})

test('a phone on two calls is busy until both are over', async () => {
  const { board, offered, dials } = aCentre(anAgent('8001', { state: 'paused', reason: 'rest' }))
  board.busyPhones.begin('hotline-2.2', '8001')
  await dials('8001', '*3')
  board.busyPhones.end(DESK)
  expect(offered()).toBeUndefined()
  board.busyPhones.end('hotline-2.2')
  expect(offered()).toBe('8001')
})
