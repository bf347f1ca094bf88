/** Of these words the one that is the fewest typing errors away. */
export function nearest(word: string, words: readonly string[]): string {
  const sorted = words.map(other => ({ other, errors: errorsBetween(word, other) })).sort((a, b) => a.errors - b.errors)
  return sorted[0]!.other
}

/** Levenshtein's distance: letters left out, added or taken for another. */
function errorsBetween(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...one].entries()) {
    const row = [i + 1]
    for (const [j, its] of [...other].entries())
      row.push(Math.min(above[j]! + (letter === its ? 0 : 1), above[j + 1]! + 1, row[j]! + 1))
    above = row
  }
  return above[other.length]!
}
