import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { recordedQueues } from '../../src/asterisk/catalogue.ts'

/** What is read in a folder with this catalogue, and how many warnings there were. */
async function read(catalogue: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-catalogue-'))
  if (catalogue !== undefined) writeFileSync(join(folder, 'catalogue.json'), catalogue)
  const warned: string[] = []
  const log = pino({ level: 'warn' }, { write: line => void warned.push(line) })
  return { queues: await recordedQueues(folder, log), warnings: warned.length }
}

test('a queue is named to its agents once its name is in the catalogue', async () => {
  const catalogue = { prompts: { menu: {}, 'queue/vip': {}, 'queue/sales': {}, 'queue-welcome': {} } }
  expect(await read(JSON.stringify(catalogue))).toEqual({ queues: ['vip', 'sales'], warnings: 0 })
})

test('where the prompts lie on another machine, our own catalogue counts', async () => {
  const { queues, warnings } = await read(undefined)
  expect(queues).toEqual(expect.arrayContaining(['sales', 'support', 'operator']))
  expect(warnings).toBe(0)
})

test('a catalogue that cannot be read keeps nobody from answering, and is told', async () => {
  expect(await read('{')).toEqual({ queues: [], warnings: 1 })
})
