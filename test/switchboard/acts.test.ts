import { describe, expect, test } from 'vitest'
import { NOON } from '../call/given.ts'
import { aTalkAndItsActs } from './aTalk.ts'

const SENT = { call: 'talk', agent: '8001', survey: { flow: 'survey', release: 0 } }

describe('a caller is sent to the survey from a desk', () => {
  test('and the talk is over: that is remembered, and Asterisk was asked, before it is answered', async () => {
    const { board, acts, done, remembered } = aTalkAndItsActs()
    expect(await acts.sendToSurvey('talk')).toEqual(SENT)
    expect(remembered.map(({ kind }) => kind)).toEqual(['SurveyPushed', 'AgentLeft', 'SurveyOffered', 'Prompted'])
    expect(done.map(command => command.do)).toEqual(['hang-up', 'take-out', 'disconnect', 'say'])
    expect(board.call('talk')).toMatchObject({ phase: 'surveying' })
    expect(board.agents.get('8001')).toMatchObject({ state: 'wrapping-up' })
  })

  test('once, however often it is asked for', async () => {
    const { acts, remembered } = aTalkAndItsActs()
    const twice = await Promise.all([acts.sendToSurvey('talk'), acts.sendToSurvey('talk')])
    expect([...twice, await acts.sendToSurvey('talk')]).toEqual([SENT, SENT, SENT])
    expect(remembered.filter(({ kind }) => kind === 'SurveyPushed')).toHaveLength(1)
  })

  test('while the caller is there no more, but was asked, the answer is the same', async () => {
    const { board, acts } = aTalkAndItsActs()
    await acts.sendToSurvey('talk')
    board.happen('talk', { kind: 'CallerGone', cause: 16, by: 'caller', at: NOON })
    expect(await acts.sendToSurvey('talk')).toEqual(SENT)
  })
})

describe('a caller who cannot be sent to the survey stays where they are, and the reason is told:', () => {
  const REFUSED: [string, string, Parameters<typeof aTalkAndItsActs>[0], string, string][] = [
    ['there is no such call', 'none', {}, 'not-found', 'There is no call none, or it is over.'],
    [
      'nobody talks with them',
      'waiting',
      {},
      'no-talk',
      'Nobody talks with the caller of waiting now: the call is queued.',
    ],
    [
      ...(['the line has no survey', 'talk', { queue: { survey: null } }, 'no-survey'] as const),
      'The caller of talk cannot be asked about the talk: the queue sales has no survey.',
    ],
    [
      ...(['its survey is not published', 'talk'] as const),
      { queue: { survey: { flow: 'lost', share: 100, everyDays: 0 } } },
      ...([
        'no-survey',
        'The caller of talk cannot be asked about the talk: the survey of the queue sales is not published.',
      ] as const),
    ],
    [
      ...(['the number was asked lately', 'talk'] as const),
      { queue: { survey: { flow: 'survey', share: 100, everyDays: 7 } }, call: { surveyedAt: NOON - 1_000 } },
      ...([
        'no-survey',
        'The caller of talk cannot be asked about the talk: the queue sales does not ask a number again so soon.',
      ] as const),
    ],
    [
      ...(['the lifeboat has them', 'talk', { call: { inLifeboat: true } }, 'no-survey'] as const),
      'The caller of talk cannot be asked about the talk: the lifeboat has put them through.',
    ],
    [
      ...(['the agent has called them', 'talk'] as const),
      { call: { direction: 'outbound', outbound: { reachedAt: NOON, result: null } } },
      ...([
        'no-survey',
        'The caller of talk cannot be asked about the talk: the agent has called them, and nobody is asked about a talk that they have not asked for.',
      ] as const),
    ],
    ['Asterisk is away', 'talk', { isAwake: false }, 'asterisk-away', 'Asterisk cannot be reached. Try again soon.'],
  ]
  test.each(REFUSED)('%s', async (_, call, set, id, message) => {
    const { board, acts, remembered } = aTalkAndItsActs(set)
    const before = board.call(call)
    await expect(acts.sendToSurvey(call)).rejects.toMatchObject({ id, message })
    expect(board.call(call)).toBe(before)
    expect(remembered).toEqual([])
  })
})
