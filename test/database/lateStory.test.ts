import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { codeDialled, type OwnCode } from '../../src/agent/codes.ts'
import { loadAgents } from '../../src/database/load.ts'
import { DatabaseMemory } from '../../src/database/memory.ts'
import { Spool } from '../../src/database/spool.ts'
import { ledger } from '../../src/report/commands.ts'
import { Centre } from '../../src/switchboard/centre.ts'
import { Switchboard } from '../../src/switchboard/switchboard.ts'
import { testDatabase } from './testDatabase.ts'

const database = testDatabase()
const NOON = Date.UTC(2026, 10, 23, 4)

/** A switchboard that remembers in a real database, with one agent, who has signed in. */
async function aBoard() {
  const knex = await database.fresh()
  await knex('agents').insert({ id: '8001', name: 'Fang', sip_password: 'secret' })
  await knex('agents').update({ since: new Date(NOON), idle_since: new Date(NOON) })
  const log = pino({ level: 'silent' })
  const memory = new DatabaseMemory(knex, { held: async () => {} }, new Spool(join(tmpdir(), 'no-spool'), log), log, {
    presence() {},
    refusal() {},
  })
  const board = new Switchboard({
    centre: new Centre([], new Map()),
    namedQueues: [],
    phone: { perform: async () => {}, look: () => Promise.reject(new Error('nobody looks')) },
    memory,
    clock: { now: () => NOON, at: () => () => {} },
    log,
  })
  board.restore(await loadAgents(knex), [])
  await board.dial('8001', codeDialled('*1') as OwnCode)
  return { knex, board, memory }
}

/** The lifeboat's talk of this agent, as its log tells it: ten seconds after the caller came, four seconds long. */
function tellOfTalk(board: Switchboard, call: string, arrivedAt: number): void {
  const caller = { channel: call, from: '1', name: '', to: '2', flow: 'hotline', language: 'zh' } as const
  board.learn(call, [
    { kind: 'CallArrived', ...caller, at: arrivedAt },
    { kind: 'CallAnswered', at: arrivedAt },
    { kind: 'HandedToLifeboat', queue: 'lifeboat', at: arrivedAt },
  ])
  board.happen(call, { kind: 'LifeboatAnswered', agent: '8001', at: arrivedAt + 10_000 })
  board.happen(call, { kind: 'CallerGone', cause: 16, by: 'agent', at: arrivedAt + 14_000 })
}

test('a talk in the lifeboat that is told after a later one of the same agent: the ledger balances', async () => {
  const { knex, board, memory } = await aBoard()
  tellOfTalk(board, 'later', NOON + 20_000)
  tellOfTalk(board, 'earlier', NOON)
  await memory.settled()
  const { text, balances } = await ledger(knex, { zone: 'UTC', now: NOON + 60_000 })
  expect(balances, text).toBe(true)
})
