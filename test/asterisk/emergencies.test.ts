import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { Emergencies } from '../../src/asterisk/emergencies.ts'
import type { Request } from '../../src/asterisk/requests.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'

type Given = { says?: PhoneRefused; isUp?: boolean; isFolder?: boolean }

/** An Asterisk that takes what it is asked, or says this, and what a person was told. */
function given({ says, isUp = true, isFolder = true } = {} as Given) {
  const made = mkdtempSync(join(tmpdir(), 'hotline-emergencies-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  const folder = isFolder ? made : join(made, 'file')
  if (!isFolder) writeFileSync(folder, '')
  const asked: string[] = []
  const logged: { msg: string }[] = []
  const ask = async ({ uri }: Request): Promise<void> => {
    asked.push(uri)
    if (says) throw says
  }
  const log = pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) })
  const rules = { outsideLine: '9', shows: '4008001000' }
  const emergencies = new Emergencies({ ari: { ask, isUp }, shelf: { folder }, rules, log })
  return { asked, logged, emergencies, written: () => readFileSync(join(folder, 'emergencies.conf'), 'utf8') }
}

test('Asterisk is told the digit for an outside line and the number that is shown, and finds them when it starts', async () => {
  const { asked, emergencies, written } = given()
  await emergencies.give()
  expect(asked).toEqual([
    'asterisk/variable?variable=HOTLINE_OUTSIDE&value=9',
    'asterisk/variable?variable=HOTLINE_SHOWS&value=4008001000',
  ])
  expect(written()).toBe('HOTLINE_OUTSIDE = 9\nHOTLINE_SHOWS = 4008001000\n')
})

test.each([
  ['is away', { isUp: false }, 0],
  ['goes away', { says: new PhoneRefused('away', 'gone') }, 0],
  ['refuses it, which is for a person', { says: new PhoneRefused('refused', 'no') }, 1],
])('where it %s, it finds them all the same', async (_, set, told) => {
  const { emergencies, logged, written } = given(set)
  await emergencies.give()
  expect(logged).toHaveLength(told)
  expect(written()).toContain('HOTLINE_OUTSIDE = 9')
})

test('where the file cannot be written, Asterisk is told all the same, and so is a person', async () => {
  const { asked, emergencies, logged } = given({ isFolder: false })
  await emergencies.give()
  expect(asked).toHaveLength(2)
  expect(logged).toHaveLength(1)
})

test('asked for twice at once it is written', async () => {
  const { emergencies, logged, written } = given()
  await Promise.all([emergencies.give(), emergencies.give()])
  expect(logged).toEqual([])
  expect(written()).toContain('HOTLINE_SHOWS = 4008001000')
})
