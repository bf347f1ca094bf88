import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { home, textOf } from './readme.ts'

/** The rows of docs/lessons.md: what it says of the test. */
const shown = textOf('docs/lessons.md')
  .split('\n')
  .flatMap(line => /^\| .*\| (.*) \|$/.exec(line)?.[1] ?? [])
  .slice(1)
const named = shown.flatMap(cell => {
  const [, file, name] = /^`(.+)`: (.+)$/.exec(cell) ?? []
  return file && name ? [[file, name] as const] : []
})

describe('docs/lessons.md', () => {
  test('names a test, or says what is not there yet', () => {
    expect(named.length).toBeGreaterThan(8)
    expect(shown.filter(cell => !/^(`test\/[\w/]+\.test\.ts`: .|not yet: .)/.test(cell))).toEqual([])
  })

  test.each(named)('names what %s has: %s', (file, name) => {
    expect(existsSync(join(home, file)), file).toBe(true)
    expect(textOf(file)).toContain(`test('${name}', `)
  })
})
