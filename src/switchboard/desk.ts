import type { Code } from '../agent/codes.ts'
import type { Switchboard } from './switchboard.ts'

/** An agent dialled a code. Resolves, once it is remembered, with the prompts they are to hear; undefined: no such agent. */
export async function dialCode(board: Switchboard, id: string, code: Code, at: number): Promise<string[] | undefined> {
  if (!board.agents.has(id)) return undefined
  return code.kind === 'survey' ? pushSurvey(board, id, at) : board.dial(id, code)
}

/** The caller with whom they talk is asked about it, where that may be. */
async function pushSurvey(board: Switchboard, agent: string, at: number): Promise<string[]> {
  const call = board.call(board.agents.get(agent)?.call ?? '')
  if (call?.phase !== 'talking') return ['survey-unable']
  board.happen(call.id, { kind: 'SurveyPushed', agent, at })
  const isPushed = board.call(call.id)?.phase === 'surveying'
  await board.settledFor(call.id)
  return [isPushed ? 'survey-sent' : 'survey-unable']
}
