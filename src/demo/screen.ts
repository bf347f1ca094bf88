import type { Agent } from '../agent/agent.ts'
import type { Call } from '../call/call.ts'
import { masked } from '../log.ts'
import type { Switchboard } from '../switchboard/switchboard.ts'
import { line, told } from './story.ts'

const REDRAW_AT_MOST_EVERY_MS = 200
const STORIES_SHOWN = 14

export type Screen = { close(): void }

/** The centre live: in a terminal one picture that is drawn anew, elsewhere each call's story line by line. */
export function openScreen(board: Switchboard, output: NodeJS.WriteStream = process.stdout): Screen {
  return output.isTTY ? picture(board, output) : lines(board, output)
}

function lines(board: Switchboard, output: NodeJS.WriteStream): Screen {
  const unwatch = board.watch((call, facts) => {
    for (const fact of facts) {
      const text = call && line(call, fact)
      if (text) output.write(`${text}\n`)
    }
  })
  return { close: unwatch }
}

function picture(board: Switchboard, output: NodeJS.WriteStream): Screen {
  const stories = new Map<string, string[]>()
  let due: NodeJS.Timeout | undefined
  const draw = (): void => {
    due = undefined
    output.write(`\x1b[H\x1b[2J${drawn(board, stories, Date.now())}\n`)
  }
  const unwatch = board.watch((call, facts) => {
    if (call) {
      const words = facts.map(told).filter(word => word !== undefined)
      stories.set(call.id, [...(stories.get(call.id) ?? []), ...words])
      if (stories.size > STORIES_SHOWN) stories.delete(stories.keys().next().value!)
    }
    due ??= setTimeout(draw, REDRAW_AT_MOST_EVERY_MS)
  })
  return {
    close() {
      clearTimeout(due)
      unwatch()
    },
  }
}

function drawn(board: Switchboard, stories: ReadonlyMap<string, string[]>, now: number): string {
  const agents = [...board.agents.values()].map(agent => agentLine(agent, now))
  const waiting = board.calls.filter(call => call.phase === 'queued').map(call => waitingLine(call, now))
  const told = [...stories].map(([id, words]) => `  #${id.split('.').at(-1)!.padEnd(4)} ${words.join(' → ')}`)
  return [
    'Agents',
    ...agents,
    '',
    `Waiting: ${waiting.length}`,
    ...waiting,
    '',
    'Calls',
    ...told,
    '',
    'Ctrl-C ends the demo.',
  ].join('\n')
}

const since = (from: number, now: number): string => `${Math.max(0, Math.round((now - from) / 1_000))} s`

const agentLine = (agent: Agent, now: number): string =>
  `  ${agent.id}  ${agent.state}${agent.reason ? ` (${agent.reason})` : ''}  ${since(agent.since, now)}`

const waitingLine = (call: Call, now: number): string =>
  `  ${masked(call.from)}  ${call.queue}  ${since(call.queuedAt ?? now, now)}`
