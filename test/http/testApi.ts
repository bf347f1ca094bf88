import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { Gauge, Registry } from 'prom-client'
import { afterAll, beforeAll } from 'vitest'
import { type Cancelling, cancelCallback } from '../../src/database/callbacks.ts'
import { type Disposing, dispose } from '../../src/database/dispositions.ts'
import { closeMessage } from '../../src/database/messages.ts'
import { wordsIn } from '../../src/database/words.ts'
import { Live } from '../../src/events/live.ts'
import { type ApiParts, createApi } from '../../src/http/api.ts'
import { openStreams } from '../../src/http/events.ts'
import type { Problem } from '../../src/http/failures.ts'
import { type Serving, serve } from '../../src/http/serve.ts'
import type { Streams } from '../../src/http/streams.ts'
import { Systems } from '../../src/lookup/systems.ts'
import { Pops } from '../../src/pop/pops.ts'
import { systemClock } from '../../src/switchboard/clock.ts'
import { Webhooks } from '../../src/webhooks/webhooks.ts'
import { testDatabase } from '../database/testDatabase.ts'
import { abandons, answered, arrives, Centre, ends } from '../report/centre.ts'
import { aTalkAndItsActs } from '../switchboard/aTalk.ts'

export const KEY = 'a-key-of-more-than-16-characters'
const S = 1_000
const nine = Date.parse('2026-11-23T09:00:00+08:00')
export const NOW = nine + 3_600 * S

export type Answer = {
  status: number
  headers: Headers
  text: string
  body: unknown
  error: Problem | undefined
}

/** The API of a small centre with eight calls, served for real for one test file. It is 10 o'clock there. What is asked for at its desks has another. */
export function testApi() {
  const database = testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'hotline-http-'))
  const logged: string[] = []
  const log = pino({ level: 'debug' }, keeping(logged))
  const health = { ready: true, laterMs: 0 }
  const desks = aTalkAndItsActs()
  const metrics = new Registry()
  new Gauge({ name: 'hotline_test', help: 'One', registers: [metrics] }).set(1)
  /** On phones. */
  const texts: [agent: string, text: string][] = []
  const shown = async (agent: string, text: string) => void texts.push([agent, text])
  let serving: Serving
  let filled: Knex
  let streams: Streams

  /** Another API, over another database. */
  const open = (reports: Knex, more: Partial<ApiParts> = {}): Promise<Serving> => {
    const zone = 'Asia/Shanghai'
    const live = new Live(0, () => nine)
    streams = openStreams({ reports, live, recent: [], zone, stillMay: async () => true, log })
    const pops = new Pops({ knex: reports, systems: new Systems(), board: desks.board, log })
    const parts = {
      ...{ streams, webhooks: new Webhooks({ knex: reports, live, zone, anywhere: false, clock: systemClock(), log }) },
      reports,
      people: reports,
      oidc: undefined,
      apiKey: KEY,
      recordingsFolder: join(folder, 'recordings'),
      acts: desks.acts,
      live: desks.live,
      words: wordsIn({ knex: reports, clock: { now: () => nine }, show: shown, log }),
      agents: desks.agents,
      records: {
        dispose: (given: Disposing) => dispose(reports, given),
        closeMessage: (id: string, note: string | undefined) => closeMessage(reports, id, note),
        cancelCallback: (id: string, said: Cancelling) => cancelCallback(reports, id, said),
      },
      popOf: (call: string) => pops.of(call),
      log,
      health: async () => ({ ready: health.ready, parts: { database: health.ready ? 'here' : 'away' } }),
      metrics,
      zone,
      now: () => NOW + health.laterMs,
      ...more,
    }
    return serve(createApi(parts), '127.0.0.1', 0)
  }

  beforeAll(async () => {
    filled = await database.fresh()
    await fill(filled)
    fillFolder(folder)
    serving = await open(filled)
  })
  afterAll(async () => {
    streams.stop()
    await serving.stop()
    rmSync(folder, { recursive: true })
  })

  async function get(
    path: string,
    headers: Record<string, string> = { 'x-api-key': KEY },
    at = serving,
    method = 'GET',
    sent?: object,
  ): Promise<Answer> {
    const body = sent && { body: JSON.stringify(sent) }
    const typed = sent ? { 'content-type': 'application/json' } : {}
    const response = await fetch(`http://127.0.0.1:${at.port}${path}`, {
      method,
      headers: { ...headers, ...typed },
      ...body,
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    const answered: unknown = isJson ? JSON.parse(text) : undefined
    const error = response.ok ? undefined : (answered as Problem | undefined)
    return { status: response.status, headers: response.headers, text, body: answered, error }
  }

  const post = (path: string, headers?: Record<string, string>, sent?: object) =>
    get(path, headers, undefined, 'POST', sent)

  return { database, knex: () => filled, desks, texts, logged, health, open, get, post, port: () => serving.port }
}

function keeping(lines: string[]): Writable {
  return new Writable({
    write(line, _encoding, done) {
      lines.push(String(line))
      done()
    },
  })
}

async function fill(knex: Knex): Promise<void> {
  const centre = await Centre.open(knex)
  centre.signIn('8001', nine)
  answered(centre, { id: 'c-1', at: nine, agent: '8001', waitMs: 9 * S, talkMs: 60 * S, rating: 5 })
  abandons(centre, { id: 'c-2', at: nine + 60 * S, waitMs: 7 * S, caller: '+8613911112222', name: '=1+1' })
  arrives(centre, { id: 'c-3', at: nine + 120 * S })
  for (const id of ['c-none', 'c-gone', 'c-outside', 'c-link']) {
    abandons(centre, { id, at: nine + 180 * S, waitMs: 7 * S, queue: 'support' })
  }
  arrives(centre, { id: 'c-unfiled', at: nine + 240 * S })
  ends(centre, 'c-unfiled', nine + 250 * S, { outcome: 'abandoned-in-flow' })
  await centre.save()
  await knex('calls').where({ id: 'c-unfiled' }).update({ recording_faults: null, recording_file: null })
  await knex('calls')
    .where({ id: 'c-none' })
    .update({ recording_file: null, recording_faults: ['the disk was full'] })
  await knex('calls').where({ id: 'c-outside' }).update({ recording_file: '../secret.wav' })
  await knex('calls').where({ id: 'c-link' }).update({ recording_file: 'link.wav' })
}

function fillFolder(folder: string): void {
  mkdirSync(join(folder, 'recordings/2026/11/23'), { recursive: true })
  writeFileSync(join(folder, 'recordings/2026/11/23/c-1.wav'), '0123456789')
  writeFileSync(join(folder, 'secret.wav'), 'secret')
  symlinkSync(join(folder, 'secret.wav'), join(folder, 'recordings/link.wav'))
}
