import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pushAccounts } from './asterisk/accounts.ts'
import { Ari } from './asterisk/ari.ts'
import { Desk } from './asterisk/desk.ts'
import { EVENTS_READ } from './asterisk/events.ts'
import { Intake } from './asterisk/intake.ts'
import { AriPhone } from './asterisk/phone.ts'
import { Tapes } from './asterisk/tapes.ts'
import type { Command } from './call/commands.ts'
import type { Config } from './config.ts'
import { connectDatabase } from './database/connect.ts'
import { takeLease } from './database/lease.ts'
import { loadAccounts, loadAgents, loadNumbers, loadOpenCalls, loadQueues } from './database/load.ts'
import { DatabaseMemory } from './database/memory.ts'
import { migrate } from './database/migrations.ts'
import { createSampleCentre } from './database/sample.ts'
import { Spool } from './database/spool.ts'
import type { Surroundings } from './embedded/bring.ts'
import { sentenceOf } from './errors.ts'
import type { Log } from './log.ts'
import { Centre } from './switchboard/centre.ts'
import { systemClock } from './switchboard/clock.ts'
import { recover } from './switchboard/recover.ts'
import { Switchboard } from './switchboard/switchboard.ts'

export type Hotline = {
  board: Switchboard
  knex: Knex
  /** Resolves when the first recovery is done: from then on callers are answered. */
  ready: Promise<void>
  stop(): Promise<void>
}

const RECOVER_AGAIN_MS = 1_000

/** The whole service: migrate → load → connect → recover → serve. `stop` lets go of everything and ends no call. */
export async function openHotline(config: Config, surroundings: Surroundings, log: Log): Promise<Hotline> {
  const clock = systemClock()
  const knex = connectDatabase(surroundings.databaseUrl)
  await migrate(knex)
  await createSampleCentre(knex)
  const { host, ariPort } = surroundings.asterisk
  const lease = await takeLease(surroundings.databaseUrl, `${host}:${ariPort}`, log, () =>
    log.error('another service has taken our lease'),
  )

  await mkdir(config.folder, { recursive: true })
  const spool = new Spool(join(config.folder, 'spool.jsonl'))
  const memory = new DatabaseMemory(knex, spool, log, present => onPresence(present))
  await memory.readSpool()

  const centre = new Centre(await loadQueues(knex), await loadNumbers(knex))
  const tapes = new Tapes(config.recordingsFolder)
  const ari = new Ari({
    host,
    port: ariPort,
    user: surroundings.asterisk.user,
    password: surroundings.asterisk.ariSecret,
    log,
    onUp: () => void comeBack(),
    onDown: () => intake.keepBack(),
    onEvent: event => intake.take(event),
  })
  const phone = new AriPhone(ari, config.soundsFolder, command => file(command))
  const board = new Switchboard({ centre, phone, memory, clock, log })
  const desk = new Desk(board, phone, log)
  const flowOf = (number: string) => centre.flowOf(number)
  const intake = new Intake({ board, desk, clock, log, flowOf, isRemembering: () => memory.isPresent })

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

  async function comeBack(): Promise<void> {
    try {
      await ari.listenOnlyTo(EVENTS_READ)
      await pushAccounts(
        ari,
        (await loadAccounts(knex)).map(({ agent, password }) => ({ user: agent, password })),
      )
      const endOf = async (call: Parameters<Tapes['endOf']>[0]) => {
        const at = await tapes.endOf(call)
        return at === undefined ? undefined : { at, cause: 0 }
      }
      await recover({ board, phone, clock, log, flowOf, endOf })
      intake.letThrough()
      becameReady()
    } catch (thrown) {
      log.warn({ error: sentenceOf(thrown) }, 'recovery failed, and is tried again')
      setTimeout(() => ari.isUp && void comeBack(), RECOVER_AGAIN_MS)
    }
  }

  let becameReady = (): void => {}
  const ready = new Promise<void>(done => {
    becameReady = done
  })
  board.restore(await loadAgents(knex), await loadOpenCalls(knex))
  ari.start()

  return {
    board,
    knex,
    ready,
    async stop() {
      ari.stop()
      board.stop()
      await board.settled()
      await lease.release()
      await knex.destroy()
    },
  }
}
