import { on, once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { wallClock } from '../../src/softphone/clock.ts'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { NotHeard, PhoneMisused } from '../../src/softphone/failure.ts'
import { Softphone } from '../../src/softphone/softphone.ts'

let alice: Softphone
let bob: Softphone
let sent: string[]
let onSent: (line: string) => void

beforeEach(async () => {
  sent = []
  onSent = () => {}
  const trace = (direction: string, text: string) => {
    if (direction === 'received') return
    const line = text.slice(0, text.indexOf('\r\n')).replace(/ sip:.*|SIP\/2.0 /g, '')
    sent.push(line)
    onSent(line)
  }
  alice = await Softphone.open({ user: 'alice', displayName: '爱丽丝', tone: { hz: 440 }, trace })
  bob = await Softphone.open({ user: 'bob', tone: { hz: 880 }, trace })
})

afterEach(() => Promise.all([alice.close({ withinMs: 100 }), bob.close({ withinMs: 100 })]))

async function talking(caller = alice, callee = bob): Promise<{ hers: Dialog; his: Dialog }> {
  const invited = callee.nextInvite()
  const call = caller.invite(callee.uri)
  const [his, hers] = await Promise.all([invited.then(incoming => incoming.answer()), call.answered])
  return { hers, his }
}

describe('a call', () => {
  test('rings, is answered, carries both voices and ends', async () => {
    const invited = bob.nextInvite()
    const call = alice.invite(bob.uri)
    const incoming = await invited
    expect(incoming).toMatchObject({ from: 'alice', displayName: '爱丽丝', callId: call.callId })
    incoming.ring()
    await call.ringing
    const [his, hers] = await Promise.all([incoming.answer(), call.answered])
    await Promise.all([his.heard.tone(440, { forMs: 100 }), hers.heard.tone(880, { forMs: 100 })])
    expect(hers.heard.level(440, { ms: 100 })).toBeLessThan(-60)
    expect(hers.peer.user).toBe('bob')
    await hers.hangUp()
    expect(await hers.ended).toEqual({ by: 'local', cause: 'hung up' })
    expect(await his.ended).toEqual({ by: 'remote', cause: 'BYE' })
    expect(sent).toEqual(['INVITE', '180 Ringing', '200 OK', 'ACK', 'BYE', '200 OK'])
  })

  test('carries keys, however fast', async () => {
    const { hers, his } = await talking()
    const keys = on(his, 'digit')
    await hers.press('19#', { ms: 40, gapMs: 20 })
    for (const key of '19#') expect((await keys.next()).value).toEqual([key, 40])
  })

  test.each(['relay', 'info'] as const)('carries keys in signalling, as %s', async form => {
    const { hers, his } = await talking()
    const keys = on(his, 'digit')
    await hers.press('19#', { as: [form], gapMs: 0 })
    for (const key of '19#') expect((await keys.next()).value).toEqual([key, 100])
  })

  test('is held and taken back', async () => {
    const { hers, his } = await talking()
    const held = once(his, 'held')
    await hers.hold()
    await held
    const silent = [his, hers].map(dialog => dialog.heard.silence({ forMs: 100 }))
    await Promise.all(silent)
    const both = [his.heard.tone(440, { forMs: 60 }), hers.heard.tone(880, { forMs: 60 })]
    await hers.unhold()
    await Promise.all(both)
  })

  test('can be held by both at the same time, at the second try', async () => {
    const clock = {
      now: () => wallClock.now() * 10,
      after: (ms: number, act: () => void) => wallClock.after(ms / 10, act),
      stoodStill: () => wallClock.stoodStill() * 10,
    }
    const phones = await Promise.all(['alice', 'bob'].map(user => Softphone.open({ user, clock })))
    const { hers, his } = await talking(phones[0], phones[1])
    await Promise.all([hers.hold(), his.hold()])
    expect([hers.heldByPeer, his.heldByPeer]).toEqual([true, true])
    await Promise.all(phones.map(phone => phone.close()))
  })

  test('plays what it is given', async () => {
    const { hers, his } = await talking()
    await hers.play('silence')
    const tone = his.heard.tone(1000, { forMs: 60 })
    await hers.play({ hz: 1000, ms: 120 })
    await tone
  })

  test('without sound from one side', async () => {
    const invited = bob.nextInvite()
    const call = alice.invite(bob.uri, { sendNoAudio: true })
    const his = await (await invited).answer()
    await (await call.answered).heard.tone(880, { forMs: 60 })
    expect(his.packets.received).toBe(0)
  })

  test('that is over can no longer be used, and nothing is waited for', async () => {
    const { hers, his } = await talking()
    const waiting = expect(his.heard.tone(999)).rejects.toThrow(NotHeard)
    await hers.hangUp()
    await waiting
    await expect(hers.press('1')).rejects.toThrow(PhoneMisused)
    await expect(his.hold()).rejects.toThrow(PhoneMisused)
    await hers.hangUp()
    expect(alice.dialogs).toEqual([])
  })
})

describe('a call that comes to nothing', () => {
  test('is refused', async () => {
    bob.on('invite', incoming => incoming.reject(486))
    await expect(alice.invite(bob.uri).answered).rejects.toMatchObject({
      status: 486,
      reason: 'Busy Here',
      id: 'sip-failure',
    })
    expect(sent).toEqual(['INVITE', '486 Busy Here', 'ACK'])
  })

  test('is refused where nobody listens', async () => {
    await expect(alice.invite(bob.uri).ringing).rejects.toMatchObject({ status: 480 })
  })

  test('is given up by the caller', async () => {
    const invited = bob.nextInvite()
    const call = alice.invite(bob.uri)
    const incoming = await invited
    const cancelled = once(incoming, 'cancelled')
    incoming.ring()
    await call.ringing
    await call.cancel()
    await cancelled
    await expect(call.answered).rejects.toMatchObject({ status: 487 })
    await expect(incoming.answer()).rejects.toThrow('cannot answer: the call is cancelled')
    expect(sent.filter(line => !/^1/.test(line))).toEqual([
      'INVITE',
      'CANCEL',
      '200 OK',
      '487 Request Terminated',
      'ACK',
    ])
  })

  test('is hung up when the answer crosses the CANCEL', async () => {
    const invited = bob.nextInvite()
    const call = alice.invite(bob.uri)
    const incoming = await invited
    incoming.ring()
    await call.ringing
    onSent = line => {
      if (line === '200 OK') call.cancel()
    }
    const his = await incoming.answer()
    await expect(call.answered).rejects.toThrow('the answer crossed our CANCEL')
    expect(await his.ended).toMatchObject({ by: 'remote' })
  })
})

test('a phone whose cable was pulled is silent, and goes on when it is back', async () => {
  const { hers, his } = await talking()
  bob.vanish()
  await hers.heard.silence({ forMs: 100 })
  const before = his.packets.received
  expect(sent.at(-1)).toBe('ACK')
  const tone = his.heard.tone(440, { forMs: 60 })
  bob.reappear()
  await tone
  expect(his.packets.received).toBeGreaterThan(before)
})

test('a call with one codec only uses that', async () => {
  const invited = bob.nextInvite()
  const call = alice.invite(bob.uri, { codecs: ['PCMA'] })
  const his = await (await invited).answer()
  await Promise.all([
    his.heard.tone(440, { forMs: 60 }),
    call.answered.then(hers => hers.heard.tone(880, { forMs: 60 })),
  ])
  bob.on('invite', incoming => incoming.answer({ codecs: ['PCMU'] }).catch(() => {}))
  await expect(alice.invite(bob.uri, { codecs: ['PCMA'] }).answered).rejects.toMatchObject({ status: 488 })
})
