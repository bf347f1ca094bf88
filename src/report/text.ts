import type { Cell, Column } from './tables.ts'

/** A table for the terminal: numbers to the right, a line under the heads; Chinese counts as two columns a character. */
export function textTable<Row>(all: Column<Row>[], rows: Row[]): string {
  const columns = all.filter(column => !column.wide)
  const lines = [columns.map(column => column.head), ...rows.map(row => columns.map(column => shown(column.cell(row))))]
  // No Math.max(...): each argument takes its place on the stack, which ends at some 125,000.
  const widths = columns.map((_, i) => lines.reduce((widest, line) => Math.max(widest, width(line[i]!)), 0))
  const drawn = lines.map(line =>
    line
      .map((text, i) =>
        columns[i]!.kind === 'text' ? padded(text, widths[i]!, 'right') : padded(text, widths[i]!, 'left'),
      )
      .join('  ')
      .trimEnd(),
  )
  const [heads, ...body] = drawn
  return [heads, widths.map(w => '─'.repeat(w)).join('  '), ...body].join('\n')
}

function padded(text: string, to: number, side: 'left' | 'right'): string {
  const gap = ' '.repeat(Math.max(0, to - width(text)))
  return side === 'left' ? gap + text : text + gap
}

/** How a cell reads: 1:02:03, 83.3 %, – where there is nothing. */
function shown({ kind, value }: Cell): string {
  if (value === null) return '–'
  if (kind === 'duration') return duration(Number(value))
  if (kind === 'share') return `${(Number(value) * 100).toFixed(1)} %`
  return plain(String(value))
}

/** ms as h:mm:ss, to the nearest second. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}`
}

/** A caller chooses their own name: what would steer the terminal is shown as a mark instead. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·')

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** How many columns of a terminal a text takes. */
export function width(text: string): number {
  let columns = 0
  for (const sign of text) columns += WIDE.test(sign) ? 2 : /\p{M}/u.test(sign) ? 0 : 1
  return columns
}
