import { expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import type { Command } from '../../src/call/commands.ts'
import { hushed } from '../../src/call/hush.ts'
import {
  aCallerBeingGreeted,
  aCallerInTheMenu,
  CALL,
  given,
  type Step,
  theCallerHangsUp,
  thePromptEnds,
} from './given.ts'

/** While a key is waited for and nothing is said, Asterisk plays silence. */

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
