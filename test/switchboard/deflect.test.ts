import { describe, expect, test } from 'vitest'
import { openLegs } from '../../src/call/call.ts'
import { aQueue } from '../call/given.ts'
import { ANNA, BOB, CALLED_BACK, calledBackAndSentOn, Hotline, rungFor } from './aHotline.ts'

/** deflect-call on a whole switchboard. */

const LI = 'person:li'

/** 8001 and 8002 are rung for Anna, in a line that rings all. */
async function allRing(): Promise<Hotline> {
  const hotline = new Hotline('8001', '8002')
  hotline.centre.learn([aQueue('sales', { strategy: 'ring-all', wrapUpMs: 0 })], new Map())
  await hotline.isReady('8001')
  await hotline.isReady('8002')
  hotline.calls('a', ANNA)
  expect(rungFor(hotline, 'a').sort()).toEqual(['8001', '8002'])
  return hotline
}

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

  test('and given back to them by name, rings at theirs', async () => {
    const hotline = await rings()
    await hotline.isReady('8002')
    await hotline.acts.move('a', { from: '8001', agent: '8002' }, LI)
    expect(rungFor(hotline, 'a')).toEqual(['8002'])
    await hotline.acts.move('a', { from: '8002', agent: '8001' }, LI)
    expect(rungFor(hotline, 'a')).toEqual(['8001'])
  })

  test('and is anybody’s again once somebody has talked with them', async () => {
    const hotline = await rings()
    await hotline.isReady('8002')
    await hotline.acts.move('a', { from: '8001', agent: '8002' }, LI)
    hotline.takes('a')
    const { saying, sayingToAgent } = hotline.board.call('a')!
    for (const say of [saying, sayingToAgent])
      if (say) hotline.board.happen('a', { kind: 'PromptEnded', say, at: hotline.at })
    expect(hotline.board.call('a')).toMatchObject({ phase: 'talking', deflectedBy: [] })
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

  test('to their line, where all are rung: it rings on at the others’ phones, and not at theirs', async () => {
    const hotline = await allRing()
    const ringsOn = openLegs(hotline.board.call('a')!).find(({ agent }) => agent === '8002')
    await hotline.acts.move('a', { from: '8001', queue: 'sales' }, LI)
    expect(openLegs(hotline.board.call('a')!)).toEqual([ringsOn])
    expect(hotline.board.agents.get('8001')!.state).toBe('ready')
    hotline.calls('b', BOB)
    expect(rungFor(hotline, 'b'), 'the next caller rings there').toEqual(['8001'])
    await hotline.acts.move('a', { from: '8002', queue: 'sales' }, LI)
    expect(rungFor(hotline, 'a'), 'both have sent them on, and nobody else is there').toEqual(['8002'])
  })

  test('and waits for a colleague who is busy, while who has sent them on serves those behind; where that one goes, for them', async () => {
    const hotline = new Hotline('8001', '8002')
    await hotline.isReady('8002')
    hotline.calls('x', '13800138003')
    hotline.takes('x')
    await hotline.isReady('8001')
    hotline.calls('a', ANNA)
    await hotline.acts.move('a', { from: '8001', queue: 'sales' }, LI)
    expect(rungFor(hotline, 'a')).toEqual([])
    hotline.calls('b', BOB)
    expect(rungFor(hotline, 'b')).toEqual(['8001'])
    hotline.hangsUp('b')
    expect(rungFor(hotline, 'a')).toEqual([])
    await hotline.board.dial('8002', { kind: 'wish', wish: { kind: 'pause', reason: 'rest' } })
    hotline.hangsUp('x')
    expect(rungFor(hotline, 'a')).toEqual(['8001'])
  })
})

test('a promise that was given to one agent and tried in vain is anybody’s at the next try', async () => {
  const hotline = new Hotline('8001', '8002')
  const id = hotline.promised(ANNA, 'asked')
  await hotline.isReady('8001')
  await hotline.isReady('8002')
  await hotline.acts.move(id, { from: '8001', agent: '8002' }, LI)
  expect(rungFor(hotline, id)).toEqual(['8002'])
  hotline.takes(id)
  const { channel } = hotline.board.call(id)!
  hotline.board.happen(id, { kind: 'LegEnded', leg: channel, cause: 17, at: hotline.at })
  expect(hotline.board.call(id)!.phase).toBe('scheduled')
  await hotline.board.dial('8002', { kind: 'wish', wish: { kind: 'sign-out' } })
  hotline.now += 400_000
  hotline.board.happen(id, { kind: 'WaitOver', wait: 'due', at: hotline.at })
  expect(rungFor(hotline, id)).toEqual(['8001'])
})
