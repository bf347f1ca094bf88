import type { Knex } from 'knex'
import { type Ami, openAmi } from './asterisk/ami.ts'
import { Ari } from './asterisk/ari.ts'
import { recordedQueues } from './asterisk/catalogue.ts'
import { Desk } from './asterisk/desk.ts'
import { Emergencies } from './asterisk/emergencies.ts'
import { EVENTS_READ } from './asterisk/events.ts'
import { Intake } from './asterisk/intake.ts'
import { createLifeboat } from './asterisk/lifeboat.ts'
import { hearBell } from './asterisk/lifeboatBells.ts'
import { createLifeboatReader, type Position } from './asterisk/lifeboatReader.ts'
import { Messages, withMessages } from './asterisk/messages.ts'
import { Music } from './asterisk/music.ts'
import { muteAgain, muteTape } from './asterisk/muting.ts'
import { AriPhone } from './asterisk/phone.ts'
import { Refiling } from './asterisk/refiling.ts'
import { Tapes } from './asterisk/tapes.ts'
import type { Call } from './call/call.ts'
import type { Happening } from './call/facts.ts'
import type { AsteriskAt, Config } from './config.ts'
import { bookmark } from './database/bookmarks.ts'
import { filingIn } from './database/dispositions.ts'
import { DutyDesk } from './database/dutyDesk.ts'
import { loadAgents, loadOpenCalls, loadPast } from './database/load.ts'
import type { DatabaseMemory } from './database/memory.ts'
import { endStrayLegs } from './database/strayLegs.ts'
import { supervisorsIn } from './database/supervisors.ts'
import { Door } from './door.ts'
import { sentenceOf } from './errors.ts'
import type { Asked } from './ivr/step.ts'
import type { Log } from './log.ts'
import type { Systems } from './lookup/systems.ts'
import type { Shelf } from './sound/shelf.ts'
import { alarm, LastingFault } from './switchboard/alarm.ts'
import { Audit } from './switchboard/audit.ts'
import { type Centre, tellDeadEnds } from './switchboard/centre.ts'
import { LifeboatStory } from './switchboard/lifeboatStory.ts'
import type { Clock } from './switchboard/ports.ts'
import { type RecognitionParts, recognition } from './switchboard/recognition.ts'
import { type Recovery, recover } from './switchboard/recover.ts'
import { Switchboard } from './switchboard/switchboard.ts'
import { AT, follow } from './timetable.ts'

export type ExchangeParts = {
  config: Config
  asterisk: AsteriskAt
  centre: Centre
  systems: Systems
  shelf: Shelf
  /** What earlier calls tell of a number. */
  history: RecognitionParts['history']
  knex: Knex
  memory: DatabaseMemory
  clock: Clock
  log: Log
  /** Another program has taken over our ARI application. */
  onReplaced: () => void
}

const RECOVER_AGAIN_MS = 1_000
/** Recovery that fails for this long, although the link is up, does not mend itself. */
const NOT_RECOVERED = { sentence: 'recovery fails again and again: nobody is answered by us', forMs: 30_000 }
/** The switchboard and its links to Asterisk, and how they come back after one of them was lost. It believes nothing yet. */
export async function openExchange(parts: ExchangeParts): Promise<Exchange> {
  return new Exchange(parts, await recordedQueues(parts.config.soundsFolder, parts.log))
}

export class Exchange {
  readonly board: Switchboard
  readonly door: Door
  /** Resolves when the first recovery is done: from then on callers are answered. */
  readonly ready: Promise<void>
  /** Asterisk is told what it is to know of how the centre is set up. */
  readonly tell: () => Promise<unknown>
  readonly #parts: ExchangeParts
  readonly #ari: Ari
  readonly #ami: Ami
  readonly #phone: AriPhone
  readonly #tapes: Tapes
  readonly #messages: Messages
  readonly #refiling: Refiling
  readonly #intake: Intake
  readonly #lifeboat: ReturnType<typeof createLifeboat>
  readonly #story: LifeboatStory
  readonly #recovery: Recovery
  readonly #duty: DutyDesk
  readonly #timetable: ReturnType<typeof follow>
  #becameReady = (): void => {}
  #isRecovered = false
  readonly #failing: LastingFault
  /** How often the link to Asterisk was lost. */
  #absences = 0

  constructor(parts: ExchangeParts, namedQueues: string[]) {
    const { config, asterisk, centre, shelf, history, knex, memory, clock, log, onReplaced } = parts
    this.#parts = parts
    tellDeadEnds(centre, log)
    this.ready = new Promise(done => {
      this.#becameReady = done
    })
    this.#failing = new LastingFault({ ...NOT_RECOVERED, clock, log })
    this.#tapes = new Tapes(config.recordingsFolder, log)
    this.#ari = new Ari({
      ...{ ...asterisk, port: asterisk.ariPort, password: asterisk.ariSecret, log },
      onUp: () => void this.#comeBack(),
      onDown: () => this.#goAway(),
      onAlive: () => void this.#vouch(),
      onEvent: event => this.#intake.take(event),
    })
    this.door = new Door({ config, ari: this.#ari, knex, clock, log })
    const music = new Music({ ari: this.#ari, shelf, queues: () => centre.queues, log })
    const told = [music, new Emergencies({ ari: this.#ari, shelf, rules: centre.dialling, log })]
    this.tell = () => Promise.all(told.map(one => one.give()))
    this.#messages = new Messages(this.#ari.origin, config.recordingsFolder, log)
    this.#phone = new AriPhone(this.#ari, withMessages(shelf.soundAt, config.recordingsFolder), {
      file: ({ call }) => this.#file(call),
      lookUp: ({ call, lookup, asked }) => void this.#answer(call, this.#lookUp(lookup, asked)),
      muteTape: ({ channel, isMuted }) => muteTape(this.#ami, channel, isMuted),
      checkPin: ({ call }) => void this.#answer(call, this.#duty.check(call)),
    })
    this.board = new Switchboard({ centre, namedQueues, phone: this.#phone, memory, clock, log })
    this.#refiling = new Refiling({ board: this.board, file: call => this.#file(call), log })
    const { dialled } = centre
    const ours = { board: this.board, centre, clock, log }
    const supervising = { supervisors: supervisorsIn(knex), isAwake: () => this.#isRecovered }
    const desk = new Desk({ ...ours, ...supervising, phone: this.#phone, file: filingIn(knex), door: this.door })
    this.#intake = new Intake({ ...ours, desk, dialled, isRemembering: () => memory.isPresent, onReplaced })
    const bells = { busyPhones: this.board.busyPhones, wrote: () => void this.#story.hear() }
    this.#ami = openAmi({
      ...{ ...asterisk, port: asterisk.amiPort, secret: asterisk.amiSecret, log },
      onUp: () => {
        this.#lifeboat.compare()
        muteAgain(this.board)
        void this.#story.hear() // its bell may have rung while the line was down
      },
      onEvent: event => this.door.hear(event) || hearBell(event, bells),
    })
    const agents = () => this.board.agents.values()
    this.#lifeboat = createLifeboat({ ami: this.#ami, agents, queues: () => centre.queues, log })
    this.board.watch((_call, _facts, changes) => {
      for (const { before, after } of changes) this.#lifeboat.watch(before, after)
    })
    this.board.watch(alarm(log))
    this.board.watch(recognition({ board: this.board, clock, log, history }))
    const known = { endOf: (call: Call) => this.#tapes.endOf(call), onRecord: memory.onRecord.bind(memory) }
    const reader = createLifeboatReader({ path: config.queueLog, bookmark: bookmark<Position>(knex, 'queue_log'), log })
    const heard = { read: reader.read.bind(reader), remembered: memory.settled.bind(memory) }
    this.#story = new LifeboatStory({ board: this.board, dialled, ...known, ...heard, log })
    const isTold = this.#intake.isTold.bind(this.#intake)
    this.#recovery = { ...ours, phone: this.#phone, dialled, ...known, isTold }
    const audits = { at: AT.audits, act: this.#audit.bind(this, new Audit(this.#recovery)) }
    this.#duty = new DutyDesk({ ...ours, knex, zone: config.zone })
    const rounds = { at: AT.dutyRounds, act: () => this.#isRecovered && memory.isPresent && this.#duty.goRound() }
    this.#timetable = follow([audits, rounds, { at: AT.filingAgain, act: () => this.#refiling.start() }], log)
  }

  /** `recovery`: what we believe was compared with what Asterisk has, so that callers are answered. */
  get isUp(): { ari: boolean; ami: boolean; recovery: boolean } {
    return { ari: this.#ari.isUp, ami: this.#ami.isUp, recovery: this.#isRecovered }
  }

  /** Connects to Asterisk, and answers callers from the first recovery on. */
  start(): void {
    this.#ari.start()
  }

  /** Lets go of Asterisk. No call ends by it. */
  async stop(): Promise<void> {
    this.#absences += 1
    await this.#timetable.stop()
    this.#ari.stop()
    await this.#ami.close()
    this.#lifeboat.close()
    this.door.close()
    this.board.stop()
    await this.#refiling.stop()
    await this.board.filed()
    await this.board.settled()
    await this.#parts.memory.settled()
  }

  /** Another service drives this Asterisk now: nothing more is done in it. */
  standDown(): void {
    this.#ari.stop()
    this.#goAway()
  }

  /** Believes what the database holds. Rejects where it cannot be read. */
  async restore(): Promise<void> {
    const { knex, log } = this.#parts
    await endStrayLegs(knex, log)
    await this.door.restore()
    this.board.restore(await loadAgents(knex), await loadOpenCalls(knex), await loadPast(knex, log))
    this.#lifeboat.compare()
  }

  /** The database holds something else than we believed: what it holds counts. Talks go on meanwhile; events wait. */
  async beginAgain(): Promise<void> {
    this.#goAway()
    try {
      await this.restore()
    } catch (thrown) {
      this.#parts.log.warn({ error: sentenceOf(thrown) }, 'the story cannot be read, which is tried again')
      setTimeout(() => void this.beginAgain(), RECOVER_AGAIN_MS)
      return
    }
    if (this.#ari.isUp) await this.#comeBack()
  }

  /** The centre's queues are others, or set otherwise. */
  linesChanged(): void {
    this.board.linesChanged()
    this.#lifeboat.compare()
  }

  /** The database has gone, or has come back. */
  onPresence(present: boolean): void {
    this.board.offer(present)
    if (present) return void this.#story.hear()
    const at = this.#parts.clock.now()
    for (const call of this.board.calls) this.board.happen(call.id, { kind: 'DatabaseAway', at })
  }

  #goAway(): void {
    this.#absences += 1
    this.#isRecovered = false
    this.board.sleep()
    this.#intake.keepBack()
    this.#story.away()
  }

  async #comeBack(): Promise<void> {
    const { memory, log } = this.#parts
    const absences = this.#absences
    try {
      await this.#ari.listenOnlyTo(EVENTS_READ)
      await Promise.all([this.door.give(), this.tell()])
      await this.#story.catchUp()
      const found = await recover(this.#recovery)
      // The link was lost while we compared: what its return brings counts, and until then nothing is judged.
      if (absences !== this.#absences) return this.#isRecovered ? undefined : this.board.sleep()
      this.#intake.letThrough()
      this.#isRecovered = true
      this.#failing.isOver()
      // Before anybody may believe us ready: a dialplan that has not heard of us for long sends callers to the lifeboat.
      await this.#vouch()
      log.info(found, 'recovered')
      this.#becameReady()
      this.#refiling.start()
      // Callers who came while neither Asterisk nor the database could be reached are the lifeboat's, too.
      if (!memory.isPresent) this.onPresence(false)
    } catch (thrown) {
      if (absences !== this.#absences) return
      log.warn({ error: sentenceOf(thrown) }, 'recovery failed, and is tried again')
      this.#failing.isThere(sentenceOf(thrown))
      setTimeout(() => absences === this.#absences && void this.#comeBack(), RECOVER_AGAIN_MS)
    }
  }

  /** New callers may come to us. Where that cannot be said, they are the lifeboat's after a while. */
  async #vouch(): Promise<void> {
    if (!this.#isRecovered) return
    try {
      await this.#ari.vouch()
    } catch (thrown) {
      this.#parts.log.debug({ error: sentenceOf(thrown) }, 'Asterisk could not be told that callers are answered')
    }
  }

  async #audit(audit: Audit): Promise<void> {
    if (!this.#isRecovered) return
    try {
      // The bell of the lifeboat may not be heard, and its log knows best what became of whom.
      if (this.#parts.memory.isPresent || this.board.calls.some(call => call.inLifeboat)) await this.#story.hear()
      await audit.look()
      // Whom it has welcomed is the lifeboat's, too.
      if (!this.#parts.memory.isPresent) this.onPresence(false)
    } catch (thrown) {
      this.#parts.log.debug({ error: sentenceOf(thrown) }, 'Asterisk could not be looked at')
    }
  }

  async #file(call: Call): Promise<void> {
    const filed = await this.#messages.collect(call).then(() => this.#tapes.file(call))
    this.board.happen(call.id, { kind: 'Filed', ...filed, at: this.#parts.clock.now() })
  }

  async #lookUp(lookup: string, asked: Asked): Promise<Happening> {
    const answered = await this.#parts.systems.ask(asked, lookup)
    return { kind: 'LookedUp', lookup, ...answered, at: this.#parts.clock.now() }
  }

  /** What is answered while we do not hear Asterisk is dropped: recovery asks again. */
  async #answer(call: string, answering: Promise<Happening>): Promise<void> {
    const absences = this.#absences
    const answered = await answering
    if (absences === this.#absences) this.board.happen(call, answered)
  }
}
