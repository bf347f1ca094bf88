import { expect, test } from 'vitest'
import { ANNA, BOB, Hotline } from './aHotline.ts'

/** Callbacks on a whole switchboard, from the key that keeps a place on. */

test('who was promised a callback twice is called once', () => {
  const centre = new Hotline('8001')
  centre.keepsPlace('a', ANNA)
  centre.keepsPlace('a-again', `+86${ANNA}`)
  centre.keepsPlace('b', BOB)
  expect(centre.stand).toEqual([`${ANNA} queued`, `${BOB} queued`])
  expect(centre.callbacks[0]!.callback!.bookings).toHaveLength(2)
})

test('who rings before they are called is not called meanwhile, nor once they are served', async () => {
  const centre = new Hotline('8001', '8002')
  centre.keepsPlace('a', ANNA)
  centre.calls('a-again', ANNA)
  await centre.isReady('8001')
  expect(centre.stand).toEqual([`${ANNA} queued`])
  expect(centre.board.call('a-again')).toMatchObject({ phase: 'ringing', leg: { agent: '8001' } })
  await centre.isReady('8002')
  expect(centre.board.agents.get('8002')!.state).toBe('ready')
  centre.takes('a-again')
  const { saying, sayingToAgent } = centre.board.call('a-again')!
  centre.board.happen('a-again', { kind: 'PromptEnded', say: saying!, at: centre.at })
  centre.board.happen('a-again', { kind: 'PromptEnded', say: sayingToAgent!, at: centre.at })
  centre.now += 60_000
  centre.hangsUp('a-again')
  expect(centre.board.call('a-again')!.outcome).toBe('answered')
  expect(centre.stand).toEqual([])
})

/** Of two lines, they have been promised a callback in one, ring sales, are served there, and wait in support when they hang up. */
const isSentOnAfterTalk = async (promisedIn: string): Promise<string[]> => {
  const centre = new Hotline('8001')
  centre.line = promisedIn
  centre.promised(ANNA, 'asked')
  centre.calls('a', ANNA)
  await centre.isReady('8001')
  centre.takes('a')
  await centre.board.dial('8001', { kind: 'wish', wish: { kind: 'pause', reason: 'rest' } })
  for (const say of [centre.board.call('a')!.saying, centre.board.call('a')!.sayingToAgent])
    centre.board.happen('a', { kind: 'PromptEnded', say: say!, at: centre.at })
  centre.now += 60_000
  const to = { queue: 'support' }
  centre.board.happen('a', { kind: 'SingleStepTransfer', to, by: 'agent:8001', at: centre.at })
  expect(centre.board.call('a')).toMatchObject({ phase: 'queued', queue: 'support' })
  centre.now += 5_000
  centre.hangsUp('a')
  return centre.stand
}

test('who rings, is served, and is sent on to another line is called no more; but is where that line has promised it', async () => {
  expect(await isSentOnAfterTalk('sales')).toEqual([])
  expect(await isSentOnAfterTalk('support')).toEqual([`${ANNA} queued`])
})

test('who rings while their phone is being dialled is called no more', async () => {
  const centre = new Hotline('8001')
  centre.keepsPlace('a', ANNA)
  await centre.isReady('8001')
  centre.takes(centre.callbacks[0]!.id)
  expect(centre.stand).toEqual([`${ANNA} dialling`])
  centre.calls('a-again', ANNA)
  expect(centre.stand[0]).not.toContain('dialling')
  expect(centre.board.call('a-again')!.leg?.agent).toBe('8001')
})

test('there are never more customers dialled than agents who have taken them', async () => {
  const centre = new Hotline('8001', '8002')
  for (const [id, from] of Object.entries({ a: ANNA, b: BOB, c: '13700137000' })) centre.keepsPlace(id, from)
  await centre.isReady('8001')
  expect(centre.stand.filter(stand => !stand.endsWith('queued'))).toEqual([`${ANNA} ringing`])
  centre.takes(centre.callbacks[0]!.id)
  expect(centre.board.agents.get('8001')!.state).toBe('dialling')
  await centre.isReady('8002')
  expect(centre.stand).toEqual([`${ANNA} dialling`, `${BOB} ringing`, '13700137000 queued'])
})

test('a caller who has waited longer comes before a callback, and one who came later after it', async () => {
  const centre = new Hotline('8001', '8002', '8003')
  centre.calls('first', '13600136000')
  centre.keepsPlace('a', ANNA)
  centre.calls('last', '13500135000')
  const servedBy = () =>
    ['first', centre.callbacks[0]!.id, 'last'].map(id => centre.board.call(id)!.leg?.agent ?? 'nobody')
  await centre.isReady('8001')
  expect(servedBy()).toEqual(['8001', 'nobody', 'nobody'])
  await centre.isReady('8002')
  expect(servedBy()).toEqual(['8001', '8002', 'nobody'])
  await centre.isReady('8003')
  expect(servedBy()).toEqual(['8001', '8002', '8003'])
})
