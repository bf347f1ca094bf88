import { stringify } from 'csv-stringify/sync'
import type { Cell, Column } from './tables.ts'

/**
 * Comma-separated values with a line of heads. Durations are seconds, shares 0 to 1. A cell that a spreadsheet would
 * take for a formula (= + - @ at its beginning) gets a ' before it, and control characters are shown as marks.
 */
export function csvTable<Row>(columns: Column<Row>[], rows: Row[]): string {
  const heads = columns.map(column => csvHead(column))
  const lines = rows.map(row => columns.map(column => written(column.cell(row))))
  return stringify([heads, ...lines], { escape_formulas: true, record_delimiter: 'windows' })
}

const csvHead = <Row>({ head, kind }: Column<Row>): string => (kind === 'duration' ? `${head} (s)` : head)

function written({ kind, value }: Cell): string | number {
  if (value === null) return ''
  if (kind === 'duration') return Number(value) / 1_000
  if (kind === 'share') return Number(Number(value).toFixed(4))
  return typeof value === 'string' ? value.replace(/\p{Cc}/gu, '·') : value
}
