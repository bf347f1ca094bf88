import { describe, expect, test } from 'vitest'
import { clickToDial } from '../../src/switchboard/clicks.ts'
import { ANNA, BOB, Hotline } from './aHotline.ts'
import { aTalkAndItsActs } from './aTalk.ts'

const CUSTOMER = '13800138009'
/** 8001 talks, 8002 is signed out until they are ready. */
const aDesk = async (set: Parameters<typeof aTalkAndItsActs>[0] = {}) => {
  const desk = aTalkAndItsActs(set)
  if (set?.isAwake !== false) await desk.agents.setState('8002', { state: 'ready' })
  return desk
}

describe('an agent clicks', () => {
  test('on a number or a customer: their phone is asked to ring before it is answered, and twice is once', async () => {
    const { agents, board, done } = await aDesk()
    const call = await agents.dial('8002', { customer: 'c-1', hides: true })
    expect(board.agents.get('8002')).toMatchObject({ state: 'ringing', call: call.id })
    expect(done.filter(command => command.do === 'ring')).toMatchObject([{ agent: '8002', picksUp: true }])
    expect(JSON.stringify(done)).not.toContain(CUSTOMER)
    expect((await agents.dial('8002', { number: `+86 ${CUSTOMER}`, hides: true })).id).toBe(call.id)
    expect(done.filter(command => command.do === 'ring')).toHaveLength(1)
  })

  const REFUSED: [string, string, object, string, RegExp][] = [
    ['who is in a talk', '8001', { number: CUSTOMER }, 'not-dialled', /agent 8001 is talking/],
    ['nobody', '9999', { number: CUSTOMER }, 'not-found', /no agent 9999/],
    ['on nobody', '8002', { customer: 'c-9' }, 'not-found', /no customer c-9/],
    ['on no callback', '8002', { callback: 'talk' }, 'not-found', /no callback talk/],
    ['on what the rules forbid', '8002', { number: '0044123456789' }, 'not-dialled', /do not allow/],
    ['on an emergency', '8002', { number: '110' }, 'not-dialled', /on the phone itself/],
  ]
  test.each(REFUSED)('%s, and it is said why not', async (_, agent, asked, id, message) => {
    const { agents, done } = await aDesk()
    done.length = 0
    await expect(agents.dial(agent, { ...asked, hides: false })).rejects.toMatchObject({
      ...{ id, message: expect.stringMatching(message) },
    })
    expect(done).toEqual([])
  })

  test('while Asterisk is away, or signed out, in vain', async () => {
    const away = await aDesk({ isAwake: false })
    await expect(away.agents.dial('8002', { number: CUSTOMER, hides: false })).rejects.toMatchObject({
      id: 'asterisk-away',
    })
    const { agents } = aTalkAndItsActs()
    await expect(agents.dial('8002', { number: CUSTOMER, hides: false })).rejects.toMatchObject({ id: 'not-dialled' })
  })
})

describe('an agent clicks on a callback', () => {
  test('which is kept by the talk, though a message was left for it; a number dialled without it leaves it open', () => {
    for (const [clicked, stand] of [
      [true, []],
      [false, [`${ANNA} queued`]],
    ] as const) {
      const hotline = new Hotline('8001')
      const callback = hotline.leavesMessages(ANNA, 'm1')
      const whom = clicked ? { callback } : { number: ANNA }
      const { id } = clickToDial(hotline.board, hotline.centre, {
        agent: '8001',
        ...whom,
        hides: false,
        at: hotline.at,
      })
      hotline.now += 1_000
      hotline.board.happen(id, { kind: 'LegAnswered', leg: hotline.board.call(id)!.leg!.id, at: hotline.at })
      hotline.board.happen(id, { kind: 'OnTape', leg: hotline.board.call(id)!.channel, at: hotline.at })
      hotline.hangsUp(id)
      expect(hotline.stand).toEqual(stand)
    }
  })

  test('which is kept by their talk wherever they send the customer on to, who is not called again', () => {
    for (const to of [{ queue: 'support' }, { agent: '8002' }]) {
      const hotline = new Hotline('8001', '8002')
      const callback = hotline.leavesMessages(ANNA, 'm1')
      const { board, centre } = hotline
      const { id } = clickToDial(board, centre, { agent: '8001', callback, hides: false, at: hotline.at })
      hotline.now += 1_000
      board.happen(id, { kind: 'LegAnswered', leg: board.call(id)!.leg!.id, at: hotline.at })
      board.happen(id, { kind: 'OnTape', leg: board.call(id)!.channel, at: hotline.at })
      board.happen(id, { kind: 'SingleStepTransfer', to, by: 'agent:8001', at: hotline.at })
      hotline.now += 1_000
      hotline.hangsUp(id)
      expect(hotline.stand).toEqual([])
    }
  })

  test('is not taken from a customer whose phone rings already', () => {
    const hotline = new Hotline('8001', '8002')
    const click = (agent: string) =>
      clickToDial(hotline.board, hotline.centre, { agent, number: BOB, hides: false, at: hotline.at })
    click('8001')
    expect(() => click('8002')).toThrow(expect.objectContaining({ id: 'not-dialled' }))
  })
})
