import type { Language } from '../ivr/flow.ts'
import type { Column, Kind } from '../report/tables.ts'
import { duration, textTable } from '../report/text.ts'
import type { AgentRow } from './agents.ts'
import type { Board } from './board.ts'
import type { CallbackRow, CallRow } from './calls.ts'
import type { QueueRow } from './queues.ts'

/** The board for a terminal: of agents those who are signed in, of calls those that are with somebody or wait. */
export function boardText({ at, today, queues, agents, calls, callbacks }: Board, language: Language): string {
  const say = (zh: string, en: string): string => (language === 'zh' ? zh : en)
  const signedIn = agents.filter(({ state }) => state !== 'signed-out')
  const tables: [string, string][] = [
    [say('队列', 'Queues'), textTable(queueColumns(language), queues)],
    [
      say(`坐席（签入 ${signedIn.length}）`, `Agents (${signedIn.length} signed in)`),
      textTable(agentColumns(language, at), signedIn),
    ],
    [say(`通话（${calls.length}）`, `Calls (${calls.length})`), textTable(callColumns(language, at), calls)],
    [
      say(`回电（${callbacks.length}）`, `Callbacks (${callbacks.length})`),
      textTable(callbackColumns(language, at), callbacks),
    ],
  ]
  const shown = tables.filter((_, i) => [queues, signedIn, calls, callbacks][i]!.length > 0)
  const partly = today.isWhole ? [] : [say('今日数据尚未读全。', "Today's figures are not all read yet.")]
  const empty = shown.length === 0 ? [say('无人等待，无人签入。', 'Nobody waits, and nobody is signed in.')] : []
  return [...shown.map(([head, table]) => `${head}\n${table}`), ...partly, ...empty].join('\n\n')
}

type Value = string | number | null

const columnsIn =
  (language: Language) =>
  <Row>(zh: string, en: string, kind: Kind, value: (row: Row) => Value): Column<Row> => ({
    ...{ head: language === 'zh' ? zh : en, kind, wide: false },
    cell: row => ({ kind, value: value(row) }),
  })

function queueColumns(language: Language): Column<QueueRow>[] {
  const of = columnsIn(language)
  return [
    of('队列', 'queue', 'text', row => (language === 'zh' ? row.nameZh : row.nameEn) ?? row.queue),
    of('等待', 'waiting', 'count', row => row.waiting),
    of('最长等待', 'longest', 'duration', row => row.longestWaitMs),
    of('回电', 'callbacks', 'count', row => row.callbacks),
    of('示闲', 'ready', 'count', row => row.staff.ready),
    of('振铃', 'ringing', 'count', row => row.staff.ringing),
    of('通话', 'talking', 'count', row => row.staff.talking + row.staff.dialling),
    of('整理', 'wrap-up', 'count', row => row.staff['wrapping-up']),
    of('示忙', 'paused', 'count', row => row.staff.paused),
    of('今日呼入', 'offered', 'count', row => row.today.offered),
    of('接通', 'answered', 'count', row => row.today.answered),
    of('放弃', 'abandoned', 'count', row => row.today.abandoned),
    of('服务水平', 'service level', 'share', row => row.today.serviceLevel),
  ]
}

function agentColumns(language: Language, now: number): Column<AgentRow>[] {
  const of = columnsIn(language)
  const words = language === 'zh' ? STATES : undefined
  return [
    of('工号', 'agent', 'text', row => row.agent),
    of('姓名', 'name', 'text', row => row.name),
    of('班组', 'team', 'text', row => row.team),
    of(
      '状态',
      'state',
      'text',
      row =>
        `${row.held ? held(language) : (words?.[row.state] ?? row.state)}${row.reason ? ` (${reason(row.reason, language)})` : ''}`,
    ),
    of('时长', 'since', 'duration', row => now - row.sinceAt),
    of('之后', 'then', 'text', row => (row.wish ? wish(row.wish, language) : '')),
    of('队列', 'queue', 'text', row => row.queue ?? ''),
    of('客户', 'caller', 'text', row => row.caller ?? ''),
    of('接听', 'talks', 'count', row => row.talks),
  ]
}

function callColumns(language: Language, now: number): Column<CallRow>[] {
  const of = columnsIn(language)
  const words = language === 'zh' ? PHASES : undefined
  return [
    of('通话', 'call', 'text', row => row.call),
    of('客户', 'caller', 'text', row => row.caller),
    of('阶段', 'phase', 'text', row => (row.held ? held(language) : (words?.[row.phase] ?? row.phase))),
    of('时长', 'since', 'duration', row => now - row.sinceAt),
    of('队列', 'queue', 'text', row => row.queue ?? ''),
    of('坐席', 'agents', 'text', row => row.agents.join(' ')),
  ]
}

function callbackColumns(language: Language, now: number): Column<CallbackRow>[] {
  const of = columnsIn(language)
  return [
    of('回电', 'callback', 'text', row => row.callback),
    of('客户', 'customer', 'text', row => row.caller),
    of('队列', 'queue', 'text', row => row.queue),
    of('期限', 'due', 'text', row => due(row, now, language)),
    of('已试', 'tries', 'count', row => row.tries),
    of('坐席', 'agent', 'text', row => row.agent ?? ''),
  ]
}

function due({ dueAt, overdue }: CallbackRow, now: number, language: Language): string {
  const away = duration(Math.abs(dueAt - now))
  if (language === 'zh') return overdue ? `逾期 ${away}` : dueAt < now ? `已过 ${away}` : `还有 ${away}`
  return overdue ? `overdue by ${away}` : dueAt < now ? `${away} ago` : `in ${away}`
}

const held = (language: Language): string => (language === 'zh' ? '保持' : 'held')

const reason = (word: string, language: Language): string => (language === 'zh' ? (REASONS[word] ?? word) : word)

function wish({ kind, reason: why }: NonNullable<AgentRow['wish']>, language: Language): string {
  const word = language === 'zh' ? WISHES[kind] : kind
  return why === null ? word : `${word} (${reason(why, language)})`
}

const STATES: Record<AgentRow['state'], string> = {
  ...{ 'signed-out': '签出', ready: '示闲', ringing: '振铃', dialling: '外呼' },
  ...{ talking: '通话', 'wrapping-up': '话后整理', paused: '示忙' },
}

const WISHES: Record<NonNullable<AgentRow['wish']>['kind'], string> = {
  ready: '示闲',
  pause: '示忙',
  'sign-out': '签出',
}

const REASONS: Record<string, string> = {
  ...{ rest: '小休', meal: '用餐', training: '培训', meeting: '会议' },
  ...{ 'no-answer': '未接', rejected: '拒接', unreachable: '无法接通' },
}

const PHASES: Record<string, string> = {
  ...{ arriving: '呼入', 'in-flow': '语音菜单', 'leaving-voicemail': '留言', 'transferring-out': '转外线' },
  ...{ queued: '排队', ringing: '振铃', dialling: '外呼', talking: '通话', surveying: '评价' },
}
