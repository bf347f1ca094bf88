import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { home } from './readme.ts'

/** What can be dialled past us is what the dialplan itself says: it is read here, so that nothing else can get into it unseen. */

const text = readFileSync(join(home, 'dialplan', 'extensions.conf'), 'utf8').replace(/^;.*$/gm, '')
const contexts = new Map(
  text
    .split(/^\[/m)
    .slice(1)
    .map(part => [part.slice(0, part.indexOf(']')), part]),
)
const naming = (words: RegExp) => [...contexts].filter(([, part]) => words.test(part)).map(([name]) => name)

test('the trunk is dialled for emergencies alone', () => {
  expect(naming(/trunk/i).sort()).toEqual(['emergency', 'from-trunk'])
  expect(contexts.get('from-trunk')).not.toMatch(/\bDial\b|@trunk|Originate|emergency/)
})

test('emergencies are reached from agents’ phones alone, and by nothing but the numbers of emergencies', () => {
  expect(naming(/emergency\b/).sort()).toEqual(['emergency', 'from-agents'])
  const ways = [...contexts.get('from-agents')!.matchAll(/^exten => (\S+),1,Goto\(emergency,/gm)].map(
    ([, pattern]) => pattern,
  )
  expect(ways).toEqual(['_11[029]', '_12[02]', '999', '_X11[029]', '_X12[02]', '_X999'])
})

test('no context leads into another by being part of it, and no caller’s words are dialled or run', () => {
  expect(text).not.toMatch(/^\s*(include|switch|lswitch|eswitch)\b/m)
  expect(text).not.toMatch(/\b(System|TrySystem|SHELL|EVAL|AGI|Originate)\b/)
  for (const [name, part] of contexts) if (name !== 'emergency') expect(part, name).not.toMatch(/\bDial\(/)
})
