import { writeFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { queueRow } from '../database/lines.ts'
import { closeMessage } from '../database/messages.ts'
import { BadInput, NotFound, sentenceOf } from '../errors.ts'
import { csvTable } from '../report/csv.ts'
import { type Left, MESSAGES_AT_MOST, messageSound, messagesReport, secondsOf } from '../report/messages.ts'
import { messageColumns } from '../report/tables.ts'
import { textTable } from '../report/text.ts'
import { withDatabase } from './ask.ts'

/** What callers have left for those who call back. */

type Listed = { all: boolean; queue?: string; csv: boolean }

export const messageList = (config: Config, { all, queue, csv }: Listed): Promise<string> =>
  withDatabase(config, async knex => {
    if (queue !== undefined && !(await queueRow(knex, queue))) throw new NotFound(`There is no queue ${queue}.`)
    const messages = await messagesReport(knex, { queue, ...(!all && { done: false }) }, 'whole')
    const columns = messageColumns(config.zone)
    if (csv) return csvTable(columns, messages).trimEnd()
    const table = textTable(columns, messages).trimEnd()
    if (messages.length === MESSAGES_AT_MOST)
      return `${table}\n\nThere may be more: these are the ${all ? 'latest' : 'oldest'} ${MESSAGES_AT_MOST}.`
    if (messages.length > 0) return table
    return all ? 'Nobody has left a message.' : 'No message is waiting.'
  })

/** Throws NotFound with the reason where it cannot be heard. */
export const messageSave = (config: Config, id: string, file: string): Promise<string> =>
  soundSave(config, 'message', id, file)

export const soundSave = (config: Config, what: Left, id: string, file: string): Promise<string> =>
  withDatabase(config, async knex => {
    const sound = await messageSound(knex, config.recordingsFolder, id, what)
    try {
      await writeFile(file, sound, { mode: 0o600 })
    } catch (thrown) {
      throw new BadInput('file', `the file cannot be written: ${sentenceOf(thrown)}`)
    }
    return `${file}: ${secondsOf(sound).toFixed(1)} s`
  })

export const messageDone = (config: Config, id: string, { note }: { note?: string }): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await closeMessage(knex, id, note))) throw new NotFound(`There is no message ${id}.`)
    return `${id} is done.`
  })
