import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { Music } from '../../src/asterisk/music.ts'
import type { Request } from '../../src/asterisk/requests.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { PhoneRefused } from '../../src/switchboard/ports.ts'
import { aQueue } from '../call/given.ts'

/** A folder of prompts, an Asterisk that takes what it is asked or says this, and lines that may be set otherwise. */
function aHouse(says?: PhoneRefused) {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-music-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const language of ['zh', 'en']) mkdirSync(join(folder, language))
  for (const name of ['zh/jazz', 'en/jazz', 'zh/piano']) writeFileSync(join(folder, `${name}.wav`), '')
  const asked: Request[] = []
  const ask = async (request: Request): Promise<void> => {
    asked.push(request)
    if (says) throw says
  }
  const logged: { msg: string }[] = []
  const log = pino({ level: 'error' }, { write: line => void logged.push(JSON.parse(line)) })
  const house = { queues: [] as Queue[], asked, logged, folder, written: () => readFileSync(file, 'utf8') }
  const file = join(folder, 'music.conf')
  const shelf = { folder, soundAt: (language: string, prompt: string) => join(folder, language, prompt) }
  const music = new Music({ ari: { isUp: true, ask }, shelf, queues: () => house.queues, log })
  return { ...house, music, set: (...queues: Queue[]) => house.queues.splice(0, house.queues.length, ...queues) }
}

test('Asterisk is given a class of music for each prompt that a line names and each language in which it is there, and reads it', async () => {
  const { music, set, asked, written, folder } = aHouse()
  set(aQueue('sales', { music: 'jazz' }), aQueue('support', { music: 'piano' }), aQueue('operator', { music: 'jazz' }))
  await music.give()
  const classOf = (prompt: string, language: string) =>
    `[${prompt}.${language}]\nmode = playlist\nentry = ${join(folder, language, prompt)}\n`
  expect(written()).toBe(classOf('jazz', 'zh') + classOf('jazz', 'en') + classOf('piano', 'zh'))
  expect(asked).toEqual([{ method: 'PUT', uri: 'asterisk/modules/res_musiconhold.so' }])
  set(aQueue('sales'))
  await music.give()
  expect(written()).toBe('')
  expect(asked).toHaveLength(2)
})

test('where no line has its own, Asterisk is asked nothing', async () => {
  const { music, set, asked } = aHouse()
  set(aQueue('sales'))
  await music.give()
  expect(asked).toEqual([])
})

test('where it cannot be, a person is told; where Asterisk is only away, nobody is', async () => {
  const away = aHouse(new PhoneRefused('away', 'no link'))
  away.set(aQueue('sales', { music: 'jazz' }))
  await away.music.give()
  expect(away.logged).toEqual([])
  const refusing = aHouse(new PhoneRefused('refused', 'no such module'))
  refusing.set(aQueue('sales', { music: 'jazz' }))
  await refusing.music.give()
  expect(refusing.logged).toMatchObject([{ msg: expect.stringMatching(/^lines cannot have music of their own/) }])
})
