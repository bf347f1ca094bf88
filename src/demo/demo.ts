import type { Config } from '../config.ts'
import { HotlineError } from '../errors.ts'
import { openLog } from '../log.ts'
import type { Hotline } from '../main.ts'
import { openWithSurroundings } from '../opening.ts'
import { ledger, reportAgents } from '../report/commands.ts'
import type { SipFailure } from '../softphone/failure.ts'
import { listenForStop, type Told } from '../told.ts'
import { openCustomers } from './customers.ts'
import { type Chance, errandOf } from './errands.ts'
import { lackOf } from './lack.ts'
import { openOutside } from './outside.ts'
import { agentAtWork, phoneIn } from './people.ts'
import { openScreen } from './screen.ts'
import { setUpCallbacks, setUpUtility } from './utility.ts'

export type DemoOptions = { calls: number | undefined; exit: boolean }

/** Callers at once: more than the four agents can serve, so that some wait. */
const AT_ONCE = 6
const NEXT_CALLER_WITHIN_MS = 3_000
const chance: Chance = Math.random
/** The first caller does what most do, so that even a demo of one call has somebody who waits for an agent. */
const usual: Chance = () => 0.5
const LAST_CALLS_CLOSE_WITHIN_MS = 180_000

/**
 * Simulated callers and agents phone each other through the hotline, with real SIP and real audio. Resolves with the exit
 * code: with `calls`, 0 only if each of them is on record, somebody was answered, the ledger balances and every recording
 * of these calls is whole.
 */
export async function demo(config: Config, options: DemoOptions): Promise<number> {
  const customers = await openCustomers()
  try {
    // Its trunk leads nowhere but to itself, whatever that of the hotline in earnest is.
    return await demoWith(customers.url, { ...config, trunkAddress: `127.0.0.1:${outsidePort(config)}` }, options)
  } finally {
    await customers.close()
  }
}

/** `customersUrl`: of the system that knows what callers owe. */
async function demoWith(customersUrl: string, config: Config, options: DemoOptions): Promise<number> {
  const say = (line: string): void => console.log(line)
  const told = listenForStop(() => say('Letting the calls under way end … (Ctrl-C again ends at once)'))
  const hotline = await openWithSurroundings(config, openLog('error'), told, say)
  if (!hotline) return 0
  try {
    await setUpUtility(hotline.knex, customersUrl)
    if (isOurs(config)) await setUpCallbacks(hotline.knex)
    await Promise.race([hotline.ready, told.toStop])
    if (told.hasBeen()) return 0
    const result = await show(hotline, config, options.calls, told)
    say(result.text)
    if (!options.exit && !told.hasBeen()) await told.toStop
    return options.calls === undefined || result.isGood ? 0 : 1
  } finally {
    await hotline.stop()
  }
}

type Result = { text: string; isGood: boolean }

/** Lets them phone until there were so many calls or somebody stops it, and adds up. */
async function show(hotline: Hotline, config: Config, calls: number | undefined, told: Told): Promise<Result> {
  const began = Date.now()
  const server = { host: config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind, port: config.ports.sip }
  const accounts: { id: string; sip_password: string }[] = await hotline.knex('agents').select('id', 'sip_password')
  const agents = await Promise.all(
    accounts.map(({ id, sip_password }) => agentAtWork(server, id, sip_password, chance)),
  )
  const outside = isOurs(config) ? await openOutside(outsidePort(config), chance) : undefined
  const screen = openScreen(hotline.board)
  const phoneOnce = (n: number) => phoneIn(server, errandOf(n, chance), n === 0 ? usual : chance, isOurs(config))
  const phoned = await callers(calls, phoneOnce, told.hasBeen)
  await closed(hotline)
  screen.close()
  await Promise.all(agents.map(agent => agent.signOut()))
  await outside?.close()
  return await resultOf(hotline, began, config.zone, phoned)
}

/** Nobody else's trunk is dialled, and nobody's rules of dialling are changed. */
const isOurs = ({ asterisk, databaseUrl }: Config): boolean => !asterisk && !databaseUrl

const outsidePort = ({ ports }: Config): number => ports.sip + 10

type Phoned = { made: number; refusals: SipFailure[] }

/** Lets callers phone in, a few at once, until there were so many or somebody stops it. */
async function callers(
  count: number | undefined,
  phoneOnce: (n: number) => Promise<SipFailure | undefined>,
  stopped: () => boolean,
): Promise<Phoned> {
  const phoning = new Set<Promise<void>>()
  const refusals: SipFailure[] = []
  let made = 0
  for (; (count === undefined || made < count) && !stopped(); made += 1) {
    const call = phoneOnce(made)
      .then(refusal => void (refusal && refusals.push(refusal)))
      .finally(() => phoning.delete(call))
    phoning.add(call)
    if (phoning.size >= AT_ONCE) await Promise.race(phoning)
    await new Promise(done => setTimeout(done, chance() * NEXT_CALLER_WITHIN_MS))
  }
  await Promise.all(phoning)
  return { made, refusals }
}

/** Resolves when every call is ended and its recording filed. */
async function closed({ board }: Hotline): Promise<void> {
  await new Promise<void>((done, failed) => {
    const late = new HotlineError('demo-late', `${board.calls.length} calls are still open`)
    const deadline = setTimeout(() => failed(late), LAST_CALLS_CLOSE_WITHIN_MS)
    const unwatch = board.watch(() => queueMicrotask(look))
    const look = (): void => {
      if (board.calls.length > 0) return
      clearTimeout(deadline)
      unwatch()
      done()
    }
    look()
  })
  await board.settled()
}

async function resultOf({ knex }: Hotline, began: number, zone: string, phoned: Phoned): Promise<Result> {
  const [from, to] = [new Date(began).toISOString(), new Date(Date.now() + 1_000).toISOString()]
  const balance = await ledger(knex, { from, to, zone, now: Date.now() })
  const calls: { recording_faults: string[] | null; id: string; outcome: string | null; direction: string }[] =
    await knex('calls').where('arrived_at', '>=', from).select('id', 'recording_faults', 'outcome', 'direction')
  const inbound = calls.filter(call => call.direction === 'inbound')
  const answered = inbound.filter(call => call.outcome === 'answered').length
  const lack = lackOf({ ...phoned, filed: inbound.length, answered })
  const faulty = calls.filter(call => call.recording_faults === null || call.recording_faults.length > 0)
  const recordings = faulty.length === 0 ? 'every recording is whole' : faulty.map(faultOf).join('\n')
  const callbacks = calls.length - inbound.length
  const calledBack = callbacks === 0 ? '' : ` and ${callbacks} callbacks`
  const agents = await reportAgents(knex, { from, to, csv: false, zone, now: Date.now() })
  const text = [agents, balance.text, `${inbound.length} calls${calledBack}; ${recordings}`, ...lack].join('\n\n')
  return { text, isGood: balance.balances && faulty.length === 0 && lack.length === 0 }
}

const faultOf = ({ id, recording_faults }: { id: string; recording_faults: string[] | null }): string =>
  `${id}: ${recording_faults?.join(', ') ?? 'no recording was filed'}`
