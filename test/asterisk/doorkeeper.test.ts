import { pino } from 'pino'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Ari } from '../../src/asterisk/ari.ts'
import { HttpRefused } from '../../src/asterisk/ariRequests.ts'
import { BANNED_MS, FAILURES_AT_MOST, type Known } from '../../src/asterisk/bans.ts'
import { Doorkeeper } from '../../src/asterisk/doorkeeper.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'
import { FakeClock } from '../stories/clock.ts'

const STRANGER = '203.0.113.9'
const OTHER = '203.0.113.11'

type Asked = { objectType: string; id: string; fields?: { attribute: string; value: string }[] }

let clock: FakeClock
let lists: Map<string, string>
let noted: Known[]
let lifted: Map<string, number>
let logged: { level: number; msg: string; address?: string; agent?: string }[]
let isThere: 'yes' | 'away' | 'without lists'
let keeper: Doorkeeper

beforeEach(() => {
  clock = new FakeClock()
  lists = new Map()
  noted = []
  lifted = new Map()
  logged = []
  isThere = 'yes'
  keeper = aDoorkeeper()
})

/** As Asterisk has them (22.10): a list that is written again is lengthened, and one that is there cannot be shown. */
const asterisk = {
  updateObject: async ({ id, fields }: Asked) => {
    answers()
    lists.set(id, [lists.get(id), fields![0]!.value].filter(Boolean).join())
    throw new HttpRefused('refused', `PUT … → 500 {"error":"Allocation failed"}`, 500)
  },
  getObject: async ({ id }: Asked) => {
    answers()
    if (!lists.has(id)) throw new HttpRefused('gone', 'GET … → 404', 404)
    throw new HttpRefused('refused', `GET … → 500 {"error":"Allocation failed"}`, 500)
  },
  deleteObject: async ({ id }: Asked) => {
    answers()
    if (!lists.delete(id)) throw new HttpRefused('gone', 'DELETE … → 404', 404)
  },
}

function answers(): void {
  if (isThere === 'away') throw new PhoneRefused('away', 'Asterisk did not answer')
  if (isThere === 'without lists') throw new HttpRefused('refused', 'PUT … → 400 no such type', 400)
}

function aDoorkeeper(known: Known[] = []): Doorkeeper {
  const log = pino({ level: 'info' }, { write: line => void logged.push(JSON.parse(line)) })
  return new Doorkeeper({
    ari: { operations: { asterisk }, isUp: true } as unknown as Ari,
    isExempt: () => false,
    known: async () => known,
    note: async one => void noted.push(one),
    lifted: async () => lifted,
    ...{ clock, log },
  })
}

const refused = () => [...lists.values()].join().split(',').filter(Boolean)

const event = (name: string, address: string, account = '8001', service = 'PJSIP') => ({
  ...{ event: name, service, accountid: account },
  remoteaddress: `IPV${address.includes(':') ? 6 : 4}/UDP/${address}/5060`,
})

function fails(address: string, times = FAILURES_AT_MOST, name = 'ChallengeResponseFailed'): void {
  for (let i = 0; i < times; i++) keeper.hear(event(name, address))
}

test('who tries too often is refused by Asterisk until their time is over, and it is remembered and told', async () => {
  fails(STRANGER)
  await vi.waitFor(() => expect(refused()).toEqual([`${STRANGER}/32`]))
  const until = clock.now() + BANNED_MS
  expect(noted).toEqual([
    { address: STRANGER, workedAt: null, ban: { beganAt: clock.now(), endsAt: until, tries: FAILURES_AT_MOST } },
  ])
  expect(logged).toMatchObject([{ level: 40, address: STRANGER, until: new Date(until).toISOString() }])
  expect(keeper).toMatchObject({ failures: FAILURES_AT_MOST, bans: 1 })
  while (clock.step());
  expect(clock.now()).toBe(until)
  await vi.waitFor(() => expect(refused()).toEqual([]))
})

test('of several, each has its own time', async () => {
  fails(STRANGER)
  clock.at(clock.now() + 60_000, () => fails(OTHER))
  clock.step()
  await vi.waitFor(() => expect(refused()).toEqual([`${STRANGER}/32`, `${OTHER}/32`]))
  clock.step()
  await vi.waitFor(() => expect(refused()).toEqual([`${OTHER}/32`]))
  clock.step()
  await vi.waitFor(() => expect(refused()).toEqual([]))
})

test.each(['InvalidPassword', 'ChallengeResponseFailed', 'FailedACL'])('%s is a failure', name => {
  fails(STRANGER, FAILURES_AT_MOST, name)
  expect(keeper.banned).toMatchObject([{ address: STRANGER }])
})

test('whom somebody lets in is refused no more, and the others are', async () => {
  for (const address of [STRANGER, OTHER]) fails(address)
  await vi.waitFor(() => expect(refused()).toHaveLength(2))
  lifted.set(STRANGER, clock.now() + 1)
  await keeper.pardon()
  expect(refused()).toEqual([`${OTHER}/32`])
  await keeper.pardon()
  expect(refused()).toEqual([`${OTHER}/32`])
})

test('an address of IPv6 is refused likewise', async () => {
  fails('2001:db8::9')
  await vi.waitFor(() => expect(refused()).toEqual(['2001:db8::9/128']))
})

test('nothing else counts: who is let in, who asks ARI or AMI, and what tells no address', () => {
  for (const name of ['ChallengeSent', 'SuccessfulAuth'])
    for (let i = 0; i < FAILURES_AT_MOST; i++) keeper.hear(event(name, STRANGER))
  for (let i = 0; i < FAILURES_AT_MOST; i++) {
    keeper.hear(event('InvalidPassword', STRANGER, 'hotline', 'AMI'))
    keeper.hear({ ...event('InvalidPassword', STRANGER), remoteaddress: 'IPV4/UDP/none' })
    expect(keeper.hear({ event: 'UserEvent', userevent: 'Lifeboat' })).toBe(false)
  }
  expect(keeper.failures).toBe(0)
  expect(keeper.banned).toEqual([])
})

test('where a phone works nobody is refused, and somebody is told', () => {
  keeper.hear(event('SuccessfulAuth', STRANGER))
  fails(STRANGER)
  expect(keeper.banned).toEqual([])
  expect(logged).toMatchObject([{ level: 40, address: STRANGER, msg: expect.stringContaining('phones of ours work') }])
  expect(noted).toEqual([{ address: STRANGER, workedAt: clock.now(), ban: null }])
})

test('a phone that must come over TLS and does not is told of once, until it is let in', () => {
  for (let i = 0; i < 3; i++) keeper.hear(event('ChallengeResponseFailed', STRANGER, '8001@clear'))
  keeper.hear(event('SuccessfulAuth', OTHER, '8001'))
  expect(logged).toMatchObject([{ level: 40, phone: '8001', msg: expect.stringContaining('must come over TLS') }])
})

test('a service that begins refuses whom the one before it did, and leaves nothing else of it', async () => {
  const now = clock.now()
  lists.set('bans-b', `${OTHER}/32`)
  keeper = aDoorkeeper([
    { address: STRANGER, workedAt: null, ban: { beganAt: now - 1, endsAt: now + 5_000, tries: 20 } },
    { address: OTHER, workedAt: null, ban: { beganAt: now - 1, endsAt: now, tries: 20 } },
  ])
  await keeper.restore()
  await keeper.give()
  expect(refused()).toEqual([`${STRANGER}/32`])
  clock.step()
  await vi.waitFor(() => expect(refused()).toEqual([]))
})

test('an Asterisk that refuses the list is for a person, once; one that is away is not', async () => {
  isThere = 'away'
  fails(STRANGER)
  await keeper.give()
  expect(logged.filter(({ level }) => level >= 50)).toEqual([])
  isThere = 'without lists'
  await keeper.give()
  await keeper.give()
  expect(logged.filter(({ level }) => level >= 50)).toMatchObject([{ msg: expect.stringContaining('refuses nobody') }])
  isThere = 'yes'
  await keeper.give()
  expect(refused()).toEqual([`${STRANGER}/32`])
})
