import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { type Ami, openAmi } from '../asterisk/ami.ts'
import type { Config } from '../config.ts'
import { connectDatabase } from '../database/connect.ts'
import { migrate } from '../database/migrations.ts'
import { createSampleCentre } from '../database/sample.ts'
import { bringAlong, type Surroundings } from '../embedded/bring.ts'
import type { Say } from '../embedded/debian.ts'
import { HotlineError } from '../errors.ts'
import { openLog } from '../log.ts'
import {
  agentIds,
  createCentre,
  KEYS_NUMBER,
  MOST_AGENTS,
  NUMBER,
  openCalls,
  signIn,
  WAITING_NUMBER,
} from './centre.ts'
import { type Cpu, cpuMs } from './cpu.ts'
import { Service } from './service.ts'
import { findSipp, Sipp } from './sipp.ts'
import { ANSWER, makeSounds, makeTone, QUESTION } from './sounds.ts'

/** Who brings caller and agent together. `record…`: with MixMonitor beside it, since Hotline records every call. */
export type Way = 'dial' | 'record' | 'queue' | 'recordqueue' | 'background' | 'hotline'

const isQueue = (way: Way): boolean => way === 'queue' || way === 'recordqueue'

/** A second after its call a recording is filed, and one that seems short is looked at again two seconds later. */
export const RECORDINGS_FILED_MS = 5_000
const WARMING_CALLS = 600
/** After a round that was too much, what it has left takes its time. */
const CLOSED_WITHIN_MS = 120_000

const DIALPLAN = (recordings: string, sounds: string): string => `
[from-trunk](+)
exten => _dial.,1,Dial(PJSIP/\${EXTEN:4},,I)
 same => n,Hangup()
exten => _record.,1,MixMonitor(${recordings}/live/\${UNIQUEID}.raw,D)
 same => n,Dial(PJSIP/\${EXTEN:6},,I)
 same => n,Hangup()
exten => queuebench,1,Queue(queuebench,I)
 same => n,Hangup()
exten => _recordqueue.,1,MixMonitor(${recordings}/live/\${UNIQUEID}.raw,D)
 same => n,Answer(0,i)
 same => n,Queue(\${EXTEN:6},I)
 same => n,Hangup()
exten => backgroundbench,1,MixMonitor(${recordings}/live/\${UNIQUEID}.raw,D)
 same => n,Answer(0,i)
 same => n,Goto(menubench,s,1)
[holdbench]
exten => s,1,MusicOnHold()
[menubench]
exten => s,1,Background(${sounds}/zh/${QUESTION.prompt})
 same => n,WaitExten(5)
 same => n,Hangup()
exten => 1,1,Playback(${sounds}/zh/${ANSWER.prompt})
 same => n,Hangup()
`

const QUEUES = (members: readonly string[]): string => `
[plain](!)
strategy = rrmemory
timeout = 15
retry = 1
wrapuptime = 0
ringinuse = no
musicclass = default
joinempty = yes
leavewhenempty = no
[queuewaiting](plain)
[queuebench](plain)
${members.map(id => `member => PJSIP/${id}`).join('\n')}
`

/** One private Asterisk and Postgres, on which all ways are measured in turn; what one needs is not there for another. */
export class Ground {
  readonly config: Config
  readonly sipp: Sipp
  readonly knex: Knex
  /** SIPp's ports: the phones of all agents, the callers, and those who only wait. */
  readonly ports: { agents: number; callers: number; waiting: number }
  readonly #surroundings: Surroundings
  readonly #ami: Ami
  readonly #queuesConf: string
  #service: Service | undefined
  /** For the service's Node, such as `--cpu-prof`. */
  nodeOptions: string[] = []

  private constructor(config: Config, surroundings: Surroundings, parts: { sipp: Sipp; ami: Ami; queuesConf: string }) {
    this.config = config
    this.#surroundings = surroundings
    this.sipp = parts.sipp
    this.#ami = parts.ami
    this.#queuesConf = parts.queuesConf
    this.knex = connectDatabase(surroundings.databaseUrl)
    const { sip } = config.ports
    this.ports = { agents: sip + 10, callers: sip + 11, waiting: sip + 12 }
  }

  static async open(config: Config, realSounds: string, say: Say): Promise<Ground> {
    await mkdir(config.folder, { recursive: true })
    await rm(config.recordingsFolder, { recursive: true, force: true })
    await makeSounds(config.soundsFolder, realSounds)
    await makeTone(join(config.folder, 'tone.alaw'))
    const command = await findSipp(config.cacheFolder, say)
    const surroundings = await bringAlong(config, say)
    const { host, amiPort: port, user, amiSecret: secret } = surroundings.asterisk
    const ami = await connected({ host, port, user, secret })
    const sipp = new Sipp({ command, folder: config.folder, sipPort: config.ports.sip })
    const queuesConf = await readFile(join(config.folder, 'asterisk/etc/queues.conf'), 'utf8')
    const ground = new Ground(config, surroundings, { sipp, ami, queuesConf })
    await ground.#prepare(say)
    return ground
  }

  async close(): Promise<void> {
    this.sipp.stop()
    await this.#service?.stop()
    await this.#ami.close()
    await this.knex.destroy()
    await this.#surroundings.stop()
  }

  /** What is dialled for this way, in turn. */
  dialled(way: Way, agents: number): string[] {
    if (way === 'hotline') return [NUMBER]
    if (isQueue(way)) return [`${way}bench`]
    return agentIds(agents).map(id => way + id)
  }

  menuNumber = (way: Way): string => (way === 'hotline' ? KEYS_NUMBER : `${way}bench`)

  waitingNumber = (way: 'recordqueue' | 'hotline'): string => (way === 'hotline' ? WAITING_NUMBER : `${way}waiting`)

  /** Makes ready for one way with so many agents; nothing of the other ways is left. */
  async prepare(way: Way, agents: number): Promise<void> {
    await this.stopService()
    await this.#clearLifeboat()
    await this.#writeQueues(isQueue(way) ? agentIds(agents) : [])
    if (way !== 'hotline') return
    await signIn(this.knex, agents)
    await this.#startService()
    await this.#warmUp()
  }

  /** What runs for the first time is not yet compiled: a service in earnest has that behind it. */
  async #warmUp(): Promise<void> {
    const agents = await this.sipp.phones('agent', this.ports.agents)
    await this.sipp.call({
      ...{ scenario: 'caller', port: this.ports.callers, dialled: [NUMBER] },
      ...{ perSecond: 30, calls: WARMING_CALLS, callMs: 300 },
    })
    await pause(RECORDINGS_FILED_MS)
    await agents.stop()
  }

  /** Not in the midst of its calls: the next round's agents are to be free. */
  async stopService(): Promise<void> {
    if (!this.#service) return
    const deadline = Date.now() + CLOSED_WITHIN_MS
    while ((await openCalls(this.knex)) > 0) {
      if (Date.now() > deadline) throw new HotlineError('bench-failed', 'calls of the last round do not end')
      await pause(200)
    }
    await this.#service.stop()
    this.#service = undefined
  }

  get service(): Service {
    if (!this.#service) throw new HotlineError('bench-failed', 'no service runs')
    return this.#service
  }

  /** The caller's channel, as Asterisk has it. */
  async channelOf(caller: string): Promise<{ id: string; name: string }> {
    const channels = (await (await this.#ariAnswer('GET', 'channels')).json()) as Channel[]
    const found = channels.find(({ name, caller: { number } }) => number === caller && name.startsWith('PJSIP/trunk'))
    if (!found) throw new HotlineError('bench-failed', `no channel of ${caller}`)
    return found
  }

  /** What the service is asked by its API. */
  async ask(method: string, path: string): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.config.ports.http}${path}`, {
      method,
      headers: { 'x-api-key': this.#surroundings.apiKey },
    })
    if (!answer.ok) throw new HotlineError('bench-failed', `${path}: HTTP ${answer.status}`)
  }

  /** To music, in the dialplan. */
  async redirect(channel: string): Promise<void> {
    await this.#ami.action({ action: 'Redirect', channel, context: 'holdbench', exten: 's', priority: '1' })
  }

  /** All that was used since the three began. */
  cpu(): Cpu {
    const { asterisk, postgres } = this.#surroundings.private
    return { asterisk: cpuMs(asterisk?.pid), node: cpuMs(this.#service?.pid), postgres: cpuMs(postgres?.pid) }
  }

  async #prepare(say: Say): Promise<void> {
    await migrate(this.knex)
    await createSampleCentre(this.knex)
    await createCentre(this.knex)
    const { folder, recordingsFolder, soundsFolder } = this.config
    await appendFile(join(folder, 'asterisk/etc/extensions.conf'), DIALPLAN(recordingsFolder, soundsFolder))
    await this.#ari('PUT', 'modules/pbx_config.so')
    say(`Giving ${MOST_AGENTS} agents their accounts …`)
    await signIn(this.knex, 0)
    await this.#startService()
    for (const id of agentIds(MOST_AGENTS)) await this.#fixPhone(id)
    await this.stopService()
  }

  async #startService(): Promise<void> {
    this.#service = await Service.start(this.config, this.#surroundings, this.nodeOptions)
  }

  /** All phones are one SIPp: each agent's is where it would have registered. Nobody asks it for signs of life. */
  async #fixPhone(id: string): Promise<void> {
    const contact = `sip:${id}@127.0.0.1:${this.ports.agents}`
    const fields = Object.entries({ contact, qualify_frequency: '0', max_contacts: '1', remove_existing: 'yes' })
    await this.#ari('PUT', `config/dynamic/res_pjsip/aor/${id}`, {
      fields: fields.map(([attribute, value]) => ({ attribute, value })),
    })
  }

  async #writeQueues(members: readonly string[]): Promise<void> {
    await writeFile(join(this.config.folder, 'asterisk/etc/queues.conf'), this.#queuesConf + QUEUES(members))
    await this.#ari('PUT', 'modules/app_queue.so')
  }

  /** The agents whom the service has mirrored into Asterisk's queues stay there when it is gone: as they should, but not here. */
  async #clearLifeboat(): Promise<void> {
    const members = await this.#ami.list({ action: 'QueueStatus' }, 'QueueMember')
    for (const { queue, location, membership } of members) {
      if (membership !== 'dynamic') continue
      await this.#ami.action({ action: 'QueueRemove', queue: queue!, interface: location! })
    }
  }

  #ari(method: string, path: string, body?: object): Promise<unknown> {
    return this.#ariAnswer(method, `asterisk/${path}`, body)
  }

  async #ariAnswer(method: string, path: string, body?: object): Promise<Response> {
    const { host, ariPort, user, ariSecret } = this.#surroundings.asterisk
    const answer = await fetch(`http://${host}:${ariPort}/ari/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${ariSecret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new HotlineError('bench-failed', `Asterisk refused ${path}: HTTP ${answer.status}`)
    return answer
  }
}

type Channel = { id: string; name: string; caller: { number: string } }

const connected = (address: { host: string; port: number; user: string; secret: string }): Promise<Ami> =>
  new Promise(done => {
    const ami = openAmi({ ...address, log: openLog('silent'), onUp: () => done(ami) })
  })
