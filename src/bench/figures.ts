/** The value below which this part of all values lies (0.95: all but the slowest twentieth); NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)

/** How fast y grows with x: the line that fits best. */
export function slope(points: readonly { x: number; y: number }[]): number {
  const meanX = sum(points.map(point => point.x)) / points.length
  const meanY = sum(points.map(point => point.y)) / points.length
  const together = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY)))
  return together / sum(points.map(({ x }) => (x - meanX) ** 2))
}
