import { expect, test } from 'vitest'
import { BadInput, NotFound } from '../../src/errors.ts'
import { AgentUnavailable } from '../../src/switchboard/callControl.ts'
import type { Supervision } from '../../src/switchboard/supervising.ts'
import { CALL } from '../call/given.ts'
import { random } from '../random.ts'
import { Room } from './aRoom.ts'

const BY = 'person:li'

async function aTalk() {
  const room = new Room(random(1))
  await room.starts()
  const asks = (supervision: Supervision, call = CALL) => room.acts.supervise(call, supervision, BY)
  return { room, asks, refusal: (supervision: Supervision) => asks(supervision).catch(thrown => thrown) }
}

test('a supervisor who is not signed in is rung, and asked for twice rung once', async () => {
  const { room, asks } = await aTalk()
  await asks({ do: 'supervise', phone: '8009', mode: 'listen' })
  await asks({ do: 'supervise', phone: '8009', mode: 'listen' })
  expect(room.acts.talk(CALL).supervisors).toEqual([{ agent: '8009', mode: 'listen', state: 'ringing' }])
  expect(room.channels.size).toBe(3)
})

test('whoever supervises is offered no caller, though they are ready, until they leave', async () => {
  const { room, asks } = await aTalk()
  await asks({ do: 'supervise', phone: '8002', mode: 'listen' })
  expect(room.board.busyPhones.has('8002')).toBe(true)
  await asks({ do: 'leave', phone: '8002' })
  await asks({ do: 'leave', phone: '8002' })
  expect(room.board.busyPhones.has('8002')).toBe(false)
})

test('what cannot be is refused in a sentence: their own talk, a phone that is nobody’s or has a call, one that does not supervise', async () => {
  const { room, asks, refusal } = await aTalk()
  expect(await refusal({ do: 'supervise', phone: '8001', mode: 'listen' })).toMatchObject({ id: 'own-talk' })
  expect(await refusal({ do: 'supervise', phone: '8099', mode: 'listen' })).toBeInstanceOf(BadInput)
  expect(await refusal({ do: 'set-mode', phone: '8009', mode: 'coach' })).toMatchObject({ id: 'not-supervising' })
  expect(await refusal({ do: 'take-over', phone: '8009' })).toMatchObject({ id: 'not-supervising' })
  await asks({ do: 'supervise', phone: '8009', mode: 'listen' })
  expect(await refusal({ do: 'take-over', phone: '8009' })).toMatchObject({ id: 'not-answered' })
  room.board.busyPhones.begin('elsewhere', '8002')
  expect(await refusal({ do: 'supervise', phone: '8002', mode: 'listen' })).toBeInstanceOf(AgentUnavailable)
  await expect(asks({ do: 'force-clear' }, 'no-call')).rejects.toThrow(NotFound)
  room.board.stop()
})
