import { describe, expect, test } from 'vitest'
import { boardOf } from '../../src/live/board.ts'
import { boardText } from '../../src/live/text.ts'
import { aScene, LI } from './scene.ts'

describe('the board as text', () => {
  const board = boardOf(aScene(), LI, {})

  test('has who waits and who serves them, in English', () => {
    expect(boardText(board, 'en')).toEqual(EN)
  })

  test('and in Chinese', () => {
    expect(boardText(board, 'zh')).toEqual(ZH)
  })

  test('leaves out what there is none of', () => {
    const none = { ...board, queues: [], agents: [], calls: [], today: { fromAt: 0, isWhole: true } }
    expect(boardText(none, 'en')).toBe('Nobody waits, and nobody is signed in.')
  })
})

const EN = `Queues
queue    waiting  longest  callbacks  ready  ringing  talking  wrap-up  paused  offered  answered  abandoned  service level
───────  ───────  ───────  ─────────  ─────  ───────  ───────  ───────  ──────  ───────  ────────  ─────────  ─────────────
Sales          2  0:00:10          0      0        0        1        0       0        3         1          0        100.0 %
support        0  0:00:00          0      0        0        1        0       1        0         0          0              –

Agents (2 signed in)
agent  name  team  state            since  then          queue  caller       talks
─────  ────  ────  ─────────────  ───────  ────────────  ─────  ───────────  ─────
8001   王芳  A     talking        0:00:10  pause (meal)  sales  138****8000      3
8002         B     paused (rest)  0:00:10                                        0

Calls (4)
call     caller       phase      since  queue  agents
───────  ───────────  ───────  ───────  ─────  ──────
waiting  138****8000  queued   0:00:10  sales
ringing  138****8000  ringing  0:00:10  sales  8001
talk     138****8000  talking  0:00:10  sales  8001
menu     138****8000  in-flow  0:00:10

Today's figures are not all read yet.`

const ZH = `队列
队列     等待  最长等待  回电  示闲  振铃  通话  整理  示忙  今日呼入  接通  放弃  服务水平
───────  ────  ────────  ────  ────  ────  ────  ────  ────  ────────  ────  ────  ────────
销售        2   0:00:10     0     0     0     1     0     0         3     1     0   100.0 %
support     0   0:00:00     0     0     0     1     0     1         0     0     0         –

坐席（签入 2）
工号  姓名  班组  状态            时长  之后         队列   客户         接听
────  ────  ────  ───────────  ───────  ───────────  ─────  ───────────  ────
8001  王芳  A     通话         0:00:10  示忙 (用餐)  sales  138****8000     3
8002        B     示忙 (小休)  0:00:10                                      0

通话（4）
通话     客户         阶段         时长  队列   坐席
───────  ───────────  ────────  ───────  ─────  ────
waiting  138****8000  排队      0:00:10  sales
ringing  138****8000  振铃      0:00:10  sales  8001
talk     138****8000  通话      0:00:10  sales  8001
menu     138****8000  语音菜单  0:00:10

今日数据尚未读全。`
