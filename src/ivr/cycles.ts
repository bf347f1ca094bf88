/**
 * Of places and where one gets from each (places that are there), those from which one comes back to the same place. In time
 * that grows with the ways alone (Kosaraju's algorithm), and without recursion.
 */
export function onCycles(ways: ReadonlyMap<string, readonly string[]>): Set<string> {
  const back = new Map<string, string[]>([...ways.keys()].map(place => [place, []]))
  for (const [from, places] of ways) for (const to of places) back.get(to)!.push(from)
  const found = new Set<string>()
  const done = new Set<string>()
  for (const first of lastLeftFirst(ways)) {
    if (done.has(first)) continue
    const together = new Set([first])
    for (const place of together) for (const from of back.get(place)!) if (!done.has(from)) together.add(from)
    for (const place of together) done.add(place)
    if (together.size > 1 || ways.get(first)!.includes(first)) for (const place of together) found.add(place)
  }
  return found
}

/** Every place, in the reverse of the order in which one has gone all ways from it. */
function lastLeftFirst(ways: ReadonlyMap<string, readonly string[]>): string[] {
  const left: string[] = []
  const seen = new Set<string>()
  for (const start of ways.keys()) {
    const trail = seen.has(start) ? [] : [{ place: start, gone: 0 }]
    seen.add(start)
    for (let last = trail.at(-1); last; last = trail.at(-1)) {
      const to = ways.get(last.place)![last.gone++]
      if (to === undefined) left.push(trail.pop()!.place)
      else if (!seen.has(to)) trail.push({ place: to, gone: 0 })
      if (to !== undefined) seen.add(to)
    }
  }
  return left.reverse()
}
