import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pushAccounts } from './asterisk/accounts.ts'
import { openAmi } from './asterisk/ami.ts'
import { Ari } from './asterisk/ari.ts'
import { Desk } from './asterisk/desk.ts'
import { EVENTS_READ } from './asterisk/events.ts'
import { Intake } from './asterisk/intake.ts'
import { createLifeboat } from './asterisk/lifeboat.ts'
import { createLifeboatReader, type Position } from './asterisk/lifeboatReader.ts'
import { AriPhone } from './asterisk/phone.ts'
import { Tapes } from './asterisk/tapes.ts'
import type { Call } from './call/call.ts'
import type { Command } from './call/commands.ts'
import type { Config } from './config.ts'
import { bookmark } from './database/bookmarks.ts'
import { connectDatabase } from './database/connect.ts'
import { takeLease } from './database/lease.ts'
import { areOnRecord, loadAccounts, loadAgents, loadNumbers, loadOpenCalls, loadQueues } from './database/load.ts'
import { DatabaseMemory } from './database/memory.ts'
import { migrate } from './database/migrations.ts'
import { createSampleCentre } from './database/sample.ts'
import { Spool } from './database/spool.ts'
import type { Surroundings } from './embedded/bring.ts'
import { sentenceOf } from './errors.ts'
import { createApi } from './http/api.ts'
import { openMetrics } from './http/metrics.ts'
import { serve } from './http/serve.ts'
import type { Log } from './log.ts'
import { Centre } from './switchboard/centre.ts'
import { systemClock } from './switchboard/clock.ts'
import { LifeboatStory } from './switchboard/lifeboatStory.ts'
import { recover } from './switchboard/recover.ts'
import { Switchboard } from './switchboard/switchboard.ts'

export type Hotline = {
  board: Switchboard
  knex: Knex
  httpPort: number
  /** Resolves when the first recovery is done: from then on callers are answered. */
  ready: Promise<void>
  stop(): Promise<void>
}

const RECOVER_AGAIN_MS = 1_000

/** The whole service: migrate → load → connect → recover → serve. `stop` lets go of everything and ends no call. */
export async function openHotline(config: Config, surroundings: Surroundings, log: Log): Promise<Hotline> {
  const clock = systemClock()
  const { databaseUrl, asterisk } = surroundings
  const { host, user } = asterisk

  // The story's keeper: Postgres, or the spool while it is away.
  const knex = connectDatabase(databaseUrl)
  await migrate(knex)
  await createSampleCentre(knex)
  const lease = await takeLease(databaseUrl, `${host}:${asterisk.ariPort}`, log, () =>
    log.error('another service has taken our lease'),
  )
  await mkdir(config.folder, { recursive: true })
  const spool = new Spool(join(config.folder, 'spool.jsonl'))
  const memory = new DatabaseMemory(knex, spool, log, {
    presence: present => onPresence(present),
    refusal: () => void beginAgain(),
  })
  await memory.readSpool()
  const queues = await loadQueues(knex)
  const centre = new Centre(queues, await loadNumbers(knex))
  const flowOf = (number: string) => centre.flowOf(number)

  // Asterisk: events in, commands out, tapes, and the lifeboat for the time when we are not there.
  const tapes = new Tapes(config.recordingsFolder)
  const ari = new Ari({
    host,
    port: asterisk.ariPort,
    user,
    password: asterisk.ariSecret,
    log,
    onUp: () => void comeBack(),
    onDown: () => goAway(),
    onEvent: event => intake.take(event),
  })
  const phone = new AriPhone(ari, config.soundsFolder, command => file(command))
  const board = new Switchboard({ centre, phone, memory, clock, log })
  const desk = new Desk(board, phone, log)
  const intake = new Intake({ board, desk, clock, log, flowOf, isRemembering: () => memory.isPresent })
  const ami = openAmi({
    host,
    port: asterisk.amiPort,
    user,
    secret: asterisk.amiSecret,
    log,
    onUp: () => lifeboat.compare(),
    onEvent: event => event.event === 'UserEvent' && event.userevent === 'Lifeboat' && story.hear(),
  })
  const lifeboat = createLifeboat({ ami, agents: () => board.agents.values(), queues, log })
  board.watch((_call, _facts, agents) => {
    for (const { before, after } of agents) lifeboat.watch(before, after)
  })
  const reader = createLifeboatReader({
    path: config.queueLog,
    bookmark: bookmark<Position>(knex, 'queue_log'),
    log,
  })
  const story = new LifeboatStory({
    board,
    read: take => reader.read(take),
    onRecord: calls => areOnRecord(knex, calls),
    remembered: () => memory.settled(),
    flowOf,
    endOf: call => tapes.endOf(call),
    log,
  })

  async function file({ call }: Command & { do: 'file-recording' }): Promise<void> {
    const recording = await tapes.file(call)
    if (recording.faults.length > 0)
      log.error({ call: call.id, faults: recording.faults }, 'the recording is not whole')
    board.happen(call.id, { kind: 'Filed', recording, at: clock.now() })
  }

  function onPresence(present: boolean): void {
    board.offer(present)
    if (!present) for (const call of board.calls) board.happen(call.id, { kind: 'DatabaseAway', at: clock.now() })
  }

  function goAway(): void {
    intake.keepBack()
    story.away()
  }

  async function comeBack(): Promise<void> {
    try {
      await ari.listenOnlyTo(EVENTS_READ)
      const accounts = await loadAccounts(knex)
      await pushAccounts(
        ari,
        accounts.map(({ agent, password }) => ({ user: agent, password })),
      )
      await story.catchUp()
      await recover({ board, phone, clock, log, flowOf, endOf: call => endOf(call) })
      intake.letThrough()
      becameReady()
    } catch (thrown) {
      log.warn({ error: sentenceOf(thrown) }, 'recovery failed, and is tried again')
      setTimeout(() => ari.isUp && void comeBack(), RECOVER_AGAIN_MS)
    }
  }

  /** Drops what we believe for what the database holds. Talks go on meanwhile; events wait. */
  async function beginAgain(): Promise<void> {
    goAway()
    try {
      board.restore(await loadAgents(knex), await loadOpenCalls(knex))
    } catch (thrown) {
      log.warn({ error: sentenceOf(thrown) }, 'the story cannot be read, which is tried again')
      setTimeout(() => void beginAgain(), RECOVER_AGAIN_MS)
      return
    }
    if (ari.isUp) await comeBack()
  }

  async function endOf(call: Call): Promise<{ at: number; cause: number } | undefined> {
    const at = await tapes.endOf(call)
    return at === undefined ? undefined : { at, cause: 0 }
  }

  let becameReady = (): void => {}
  const ready = new Promise<void>(done => {
    becameReady = done
  })
  board.restore(await loadAgents(knex), await loadOpenCalls(knex))
  const api = createApi({
    reports: knex,
    apiKey: surroundings.apiKey,
    recordingsFolder: config.recordingsFolder,
    log,
    health: async () => {
      const parts = { database: memory.isPresent, ari: ari.isUp, ami: ami.isUp }
      const told = Object.entries(parts).map(([part, isUp]) => [part, isUp ? 'up' : 'away'])
      return { ready: Object.values(parts).every(Boolean), parts: Object.fromEntries(told) }
    },
    metrics: openMetrics(board),
    zone: config.zone,
    now: () => clock.now(),
  })
  const http = await serve(api, config.bind, config.ports.http)
  ari.start()

  return {
    board,
    knex,
    httpPort: http.port,
    ready,
    async stop() {
      await http.stop()
      ari.stop()
      await ami.close()
      lifeboat.close()
      board.stop()
      await board.settled()
      await lease.release()
      await knex.destroy()
    },
  }
}
