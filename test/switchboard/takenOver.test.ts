import { describe, expect, test } from 'vitest'
import { ANNA, BOB, Hotline } from './aHotline.ts'

/** What whoever is on duty does, on a whole switchboard: what it means for callbacks, and they for it. */

test('nobody is dialled twice for two messages, nor whom an agent has called back while others were heard', async () => {
  const centre = new Hotline('8001')
  const [anna, bob] = [centre.leavesMessages(ANNA, 'm1', 'm2'), centre.leavesMessages(BOB, 'm3')]
  const [one, two, three] = [
    centre.waits('m1', anna, ANNA),
    centre.waits('m2', anna, ANNA),
    centre.waits('m3', bob, BOB),
  ]
  centre.entersDuty('duty', one, two, three)
  centre.presses('duty', '3')
  centre.customerOf('duty', 'LegAnswered')
  await centre.isReady('8001')
  centre.takes(bob)
  centre.customerOf('duty', 'LegEnded')
  expect(centre.toldTo('duty')).toEqual(['m1', 'm3'])
  centre.presses('duty', '3')
  expect(centre.board.call('duty')!.outside!.endedAt).not.toBeNull()
  const { channel } = centre.board.call(bob)!
  centre.board.happen(bob, { kind: 'OnTape', leg: channel, at: centre.at })
  expect(centre.board.call(bob)!.phase).toBe('talking')
  centre.presses('duty', '3')
  expect(centre.board.call('duty')!.dismissed).toBe('self-served')
})

test('two who hear the same message do not ring its caller both', () => {
  const centre = new Hotline()
  const anna = centre.leavesMessages(ANNA, 'm1')
  for (const duty of ['duty-1', 'duty-2']) centre.entersDuty(duty, centre.waits('m1', anna, ANNA))
  for (const duty of ['duty-1', 'duty-2']) centre.presses(duty, '3')
  expect(['duty-1', 'duty-2'].map(duty => centre.board.call(duty)!.phase)).toEqual(['transferring-out', 'in-flow'])
  centre.customerOf('duty-1', 'LegAnswered')
  centre.presses('duty-2', '3')
  expect(centre.board.call('duty-2')).toMatchObject({ dismissed: 'self-served' })
  expect(centre.told.filter(([, { kind }]) => kind === 'OutsideDialled')).toHaveLength(1)
})

test.each([
  ['message', false],
  ['asked', true],
  ['place-kept', true],
] as const)('a message that is done takes back its callback where that was promised for it: %s', (because, stays) => {
  const centre = new Hotline()
  const anna = centre.promised(ANNA, because, 'm1')
  centre.entersDuty('duty', centre.waits('m1', anna, ANNA))
  centre.presses('duty', '5')
  expect(centre.stand).toEqual(stays ? [`${ANNA} queued`] : [])
})

test('a callback for two messages is taken back once both are done', () => {
  const centre = new Hotline()
  const anna = centre.promised(ANNA, 'message', 'm1', 'm2')
  centre.entersDuty('duty', centre.waits('m1', anna, ANNA), centre.waits('m2', anna, ANNA))
  centre.presses('duty', '5')
  expect(centre.stand).toEqual([`${ANNA} queued`])
  centre.presses('duty', '5')
  expect(centre.stand).toEqual([])
})

/** Anna's callbacks: for a message, and in another line. */
function twoLines(centre: Hotline): [string, string] {
  const anna = centre.leavesMessages(ANNA, 'm1')
  centre.line = 'support'
  return [anna, centre.promised(`+86${ANNA}`, 'asked')]
}

describe('a customer whom somebody on duty has dialled in vain', () => {
  const inVain = (cause: number) => {
    const centre = new Hotline('8001')
    const [anna, other] = twoLines(centre)
    centre.entersDuty('duty', centre.waits('m1', anna, ANNA))
    centre.presses('duty', '3')
    return { centre, anna, other, hangsUp: () => centre.customerOf('duty', 'LegEnded', cause) }
  }

  test('is dialled for no line meanwhile, and not at once when their phone has stopped ringing', async () => {
    const { centre, anna, other, hangsUp } = inVain(17)
    await centre.isReady('8001')
    expect([anna, other].map(id => centre.board.call(id)!.phase)).toEqual(['queued', 'queued'])
    hangsUp()
    const due = centre.at + 300_000
    for (const id of [anna, other])
      expect(centre.board.call(id)).toMatchObject({
        phase: 'scheduled',
        waits: { due },
        callback: { tries: [], callingIn: [] },
      })
    centre.board.happen(anna, { kind: 'WaitOver', wait: 'due', at: due })
    expect(centre.board.call(anna)!.phase).toBe('ringing')
  })

  test('may be taken over again at once, and is called back no more once they are reached', () => {
    const { centre, anna, hangsUp } = inVain(17)
    hangsUp()
    centre.presses('duty', '3')
    centre.customerOf('duty', 'LegAnswered')
    expect(centre.board.call(anna)).toBeUndefined()
    expect(centre.told).toContainEqual([anna, expect.objectContaining({ kind: 'CallbackTakenOver' })])
  })
})

test('who is spoken with by somebody on duty is still called back in another line, and no sooner than they have hung up', async () => {
  const centre = new Hotline('8001')
  const [anna, other] = twoLines(centre)
  centre.entersDuty('duty', centre.waits('m1', anna, ANNA))
  centre.presses('duty', '3')
  centre.customerOf('duty', 'LegAnswered')
  await centre.isReady('8001')
  expect(centre.board.call(other)!.phase).toBe('queued')
  centre.customerOf('duty', 'LegEnded')
  expect(centre.board.call(other)!.phase).toBe('ringing')
})
