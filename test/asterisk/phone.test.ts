import { expect, test } from 'vitest'
import type { Ari } from '../../src/asterisk/ari.ts'
import { HttpRefused } from '../../src/asterisk/ariRequests.ts'
import { AriPhone } from '../../src/asterisk/phone.ts'
import type { Command } from '../../src/call/commands.ts'

const CONNECT: Command = { do: 'connect', bridge: 'c~talk', channels: ['c', 'c~out9'] }

/** An Asterisk that answers what it is asked with these, one after another, and with 200 from then on. */
function asteriskSays(...statuses: number[]) {
  const asked: string[] = []
  const ask: Ari['ask'] = async ({ uri }) => {
    asked.push(uri.includes('addChannel') ? 'add' : 'make')
    const status = statuses.shift() ?? 200
    if (status !== 200) throw new HttpRefused('gone', uri, status)
  }
  const unasked = () => Promise.reject(new Error('nobody is asked'))
  const elsewhere = { file: unasked, lookUp: unasked, checkPin: unasked, muteTape: unasked }
  return { asked, phone: new AriPhone({ isUp: true, ask } as unknown as Ari, () => '', elsewhere) }
}

test('two are put through in a bridge that is made for them, or that is there', async () => {
  const isNew = asteriskSays()
  await isNew.phone.perform(CONNECT)
  expect(isNew.asked).toEqual(['make', 'add'])
  const isThere = asteriskSays(409)
  await isThere.phone.perform(CONNECT)
  expect(isThere.asked).toEqual(['make', 'add'])
})

test('a bridge that is still being taken away is made anew when it is', async () => {
  const { asked, phone } = asteriskSays(409, 404, 409, 409)
  await phone.perform(CONNECT)
  expect(asked).toEqual(['make', 'add', 'make', 'add', 'make', 'add'])
})

test('who is gone is not waited for', async () => {
  const { asked, phone } = asteriskSays(409, 400)
  await expect(phone.perform(CONNECT)).rejects.toMatchObject({ id: 'gone' })
  expect(asked).toEqual(['make', 'add'])
})
