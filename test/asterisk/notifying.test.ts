import { afterEach, beforeEach, expect, test } from 'vitest'
import { light } from '../../src/asterisk/notifying.ts'
import { FakeManager } from './fakeManager.ts'

let asterisk: FakeManager
beforeEach(async () => {
  asterisk = await FakeManager.open()
})
afterEach(() => asterisk.close())

const lightAll = (secret = 'secret', port = asterisk.port): Promise<void> =>
  light(
    { host: '127.0.0.1', port, user: 'hotline', secret },
    ['8001', '8002', '8003'].map(phone => ({ phone, waiting: 2 })),
  )
const lit = (): (string | undefined)[] =>
  asterisk.actions.flatMap(({ action, endpoint }) => (action === 'PJSIPNotify' ? [endpoint] : []))

test('a phone that Asterisk does not know keeps no other’s lamp dark, and it is told which it was', async () => {
  asterisk.unknown = ['8001']
  await expect(lightAll()).rejects.toMatchObject({
    id: 'refused',
    phones: ['8001'],
    message: 'Unable to retrieve endpoint 8001',
  })
  expect(lit()).toEqual(['8001', '8002', '8003'])
  asterisk.unknown = ['8001', '8003']
  await expect(lightAll()).rejects.toMatchObject({
    phones: ['8001', '8003'],
    message: 'Unable to retrieve endpoint 8001 (and of 1 more)',
  })
})

test('none is told where Asterisk lets nobody in, or has gone', async () => {
  await expect(lightAll('wrong')).rejects.toMatchObject({ id: 'refused', message: 'Authentication failed' })
  const { port } = asterisk
  await asterisk.close()
  await expect(lightAll('secret', port)).rejects.toMatchObject({ id: 'away' })
  expect(lit()).toEqual([])
  asterisk = await FakeManager.open()
})
