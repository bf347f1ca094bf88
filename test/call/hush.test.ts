import { expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import { hushAgain, hushed } from '../../src/call/hush.ts'
import {
  aCallerBeingGreeted,
  aCallerInTheMenu,
  anAgentIsChosen,
  CALL,
  given,
  NOON,
  type Step,
  theAgentAnswers,
  theAgentsPromptEnds,
  theCallerHangsUp,
  thePromptEnds,
} from './given.ts'

/** While a key is waited for and nothing is said, Asterisk plays silence: to a caller, and to an agent who is offered a callback. */

const OTHER: Command = { do: 'music', channel: CALL }
const HUSH = `${CALL}~hush`
const at = (...steps: Step[]): Call => given(...steps).call!
const greeted = at(aCallerBeingGreeted)
const asked = at(aCallerInTheMenu)
const waiting = at(aCallerInTheMenu, thePromptEnds)

test('silence begins when the question has been asked, in the caller’s language and for a minute', () => {
  const [first, hush] = hushed(asked, waiting, [OTHER])
  expect(first).toBe(OTHER)
  expect(hush).toMatchObject({ do: 'say', channel: CALL, say: HUSH, language: 'zh' })
  expect(new Set((hush as Command & { do: 'say' }).prompts)).toEqual(new Set(['silence']))
})

test('it ends before whatever comes next, which would stand behind it', () => {
  expect(hushed(waiting, greeted, [OTHER])).toEqual([{ do: 'stop-saying', say: HUSH }, OTHER])
})

test('it goes on from key to key of a number, and where a key means nothing', () => {
  expect(hushed(waiting, { ...waiting, waits: { key: 9 } }, [OTHER])).toEqual([OTHER])
})

test('while something is said there is none, and none is ended of a call that is over', () => {
  expect(hushed(greeted, asked, [OTHER])).toEqual([OTHER])
  expect(hushed(waiting, at(aCallerInTheMenu, thePromptEnds, theCallerHangsUp), [OTHER])).toEqual([OTHER])
})

const CALLBACK = 'cb9-hotline-1763871911.12'
const isPromised: Step = () => ({
  ...{ kind: 'Booked', id: CALLBACK, queue: 'sales', because: 'asked', place: NOON },
  ...{ promisedAt: NOON, promisedUntil: NOON + 3_600_000, callingIn: [], of: CALL, language: 'zh' },
  ...{ from: '13800138000', name: '', to: '4008001000', flow: 'hotline' },
})
const theAgentPresses =
  (key: string): Step =>
  ({ call }) => ({ kind: 'LegKey', leg: call!.leg!.id, key })
const offered = at(isPromised, anAgentIsChosen())
const told = at(isPromised, anAgentIsChosen(), theAgentAnswers)
const heard = (...then: Step[]): Call =>
  at(isPromised, anAgentIsChosen(), theAgentAnswers, theAgentsPromptEnds, ...then)
const AGENTS_HUSH = `${CALLBACK}~hush`
const end: Command = { do: 'stop-saying', say: AGENTS_HUSH }

test('to an agent it begins when they have heard what it is about, and goes on while they press what means nothing', () => {
  expect(hushed(offered, told, [OTHER])).toEqual([OTHER])
  const hush = { do: 'say', channel: told.leg!.id, say: AGENTS_HUSH }
  expect(hushed(told, heard(), [OTHER])).toEqual([OTHER, expect.objectContaining(hush)])
  expect(hushed(heard(), heard(theAgentPresses('4')), [])).toEqual([])
})

test.each(['1', '2', '3'])('it ends before what comes of their %s', key => {
  expect(hushed(heard(), heard(theAgentPresses(key)), [OTHER])).toEqual([end, OTHER])
})

test('its end is ordered again where an agent could hear it still, and of no callback that nobody has answered', () => {
  for (const call of [told, heard(theAgentPresses('1')), heard(theAgentPresses('2'))])
    expect(hushAgain(call)).toEqual([end])
  for (const call of [at(isPromised), offered, heard(), heard(theAgentPresses('3'))])
    expect(hushAgain(call)).toEqual([])
})
