import { describe, expect, it } from 'vitest'
import type { Person } from '../../src/database/people.ts'
import { agentOf, SEAT_ANSWER } from '../../src/http/agentAnswers.ts'
import { byWhom, seatFor } from '../../src/http/desk.ts'
import { whoseTalk } from '../../src/http/talks.ts'
import { RIGHTS_OF, type Role, type Who } from '../../src/rights/rights.ts'
import { anAgent } from '../call/given.ts'
import { signedIn, somebody } from './asker.ts'
import { KEY, testApi } from './testApi.ts'

const { get, post, desks, knex } = testApi()
const withKey = { 'x-api-key': KEY }
const setsState = (agent: string, sent: object) => post(`/api/agents/${agent}/state`, withKey, sent)

const someone = (role: Role, set: Partial<Who> = {}): Who => ({
  ...{ name: `person:${role}`, rights: new Set(RIGHTS_OF[role]), agent: null, teams: null, queues: null },
  ...set,
})

describe('an agent', () => {
  it('is seen as they are, with the call that has them', async () => {
    const { status, body } = await get('/api/agents/8001')
    expect([status, SEAT_ANSWER.parse(body)]).toEqual([
      200,
      expect.objectContaining({
        state: 'talking',
        by: null,
        wish: null,
        call: expect.objectContaining({ id: 'talk' }),
      }),
    ])
    expect((await get('/api/agents/9999')).status).toBe(404)
  })

  it('is put into a state, by whom is kept, and during a talk it is to come', async () => {
    expect((await setsState('8002', { state: 'paused' })).error).toMatchObject({ status: 409, id: 'signed-out' })
    expect((await setsState('8002', { state: 'ready' })).body).toMatchObject({ state: 'ready', by: 'key:centre' })
    const paused = await setsState('8002', { state: 'paused', reason: 'meeting' })
    expect(SEAT_ANSWER.parse(paused.body)).toMatchObject({ state: 'paused', reason: 'meeting', by: 'key:centre' })
    const talking = await setsState('8001', { state: 'signed-out' })
    expect(talking.body).toMatchObject({ state: 'talking', wish: { state: 'signed-out', by: 'key:centre' } })
  })

  it('has their phone pick up what rings, where something does', async () => {
    expect((await post('/api/agents/8001/answer', withKey)).body).toMatchObject({ id: '8001', state: 'talking' })
    expect((await post('/api/agents/8002/answer', withKey)).error).toMatchObject({ status: 409, id: 'nothing-rings' })
  })

  it('sends on what rings at their phone, to one destination', async () => {
    const sendsOn = (sent: object) => post('/api/calls/waiting/deflect-call', withKey, sent)
    expect((await sendsOn({ queue: 'sales' })).error).toMatchObject({ status: 400, field: 'from' })
    expect((await sendsOn({ from: '8001' })).error).toMatchObject({ status: 400, field: 'body' })
    expect((await sendsOn({ from: '8001', queue: 'sales' })).error).toMatchObject({ status: 409, id: 'not-moved' })
  })

  it('sits at their own phone, or at one of the centre’s', async () => {
    desks.centre.phones = new Set(['2001'])
    const seat = await setsState('8002', { state: 'ready', phone: '2001' })
    expect(SEAT_ANSWER.parse(seat.body)).toMatchObject({ state: 'ready', phone: '2001' })
    expect((await get('/api/board')).body).toMatchObject({
      agents: expect.arrayContaining([expect.objectContaining({ agent: '8002', phone: '2001' })]),
    })
    expect((await setsState('8002', { state: 'ready', phone: '8002' })).body).toMatchObject({ phone: '8002' })
    expect((await setsState('8001', { state: 'ready', phone: '2001' })).error).toMatchObject({
      ...{ status: 409, id: 'in-call', detail: expect.stringContaining('8001 cannot sign in at phone 2001 now') },
    })
    expect((await setsState('8002', { state: 'signed-out' })).body).toMatchObject({ phone: null })
  })

  it('is put out of a seat only by who may sign them out', async () => {
    desks.centre.phones = new Set(['2001'])
    await knex()('agents').where({ id: '8001' }).update({ team: 'day' })
    await knex()('agents').where({ id: '8002' }).update({ team: 'night' })
    const sits = () => desks.board.setAgent(anAgent('8003', { phone: '2001', team: 'night' }))
    const takesIt = async (id: string, set: Partial<Person>) => {
      sits()
      const asks = await signedIn(knex(), somebody(id, set))
      const { status, error } = await post('/api/agents/8002/state', asks, { state: 'ready', phone: '2001' })
      await setsState('8002', { state: 'signed-out' })
      await knex()('people').where({ id }).update({ agent_id: null })
      return [status, error?.id, desks.board.agents.get('8003')!.state]
    }
    const refused = [409, 'phone-in-use', 'ready']
    expect(await takesIt('colleague', { roles: ['agent'], agent: '8002' })).toEqual(refused)
    const boss = { roles: ['supervisor'] } as const
    expect(await takesIt('own-boss', { ...boss, agent: '8002' })).toEqual([200, undefined, 'signed-out'])
    expect(desks.board.agents.get('8003')!.by).toBe('agent:8002')
    expect(await takesIt('night-boss', { ...boss, teams: ['night'] })).toEqual([200, undefined, 'signed-out'])
    expect(desks.board.agents.get('8003')!.by).toBe('person:night-boss')
    expect(await takesIt('day-boss', { ...boss, agent: '8002', teams: ['day'] })).toEqual(refused)
  })

  it('is asked for what can be, or a sentence names the field', async () => {
    const refused: [string, object, number, string][] = [
      ['state', { state: 'asleep' }, 400, 'state'],
      ['state', {}, 400, 'state'],
      ['state', { state: 'paused', reason: 'nap' }, 400, 'reason'],
      ['state', { state: 'ready', why: 'so' }, 400, 'why'],
      ['state', { state: 'ready', phone: '2009' }, 400, 'phone'],
      ['state', { state: 'paused', phone: '8001' }, 400, 'phone'],
      ['wrap-up', {}, 400, 'extendS'],
      ['wrap-up', { extendS: 60, end: true }, 400, 'extendS'],
      ['wrap-up', { extendS: 901 }, 400, 'extendS'],
    ]
    for (const [what, sent, status, field] of refused) {
      const { error } = await post(`/api/agents/8001/${what}`, withKey, sent)
      expect([error?.status, error?.field], JSON.stringify(sent)).toEqual([status, field])
    }
    expect((await post('/api/agents/8001/wrap-up', withKey, { extendS: 60 })).error).toMatchObject({
      ...{ status: 409, id: 'not-wrapping-up' },
    })
  })
})

describe('whose desk it is', () => {
  const direct = ['agents:direct'] as const
  it('is one’s own, or that of one’s team for a supervisor', () => {
    expect(seatFor(someone('agent', { agent: '8001', teams: [] }), '8001', direct, desks.agents).agent.id).toBe('8001')
    expect(seatFor(someone('supervisor', { teams: ['night'] }), '8002', direct, desks.agents).agent.id).toBe('8002')
    expect(seatFor(someone('supervisor'), '8002', direct, desks.agents).agent.id).toBe('8002')
  })
  it('is nobody else’s', () => {
    const others = [someone('agent', { agent: '8002' }), someone('manager'), someone('supervisor', { teams: ['day'] })]
    for (const who of others)
      expect(() => seatFor(who, '8001', direct, desks.agents), who.name).toThrow(
        expect.objectContaining({ id: 'forbidden' }),
      )
  })
  it('and whose talk: what came of another’s only who may control it says, by name', () => {
    const agent = someone('agent', { agent: '8001' })
    expect(whoseTalk(agent, undefined)).toEqual({ agent: '8001' })
    expect(() => whoseTalk(agent, '8002')).toThrow(expect.objectContaining({ id: 'forbidden' }))
    expect(whoseTalk(someone('supervisor'), '8002')).toEqual({ agent: '8002', by: 'person:supervisor' })
    expect(whoseTalk(someone('supervisor'), undefined)).toEqual({ by: 'person:supervisor' })
  })
  it('is told of with numbers masked to who need not see them, and by whom only where it was another', () => {
    const seat = desks.agents.see('8001')
    expect(agentOf(seat, someone('agent')).call!.caller).not.toBe(seat.call!.from)
    expect(agentOf(seat, someone('manager')).call!.caller).toBe(seat.call!.from)
    expect(byWhom(someone('agent', { agent: '8001' }), '8001')).toBeUndefined()
    expect(byWhom(someone('supervisor', { agent: '8002' }), '8001')).toBe('person:supervisor')
  })
})
