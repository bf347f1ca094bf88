import { setTimeout as pause } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import type { Config } from '../config.ts'
import { HotlineError, sentenceOf } from '../errors.ts'
import { LANGUAGES, type Language } from '../ivr/flow.ts'
import type { Board } from '../live/board.ts'
import { boardText } from '../live/text.ts'
import { knownSecrets } from './doctor/secrets.ts'

const AGAIN_MS = 2_000

type Asked = { queue?: string; team?: string; language: Language; watch: boolean }

export function addBoard(program: Command, config: () => Config): void {
  program
    .command('board')
    .description('what goes on now: who waits, who serves them, and the figures of today')
    .option('--queue <queue>', 'of one queue')
    .option('--team <team>', 'of one team')
    .addOption(new Option('--language <language>', 'in which it is shown').choices(LANGUAGES).default('en'))
    .option('--watch', 'again and again, until Ctrl-C', false)
    .action(async (asked: Asked) => (asked.watch ? watch(config(), asked) : console.log(await shown(config(), asked))))
}

/** For ever: what cannot be shown now may be the next time. */
async function watch(config: Config, asked: Asked): Promise<void> {
  for (;;) {
    const text = await shown(config, asked).catch(sentenceOf)
    console.log(process.stdout.isTTY ? `\x1b[H\x1b[2J${text}` : `${text}\n`)
    await pause(AGAIN_MS)
  }
}

const shown = async (config: Config, asked: Asked): Promise<string> =>
  boardText(await askBoard(config, asked), asked.language)

export class NotAnswered extends HotlineError {
  constructor(where: string, options?: ErrorOptions) {
    super(
      'not-answered',
      `No hotline answers at ${where}: is it started, in this folder and with these ports?`,
      options,
    )
  }
}

/** Asks the service, which alone knows. Rejects with NotAnswered, or with what it answers. */
async function askBoard(config: Config, { queue, team }: Asked): Promise<Board> {
  const host = config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind
  const where = `http://${host}:${config.ports.http}`
  const query = new URLSearchParams({ ...(queue !== undefined && { queue }), ...(team !== undefined && { team }) })
  const key = config.apiKey ?? (await knownSecrets(config)).apiKey ?? ''
  const asked = fetch(`${where}/api/board?${query}`, { headers: { 'x-api-key': key } })
  const answer = await asked.catch(thrown => Promise.reject(new NotAnswered(where, { cause: thrown })))
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text, asTime) as Board
  const { id, detail } = JSON.parse(text)
  throw new HotlineError(id, detail)
}

/** As the API writes times. */
const asTime = (key: string, value: unknown): unknown =>
  typeof value === 'string' && (key === 'at' || key.endsWith('At')) ? Date.parse(value) : value
