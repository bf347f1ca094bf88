import { describe, expect, test } from 'vitest'
import { type Audience, hears, ownOf } from '../../src/events/audience.ts'
import type { Event } from '../../src/events/event.ts'
import { RIGHTS_OF, type Role } from '../../src/rights/rights.ts'

const ALL: Audience = { types: null, queue: null, agent: null, own: null, self: null, team: null, queues: null }
const call = { id: 'c-1', direction: 'inbound', caller: '', callerName: '', called: '', arrivedAt: 0 }
const queued: Event = {
  ...{ id: 1, version: 1, type: 'call.queued', at: 0 },
  ...{ call, queue: 'sales', agents: [], details: {} },
}
const talks: Event = { ...queued, type: 'call.connected', agents: ['8001'] }
const rests: Event = { ...queued, type: 'agent.state', call: null, queue: null, agents: ['8001'] }

const listened: Event = { ...talks, type: 'supervision.begun' }

const heard = (audience: Partial<Audience>) =>
  [queued, talks, rests].filter(event => hears({ ...ALL, ...audience }, event)).map(({ type }) => type)

describe('who listens hears', () => {
  test.each<[Partial<Audience>, string[]]>([
    [{}, ['call.queued', 'call.connected', 'agent.state']],
    [{ types: ['call.*'] }, ['call.queued', 'call.connected']],
    [{ types: ['call.queued', 'agent.state'] }, ['call.queued', 'agent.state']],
    [{ queue: 'sales' }, ['call.queued', 'call.connected']],
    [{ agent: '8001' }, ['call.connected', 'agent.state']],
    [{ own: '8001' }, ['call.connected', 'agent.state']],
    [{ own: '8002' }, []],
    [{ queues: ['support'] }, ['agent.state']],
    [{ queues: ['support'], team: ['8001'] }, ['agent.state']],
    [{ queues: ['sales'], team: ['8001'] }, ['call.queued', 'call.connected', 'agent.state']],
    [{ queues: ['sales'], team: ['8002'] }, ['call.queued']],
    [{ team: [] }, ['call.queued']],
  ])('of %j: %j', (audience, types) => {
    expect(heard(audience)).toEqual(types)
  })

  test.each<[Role, string | null]>([
    ['agent', '8001'],
    ['supervisor', null],
    ['manager', null],
    ['administrator', null],
  ])('as %s, of themselves alone: %s', (role, own) => {
    const who = { name: 'person:li', rights: new Set(RIGHTS_OF[role]), agent: '8001', teams: null, queues: null }
    expect(ownOf(who)).toBe(own)
  })

  test('nothing of who listens to them, though supervisors do', () => {
    expect(hears({ ...ALL, own: '8001' }, listened)).toBe(false)
    expect(hears(ALL, listened)).toBe(true)
    // Nor is a supervisor who takes calls themselves.
    expect(hears({ ...ALL, self: '8001' }, listened)).toBe(false)
    expect(hears({ ...ALL, self: '8002' }, listened)).toBe(true)
  })

  test('nothing, as an agent who is nobody', () => {
    const who = { name: 'person:li', rights: new Set(RIGHTS_OF.agent), agent: null, teams: null, queues: null }
    expect(heard({ own: ownOf(who) })).toEqual([])
  })
})
