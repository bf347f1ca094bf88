import type { Config } from '../config.ts'
import { HOTLINE_NUMBER } from '../database/sample.ts'
import { bringAlong } from '../embedded/bring.ts'
import { HotlineError } from '../errors.ts'
import { openLog } from '../log.ts'
import { type Hotline, openHotline } from '../main.ts'
import { ledger, reportAgents } from '../report/commands.ts'
import { agentAtWork, type Chance, phoneIn } from './people.ts'
import { openScreen } from './screen.ts'

export type DemoOptions = { calls: number | undefined; exit: boolean }

/** Callers at once: more than the four agents can serve, so that some wait. */
const AT_ONCE = 6
const NEXT_CALLER_WITHIN_MS = 3_000
const LAST_CALLS_CLOSE_WITHIN_MS = 180_000

/**
 * Simulated callers and agents phone each other through the hotline, with real SIP and real audio. Resolves with the exit
 * code: with `calls`, 0 only if the ledger balances and every recording of these calls is whole.
 */
export async function demo(config: Config, options: DemoOptions): Promise<number> {
  const say = (line: string): void => console.log(line)
  const chance: Chance = Math.random
  const surroundings = await bringAlong(config, say)
  const hotline = await openHotline(config, surroundings, openLog('error'))
  const told = interrupted()
  try {
    await hotline.ready
    const began = Date.now()
    const server = { host: config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind, port: config.ports.sip }
    const accounts: { id: string; sip_password: string }[] = await hotline.knex('agents').select('id', 'sip_password')
    const agents = await Promise.all(
      accounts.map(({ id, sip_password }) => agentAtWork(server, id, sip_password, chance)),
    )
    const screen = openScreen(hotline.board)
    await callers(options.calls, () => phoneIn(server, HOTLINE_NUMBER, chance), told.signal, chance)
    await closed(hotline)
    screen.close()
    await Promise.all(agents.map(agent => agent.signOut()))
    const result = await resultOf(hotline, began, config.zone)
    say(result.text)
    if (!options.exit && !told.signal.aborted) await told.happened
    return options.calls === undefined || result.isGood ? 0 : 1
  } finally {
    await hotline.stop()
    await surroundings.stop()
  }
}

/** Lets callers phone in, a few at once, until there were so many or somebody stops it. */
async function callers(
  count: number | undefined,
  phoneOnce: () => Promise<void>,
  stopped: AbortSignal,
  chance: Chance,
) {
  const phoning = new Set<Promise<void>>()
  for (let n = 0; (count === undefined || n < count) && !stopped.aborted; n += 1) {
    const call = phoneOnce().finally(() => phoning.delete(call))
    phoning.add(call)
    if (phoning.size >= AT_ONCE) await Promise.race(phoning)
    await new Promise(done => setTimeout(done, chance() * NEXT_CALLER_WITHIN_MS))
  }
  await Promise.all(phoning)
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

async function resultOf({ knex }: Hotline, began: number, zone: string): Promise<{ text: string; isGood: boolean }> {
  const [from, to] = [new Date(began).toISOString(), new Date(Date.now() + 1_000).toISOString()]
  const balance = await ledger(knex, { from, to, zone, now: Date.now() })
  const calls: { recording_faults: string[] | null; id: string }[] = await knex('calls')
    .where('arrived_at', '>=', from)
    .select('id', 'recording_faults')
  const faulty = calls.filter(call => call.recording_faults === null || call.recording_faults.length > 0)
  const recordings = faulty.length === 0 ? 'every recording is whole' : faulty.map(faultOf).join('\n')
  const agents = await reportAgents(knex, { from, to, csv: false, zone, now: Date.now() })
  const text = [agents, balance.text, `${calls.length} calls; ${recordings}`].join('\n\n')
  return { text, isGood: balance.balances && faulty.length === 0 }
}

const faultOf = ({ id, recording_faults }: { id: string; recording_faults: string[] | null }): string =>
  `${id}: ${recording_faults?.join(', ') ?? 'no recording was filed'}`

/** The first Ctrl-C lets the calls under way end; a second one ends the program at once. */
function interrupted(): { signal: AbortSignal; happened: Promise<void> } {
  const controller = new AbortController()
  const happened = new Promise<void>(done => controller.signal.addEventListener('abort', () => done()))
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130)
    console.log('Letting the calls under way end … (Ctrl-C again ends at once)')
    controller.abort()
  })
  return { signal: controller.signal, happened }
}
