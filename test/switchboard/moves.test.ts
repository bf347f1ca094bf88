import { describe, expect, test } from 'vitest'
import { openLegs } from '../../src/call/call.ts'
import { aQueue } from '../call/given.ts'
import { ANNA, BOB, Hotline } from './aHotline.ts'

const LI = 'person:li'

/** Three wait for sales, in this order. Their agents rest. */
function threeWait(...agents: string[]): Hotline {
  const hotline = new Hotline(...(agents.length > 0 ? agents : ['8001']))
  for (const [i, id] of ['a', 'b', 'c'].entries()) hotline.calls(id, `1380013800${i}`)
  return hotline
}

const rungFor = ({ board }: Hotline, id: string): string[] => openLegs(board.call(id)!).map(({ agent }) => agent)

const factsOf = (hotline: Hotline, id: string): string[] =>
  hotline.told.filter(([call]) => call === id).map(([, { kind }]) => kind)

const CALLED_BACK = `cb-sales-${ANNA}`

/** 8001 has called Anna back, and sent her on. 8002 is ready, and 8003 talks. */
async function calledBackAndSentOn(to: { agent: string } | { queue: string }): Promise<Hotline> {
  const hotline = new Hotline('8001', '8002', '8003')
  const { board } = hotline
  await hotline.isReady('8003')
  hotline.calls('a', BOB)
  hotline.takes('a')
  await hotline.isReady('8001')
  hotline.promised(ANNA, 'asked')
  hotline.takes(CALLED_BACK)
  await hotline.isReady('8002')
  const leg = board.call(CALLED_BACK)!.channel
  for (const kind of ['LegAnswered', 'OnTape'] as const) board.happen(CALLED_BACK, { kind, leg, at: hotline.at })
  hotline.now += 60_000
  board.happen(CALLED_BACK, { kind: 'SingleStepTransfer', to, by: 'agent:8001', at: hotline.at })
  return hotline
}

describe('a waiting caller is moved', () => {
  test('before all others, and so is served next', async () => {
    const hotline = threeWait()
    const moved = await hotline.acts.move('c', { ahead: 'first' }, LI)
    expect(moved).toEqual({ call: 'c', queue: 'sales', ahead: 0, headStartMs: 2_001, agent: null })
    await hotline.isReady('8001')
    expect(rungFor(hotline, 'c')).toEqual(['8001'])
  })

  test('by so much of a head start as is said, which may also take one back', async () => {
    const hotline = threeWait()
    expect(await hotline.acts.move('c', { ahead: 1_500 }, LI)).toMatchObject({ ahead: 1, headStartMs: 1_500 })
    expect(await hotline.acts.move('c', { ahead: 0 }, LI)).toMatchObject({ ahead: 2, headStartMs: 0 })
    await hotline.isReady('8001')
    expect(rungFor(hotline, 'a')).toEqual(['8001'])
  })

  test('to an agent who is ready, whose phone rings at once', async () => {
    const hotline = new Hotline('8001', '8002')
    hotline.board.offer(false)
    hotline.calls('a', ANNA)
    await hotline.isReady('8001')
    await hotline.isReady('8002')
    hotline.board.offer(true)
    expect(rungFor(hotline, 'a')).toEqual(['8001'])
    // Another phone rings for them: it is let go, and that agent is ready again.
    expect(await hotline.acts.move('a', { agent: '8002' }, LI)).toMatchObject({ agent: '8002' })
    expect(rungFor(hotline, 'a')).toEqual(['8002'])
    expect(hotline.board.agents.get('8001')!.state).toBe('ready')
  })

  test('to an agent who talks, for whom alone they wait, and before all others', async () => {
    const hotline = threeWait('8001', '8002')
    await hotline.isReady('8001')
    hotline.takes('a')
    expect(hotline.board.call('a')!.leg!.answeredAt).not.toBeNull()
    expect(await hotline.acts.move('c', { agent: '8001' }, LI)).toMatchObject({ ahead: 0, agent: '8001' })
    await hotline.isReady('8002')
    expect(rungFor(hotline, 'b')).toEqual(['8002'])
    expect(rungFor(hotline, 'c')).toEqual([])
    hotline.hangsUp('a')
    expect(rungFor(hotline, 'c')).toEqual(['8001'])
  })

  test('and may be served by anybody once that agent has kept them waiting for a minute, or goes', async () => {
    const hotline = threeWait('8001', '8002')
    await hotline.isReady('8001')
    hotline.takes('a')
    await hotline.acts.move('c', { agent: '8001' }, LI)
    expect(hotline.board.call('c')!.waits['first-agent']).toBe(hotline.at + 60_000)
    hotline.now += 60_000
    hotline.board.happen('c', { kind: 'WaitOver', wait: 'first-agent', at: hotline.at })
    expect(hotline.board.call('c')!.first).toBeNull()
    await hotline.isReady('8002')
    expect(rungFor(hotline, 'c')).toEqual(['8002'])
  })

  test('to another line, at the place that their whole wait gives them, and hears so', async () => {
    const hotline = threeWait()
    hotline.line = 'support'
    await hotline.isReady('8001')
    hotline.takes('a')
    expect(await hotline.acts.move('b', { queue: 'support' }, LI)).toMatchObject({ queue: 'support', ahead: 0 })
    const { phase, queue, queuedAt, lineAt, sentOn } = hotline.board.call('b')!
    expect({ phase, queue }).toEqual({ phase: 'queued', queue: 'support' })
    expect(lineAt).toBe(hotline.at)
    expect(sentOn).toEqual([{ queue: 'sales', because: 'moved', joinedAt: queuedAt }])
    expect(factsOf(hotline, 'b').slice(-3)).toEqual(['Overflowed', 'Queued', 'Prompted'])
  })

  test('to another line also after they were called back and sent on', async () => {
    const hotline = await calledBackAndSentOn({ agent: '8002' })
    expect(await hotline.acts.move(CALLED_BACK, { queue: 'support' }, LI)).toMatchObject({ queue: 'support' })
    expect(hotline.board.call(CALLED_BACK)).toMatchObject({ queue: 'support' })
  })

  test('once, however often it is asked for, and whoever asks', async () => {
    const hotline = threeWait()
    await hotline.isReady('8001')
    hotline.takes('a')
    for (const wanted of [{ ahead: 'first' }, { queue: 'support' }, { agent: '8001' }] as const) {
      const first = await hotline.acts.move('c', wanted, LI)
      const before = hotline.told.length
      expect(await hotline.acts.move('c', wanted, 'person:wang')).toEqual(first)
      expect(hotline.told).toHaveLength(before)
    }
    const by = hotline.told.flatMap(([, fact]) => ('by' in fact && fact.kind !== 'CallEnded' ? fact.by : []))
    expect(new Set(by)).toEqual(new Set([LI]))
  })

  test('also one whom nobody has called back yet, who is given to one agent whoever else waits', async () => {
    const hotline = new Hotline('8001')
    hotline.calls('a', ANNA)
    await hotline.isReady('8001')
    hotline.takes('a')
    hotline.calls('b', '13800138002')
    const id = hotline.promised(BOB, 'asked')
    expect(await hotline.acts.move(id, { agent: '8001' }, LI)).toMatchObject({ agent: '8001', ahead: 0 })
    hotline.board.happen(id, { kind: 'FirstAgentAway', at: hotline.at })
    expect(hotline.board.call(id)!.first).toBeNull()
    await hotline.acts.move(id, { agent: '8001' }, LI)
    hotline.hangsUp('a')
    expect(rungFor(hotline, id)).toEqual(['8001'])
    expect(rungFor(hotline, 'b')).toEqual([])
  })
})

describe('a call that rings is sent on by its agent', () => {
  const rings = async () => {
    const hotline = new Hotline('8001', '8002')
    await hotline.isReady('8001')
    hotline.calls('a', ANNA)
    expect(rungFor(hotline, 'a')).toEqual(['8001'])
    return hotline
  }

  const answered = (hotline: Hotline, wanted: object, id = 'a'): Promise<string> =>
    hotline.acts.move(id, wanted, LI).then(
      () => 'done',
      ({ id, message }) => `${id}: ${message}`,
    )

  test('to a colleague who is ready, whose phone rings at once; the agent is ready, and has the next caller', async () => {
    const hotline = await rings()
    await hotline.isReady('8002')
    const moved = await hotline.acts.move('a', { from: '8001', agent: '8002' }, LI)
    expect(moved).toEqual({ call: 'a', queue: 'sales', ahead: 0, headStartMs: 0, agent: '8002' })
    expect(rungFor(hotline, 'a')).toEqual(['8002'])
    expect(hotline.board.agents.get('8001')).toMatchObject({ state: 'ready', reason: null })
    hotline.calls('b', BOB)
    expect(rungFor(hotline, 'b')).toEqual(['8001'])
  })

  test('to their line: whoever else is ready comes first, and they again where nobody is', async () => {
    const hotline = await rings()
    await hotline.isReady('8002')
    await hotline.acts.move('a', { from: '8001', queue: 'sales' }, LI)
    expect(rungFor(hotline, 'a')).toEqual(['8002'])
    await hotline.acts.move('a', { from: '8002', queue: 'sales' }, LI)
    expect(rungFor(hotline, 'a')).toHaveLength(1)
  })

  test('before those who came later, also where a colleague is to be waited for', async () => {
    const hotline = await rings()
    await hotline.isReady('8002')
    hotline.calls('b', BOB)
    hotline.takes('b')
    hotline.calls('c', '13800138002')
    await hotline.acts.move('a', { from: '8001', agent: '8002' }, LI)
    expect(rungFor(hotline, 'c')).toEqual(['8001'])
    hotline.hangsUp('b')
    expect(rungFor(hotline, 'a')).toEqual(['8002'])
  })

  test('also a callback that nobody has taken yet, which stays in its line', async () => {
    const hotline = new Hotline('8001', '8002')
    const id = hotline.promised(ANNA, 'asked')
    await hotline.isReady('8001')
    await hotline.isReady('8002')
    expect(rungFor(hotline, id)).toEqual(['8001'])
    expect(await answered(hotline, { from: '8001', queue: 'support' }, id)).toBe(
      `not-moved: The callback ${id} stays in the line sales, which has promised it.`,
    )
    expect(await answered(hotline, { from: '8001', agent: '8002' }, id)).toBe('done')
    expect(rungFor(hotline, id)).toEqual(['8002'])
  })

  test('also the customer of a callback who was sent on after the talk, who waits like a caller', async () => {
    const hotline = await calledBackAndSentOn({ agent: '8002' })
    expect(rungFor(hotline, CALLED_BACK)).toEqual(['8002'])
    await hotline.board.dial('8001', { kind: 'wish', wish: { kind: 'pause', reason: 'rest' } })
    await hotline.acts.move(CALLED_BACK, { from: '8002', agent: '8003' }, LI)
    const { phase, first, waits } = hotline.board.call(CALLED_BACK)!
    expect({ phase, first }).toEqual({ phase: 'queued', first: '8003' })
    expect(Object.keys(waits)).toEqual(expect.arrayContaining(['longest-wait', 'announce', 'first-agent']))
  })

  test('once, however often it is asked for', async () => {
    const hotline = await rings()
    await hotline.isReady('8002')
    const first = await hotline.acts.move('a', { from: '8001', agent: '8002' }, LI)
    const before = hotline.told.length
    expect(await hotline.acts.move('a', { from: '8001', agent: '8002' }, LI)).toEqual(first)
    expect(hotline.told).toHaveLength(before)
  })

  test('by nobody who has let it ring out, nor again once somebody has answered; nothing of it is told then', async () => {
    const notTheirs = 'not-moved: The call a does not ring at the phone of agent 8001.'
    const hotline = await rings()
    hotline.now += 60_000
    hotline.board.happen('a', { kind: 'WaitOver', wait: 'ring', at: hotline.at })
    expect(hotline.board.call('a')).toMatchObject({ phase: 'queued', missedBy: ['8001'] })
    expect(await answered(hotline, { from: '8001', queue: 'support' })).toBe(notTheirs)
    const sentOn = await rings()
    await sentOn.isReady('8002')
    expect(await answered(sentOn, { from: '8001', agent: '8002' })).toBe('done')
    sentOn.takes('a')
    expect(await answered(sentOn, { from: '8001', agent: '8002' })).toBe(notTheirs)
  })

  test('nor by who was rung for it again, and then let it ring out', async () => {
    const hotline = await rings()
    expect(await answered(hotline, { from: '8001', queue: 'sales' })).toBe('done')
    expect(rungFor(hotline, 'a'), 'nobody else is there').toEqual(['8001'])
    hotline.now += 60_000
    hotline.board.happen('a', { kind: 'WaitOver', wait: 'ring', at: hotline.at })
    expect(await answered(hotline, { from: '8001', queue: 'support' })).toBe(
      'not-moved: The call a does not ring at the phone of agent 8001.',
    )
  })

  test('or it is said why not', async () => {
    const hotline = await rings()
    expect(await answered(hotline, { from: '8002', queue: 'support' })).toBe(
      'not-moved: The call a does not ring at the phone of agent 8002.',
    )
    hotline.takes('a')
    expect(await answered(hotline, { from: '8002', queue: 'support' }), 'nothing of another’s talk is told').toBe(
      'not-moved: The call a does not ring at the phone of agent 8002.',
    )
  })

  test('to somebody else, who is there', async () => {
    const hotline = await rings()
    expect(await answered(hotline, { from: '8001', agent: '8001' })).toBe(
      'bad-input: Agent 8001 is whose phone rings: name another.',
    )
    expect(await answered(hotline, { from: '8001', agent: '8002' })).toBe(
      'not-moved: Agent 8002 is paused: nobody would be rung.',
    )
  })
})

describe('who cannot be moved stays where they are, and the reason is told:', () => {
  const refused = async (hotline: Hotline, id: string, wanted: object) => {
    const before = hotline.told.length
    const why: { id: string; message: string } = await hotline.acts.move(id, wanted, LI).then(
      () => Promise.reject(new Error('it was not refused')),
      thrown => thrown,
    )
    expect(hotline.told).toHaveLength(before)
    return `${why.id}: ${why.message}`
  }

  test('they are gone, or talk', async () => {
    const hotline = threeWait()
    expect(await refused(hotline, 'none', { ahead: 'first' })).toBe('not-found: There is no call none, or it is over.')
    await hotline.isReady('8001')
    hotline.takes('a')
    expect(await refused(hotline, 'a', { ahead: 'first' })).toBe('not-moved: Agent 8001 has answered the caller of a.')
    hotline.hangsUp('b')
    expect(await refused(hotline, 'b', {})).toBe('not-found: There is no call b, or it is over.')
  })

  test('the lifeboat has them', async () => {
    const hotline = threeWait()
    hotline.board.happen('b', { kind: 'DatabaseAway', at: hotline.at })
    expect(await refused(hotline, 'b', { ahead: 'first' })).toBe(
      "not-moved: The lifeboat has the caller of b: Asterisk's own queue serves them.",
    )
  })

  test('there is no such line, or agent, or nobody is there', async () => {
    const hotline = threeWait()
    expect(await refused(hotline, 'a', { queue: 'x' })).toBe(
      'bad-input: There is no queue "x"; there are sales, support.',
    )
    expect(await refused(hotline, 'a', { agent: '9' })).toBe('bad-input: There is no agent "9".')
    expect(await refused(hotline, 'a', { agent: '8001' })).toBe(
      'not-moved: Agent 8001 is paused: nobody would be rung.',
    )
    await hotline.board.dial('8001', { kind: 'wish', wish: { kind: 'sign-out' } })
    expect(await refused(hotline, 'a', { queue: 'support' })).toBe(
      'not-moved: Nobody able to serve the line support is signed in.',
    )
  })

  test('their agent lacks the skills that are still asked for, also where they were called back and sent on', async () => {
    const hotline = await calledBackAndSentOn({ agent: '8002' })
    const relaxing = [{ afterMs: 60_000, skills: { sales: 1 } }]
    hotline.centre.learn([aQueue('sales', { skills: { sales: 6 }, relaxing })], new Map())
    expect(await refused(hotline, CALLED_BACK, { agent: '8003' })).toBe(
      'not-moved: Agent 8003 lacks the skills of the line sales.',
    )
  })

  test('a callback stays in the line that has promised it', async () => {
    const hotline = new Hotline('8001')
    const id = hotline.promised(BOB, 'asked')
    expect(await refused(hotline, id, { queue: 'support' })).toBe(
      `not-moved: The callback ${id} stays in the line sales, which has promised it.`,
    )
  })
})
