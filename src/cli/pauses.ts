import type { Command } from 'commander'
import { PAUSE_REASONS } from '../agent/agent.ts'
import type { Config } from '../config.ts'
import { loadPauseReasons, removePauseReason, setPauseReason } from '../database/pauseReasons.ts'
import { BadInput, NotFound } from '../errors.ts'
import { insistOnName } from '../flows/names.ts'
import { withDatabase } from './ask.ts'
import { keyFrom, keySet, say, type TypedKey } from './typed.ts'

/** Why agents pause, besides what every centre knows. */

export function addPauses(program: Command, config: () => Config): void {
  const pause = program.command('pause').description('why agents pause, besides rest, meal, training and meeting')
  say(pause.command('list').description('the reasons of this centre'), () => pauseList(config()))
  pause
    .command('set')
    .description('a new one, or one changed: agents may give it from now on')
    .argument('<reason>')
    .requiredOption('--zh <name>', 'its name in Chinese')
    .requiredOption('--en <name>', 'and in English')
    .option('--key <key>', 'by which phones give it, after *4: 5 to 9, or none; without it the one that it has', key =>
      keyFrom(5, key),
    )
    .action(async (id, named) => console.log(await pauseSet(config(), id, named)))
  say(pause.command('remove').description('no agent may give it any more').argument('<reason>'), id =>
    pauseRemove(config(), id),
  )
}

export const pauseList = (config: Config): Promise<string> =>
  withDatabase(config, async knex => {
    const reasons = await loadPauseReasons(knex)
    const lines = reasons.map(({ id, zh, en, key }) => `${id}: ${zh}, ${en}${key === null ? '' : `, *4${key}`}`)
    return lines.length > 0 ? lines.join('\n') : 'There are no reasons besides rest, meal, training and meeting.'
  })

type Named = { zh: string; en: string; key?: TypedKey }

export async function pauseSet(config: Config, id: string, { zh, en, key }: Named): Promise<string> {
  insistOnName('reason', id)
  if ([...PAUSE_REASONS, ...OURS].includes(id))
    throw new BadInput('reason', `every centre has the reason ${id} already.`)
  return withDatabase(config, async knex => {
    const other = (await loadPauseReasons(knex)).find(one => key !== undefined && one.key === key && one.id !== id)
    if (other) throw new BadInput('key', `*4${key} is ${other.id} already.`)
    await setPauseReason(knex, { id, zh, en, ...keySet(key) })
    return `Agents may pause for ${id} from now on.`
  })
}

/** What the hotline itself pauses for. */
const OURS: readonly string[] = ['no-answer', 'rejected', 'unreachable']

export const pauseRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await removePauseReason(knex, id))) throw new NotFound(`There is no reason ${id} of this centre's own.`)
    return `No agent may pause for ${id} any more; who does stays so.`
  })
