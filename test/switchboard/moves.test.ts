import { describe, expect, test } from 'vitest'
import { aQueue } from '../call/given.ts'
import { ANNA, BOB, CALLED_BACK, calledBackAndSentOn, Hotline, rungFor } from './aHotline.ts'

const LI = 'person:li'

/** Three wait for sales, in this order. Their agents rest. */
function threeWait(...agents: string[]): Hotline {
  const hotline = new Hotline(...(agents.length > 0 ? agents : ['8001']))
  for (const [i, id] of ['a', 'b', 'c'].entries()) hotline.calls(id, `1380013800${i}`)
  return hotline
}

const factsOf = (hotline: Hotline, id: string): string[] =>
  hotline.told.filter(([call]) => call === id).map(([, { kind }]) => kind)

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
