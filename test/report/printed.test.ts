import { describe, expect, it } from 'vitest'
import { csvTable } from '../../src/report/csv.ts'
import { span } from '../../src/report/story.ts'
import type { Cell, Column } from '../../src/report/tables.ts'
import { duration, plain, textTable, width } from '../../src/report/text.ts'

type Row = { name: string; share: number | null; ms: number }
const of = (head: string, kind: Cell['kind'], value: (row: Row) => Cell['value']): Column<Row> => ({
  head,
  kind,
  wide: false,
  cell: row => ({ kind, value: value(row) }),
})
const columns = [
  of('name', 'text', row => row.name),
  of('share', 'share', row => row.share),
  of('talk', 'duration', row => row.ms),
]

describe('a table in the terminal', () => {
  it('stands in columns, also with Chinese names', () => {
    const table = textTable(columns, [
      { name: '王芳', share: 0.8333, ms: 3_723_000 },
      { name: 'Li', share: null, ms: 59_600 },
    ])
    expect(table.split('\n')).toEqual([
      'name   share     talk',
      '────  ──────  ───────',
      '王芳  83.3 %  1:02:03',
      'Li         –  0:01:00',
    ])
  })
  it('has room for the calls of a busy year', () => {
    const calls = Array.from({ length: 200_000 }, (_, ms) => ({ name: 'Li', share: null, ms }))
    expect(textTable(columns, calls).split('\n')).toHaveLength(200_002)
  })
  it.each([
    ['abc', 3],
    ['王芳', 4],
    ['ｱ', 1],
    ['Ａ', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['客服8001号', 10],
    ['😀', 2],
  ])('%s takes %i columns', (text, columns) => {
    expect(width(text)).toBe(columns)
  })
  it('is not steered by what a caller calls themselves', () => {
    expect(plain('\u001b[31mred\u0007\r\n\u202e')).toBe('·[31mred····')
    const table = textTable(columns, [{ name: '\u001b[2J\nx', share: 1, ms: 0 }])
    expect(table).not.toContain('\u001b')
    expect(table.split('\n')).toHaveLength(3)
  })
  it('shows a day and more in hours', () => {
    expect(duration(100 * 3_600_000)).toBe('100:00:00')
    expect(duration(499)).toBe('0:00:00')
  })
})

describe('CSV', () => {
  it('has seconds and plain shares, for spreadsheets to reckon with', () => {
    expect(csvTable(columns, [{ name: '王芳', share: 0.83333, ms: 1_500 }])).toBe(
      'name,share,talk (s)\r\n王芳,0.8333,1.5\r\n',
    )
  })
  it.each(['=1+1', '+8613800138000', '-1', '@SUM(A1)', '＝1'])('disarms %j', name => {
    const [, line] = csvTable(columns, [{ name, share: null, ms: 0 }]).split('\r\n')
    expect(line).toMatch(/^"?'/)
  })
  it('quotes commas and quotes, and shows control characters as marks', () => {
    expect(csvTable(columns, [{ name: 'a,"b"\n\t=1', share: null, ms: 0 }])).toContain('"a,""b""··=1",,0')
  })
})

describe('a length of time in words', () => {
  it.each([
    [0, '0.0 s'],
    [12_340, '12.3 s'],
    [59_949, '59.9 s'],
    [59_999, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_599_999, '1 h 0 min'],
    [3_780_000, '1 h 3 min'],
  ])('%i ms is %s', (ms, words) => {
    expect(span(ms)).toBe(words)
  })
})
