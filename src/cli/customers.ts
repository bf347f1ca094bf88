import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import type { Config } from '../config.ts'
import { type CustomerRow, customersWith, importCustomers, removeCustomer } from '../database/customers.ts'
import { BadInput, NotFound } from '../errors.ts'
import { bareNumber } from '../numbers.ts'
import { withDatabase } from './ask.ts'
import { textIn } from './documents.ts'
import { say } from './typed.ts'

/** Who calls, as agents are shown it. */

export function addCustomers(program: Command, config: () => Config): void {
  const customer = program.command('customer').description('who calls, as agents are shown it')
  say(
    customer
      .command('import')
      .description(
        'CSV: id,name,numbers,note,link; several numbers with a space between; in place of those of the same ids',
      )
      .argument('<file>'),
    file => customerImport(config(), file),
  )
  say(customer.command('find').description('who has this number').argument('<number>'), number =>
    customerFind(config(), number),
  )
  say(customer.command('remove').description('agents are not shown them any more').argument('<id>'), id =>
    customerRemove(config(), id),
  )
}

export const customerImport = (config: Config, file: string): Promise<string> =>
  withDatabase(config, async knex => {
    const customers = customersIn(await textIn(file))
    await importCustomers(knex, customers)
    return customers.length === 1 ? '1 customer is known.' : `${customers.length} customers are known.`
  })

export const customerFind = (config: Config, number: string): Promise<string> =>
  withDatabase(config, async knex => {
    const found = await customersWith(knex, number)
    const lines = found.map(({ id, name, numbers, note, link }) =>
      [`${id}: ${name}, ${numbers.join(' ')}`, note, link].filter(word => word !== '').join(', '),
    )
    return lines.length > 0 ? lines.join('\n') : `No customer has ${number}.`
  })

export const customerRemove = (config: Config, id: string): Promise<string> =>
  withDatabase(config, async knex => {
    if (!(await removeCustomer(knex, id))) throw new NotFound(`There is no customer ${id}.`)
    return `Customer ${id} is removed.`
  })

const COLUMNS = ['id', 'name', 'numbers', 'note', 'link'] as const
const LONGEST = 500

/** Throws BadInput, naming the line. */
export function customersIn(text: string): CustomerRow[] {
  const seen = new Set<string>()
  return rowsOf(text).map(({ record, info }) => {
    const refuse = (sentence: string): never => {
      throw new BadInput('file', `line ${info.lines}: ${sentence}`)
    }
    const { id = '', name = '', numbers = '', note = '', link = '' } = record
    if (id === '' || name === '') refuse('id and name must not be empty')
    if (seen.has(id)) refuse(`the id ${id} is there twice`)
    seen.add(id)
    const long = COLUMNS.find(column => (record[column] ?? '').length > LONGEST)
    if (long) refuse(`${long} must have at most ${LONGEST} characters`)
    if (link !== '' && !/^https?:\/\/\S+$/i.test(link)) refuse('link must be http:// or https://, or empty')
    return { id, name, note, link, numbers: numbersIn(numbers, refuse) }
  })
}

function numbersIn(words: string, refuse: (sentence: string) => never): string[] {
  const bare = words
    .split(/[\s;]+/)
    .filter(word => word !== '')
    .map(bareNumber)
  if (bare.length === 0) refuse('numbers must hold at least one number')
  if (!bare.every(number => /^[0-9*#]{1,40}$/.test(number)))
    refuse('numbers must be of digits, with spaces between them')
  return [...new Set(bare)]
}

type Row = { record: Partial<Record<(typeof COLUMNS)[number], string>>; info: { lines: number } }

function rowsOf(text: string): Row[] {
  const columns = (names: string[]): string[] => {
    const wrong = ['id', 'name', 'numbers'].find(column => names.filter(name => name === column).length !== 1)
    if (wrong)
      throw new BadInput('file', `the first line must name id,name,numbers, and perhaps note,link; ${wrong} is not`)
    return names
  }
  try {
    return parse(text, { columns, trim: true, skip_empty_lines: true, bom: true, info: true }) as never
  } catch (thrown) {
    if (thrown instanceof BadInput) throw thrown
    throw new BadInput('file', `this is no CSV: ${(thrown as Error).message}`)
  }
}
