import { expect, test } from 'vitest'
import { newSecret, signed } from '../../src/webhooks/signature.ts'
import { afterFailure, atOnce, EVENTS_AT_ONCE, PAUSES_MS, slower } from '../../src/webhooks/webhook.ts'
import { webhook } from './given.ts'

const DAY = 86_400_000

test('what is not taken is sent again after ever longer pauses, and then given up', () => {
  const pauses: (number | null)[] = []
  let now = DAY
  let last = webhook
  for (;;) {
    const failed = afterFailure(last, 'it answered 500', now)
    pauses.push(failed.dueAt && failed.dueAt - now)
    last = { ...last, ...failed }
    now = failed.dueAt ?? now
    if (failed.isDead) break
  }
  expect(pauses).toEqual([...PAUSES_MS, null])
  expect([...PAUSES_MS].sort((a, b) => a - b)).toEqual(PAUSES_MS)
  expect(last).toMatchObject({ tries: 0, failingSince: DAY, offBecause: null })
})

test('fewer are sent at once after each try in vain, and what is given up was sent by itself thrice', () => {
  expect([0, 1, 2, 3, 4, 5].map(tries => atOnce({ tries }))).toEqual([EVENTS_AT_ONCE, 12, 3, 1, 1, 1])
  expect(atOnce({ tries: PAUSES_MS.length })).toBe(1)
  expect([slower(50), slower(12), slower(3), slower(1)]).toEqual([12, 3, 1, 1])
  expect([atOnce({ tries: 0 }, 12), atOnce({ tries: 1 }, 50)]).toEqual([12, 12])
})

test('who has taken nothing for a day is sent nothing more, once an event is given up', () => {
  const failing = { ...webhook, failingSince: DAY }
  expect(afterFailure(failing, 'no', 2 * DAY)).toMatchObject({ isDead: false, offBecause: null })
  const last = { ...failing, tries: PAUSES_MS.length }
  expect(afterFailure(last, 'no', 2 * DAY - 1)).toMatchObject({ isDead: true, offBecause: null })
  expect(afterFailure(last, 'no', 2 * DAY)).toMatchObject({
    offBecause: 'It has taken nothing for a day; the last time: no',
  })
})

// Of the library standardwebhooks, as its tests have it.
test('a signature is what standardwebhooks.com says', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const headers = signed(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_999, '{"test": 2432232314}')
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('each secret is another, of 32 bytes', () => {
  const [one, other] = [newSecret(), newSecret()]
  expect(one).not.toBe(other)
  expect(Buffer.from(one.slice('whsec_'.length), 'base64')).toHaveLength(32)
})
