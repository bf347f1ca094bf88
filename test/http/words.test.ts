import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/http/failures.ts'
import { WORDS_ANSWER } from '../../src/http/words.ts'
import { KEY, testApi } from './testApi.ts'

const { get, post, texts, port, logged } = testApi()

async function tell(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const headers = { 'x-api-key': KEY, 'content-type': 'application/json' }
  const asked = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`http://127.0.0.1:${port()}/api/${path}`, asked)
  return { status: response.status, body: await response.json() }
}

const wordsIn = ({ body }: { body: unknown }) => WORDS_ANSWER.parse(body).words
const unseen = async () => wordsIn(await get('/api/agents/8001/words'))

describe('an agent is told something in writing', () => {
  it('which waits until they say that they have seen it, and is shown on their phone', async () => {
    const text = '请李雷的电话转给我 🙂'
    const [word] = wordsIn(await tell('agents/8001/word', { text }))
    expect(word).toMatchObject({ agent: '8001', text, by: 'key:centre', seenAt: null })
    expect(await unseen()).toEqual([word])
    expect(texts).toEqual([['8001', text]])
    const seen = wordsIn(await post(`/api/agents/8001/words/${word!.id}/seen`))
    expect(seen).toMatchObject([{ id: word!.id, seenAt: '2026-11-23T09:00:00.000+08:00' }])
    expect(wordsIn(await post(`/api/agents/8001/words/${word!.id}/seen`))).toEqual(seen)
    expect(await unseen()).toEqual([])
    expect(logged.join()).not.toContain('李雷')
  })

  it('also with all others, of a team, or who can serve a queue', async () => {
    for (const to of [{}, { team: 'A' }, { queue: 'sales' }]) {
      const words = wordsIn(await tell('words', { text: 'Lunch at twelve.', ...to }))
      expect(words.map(({ agent }) => agent)).toEqual(['8001'])
    }
    expect(await unseen()).toHaveLength(3)
  })

  it.each<[string, object, number, Partial<Problem>]>([
    ['agents/8001/word', {}, 400, { field: 'text' }],
    ['agents/8001/word', { text: 'a\nb' }, 400, { detail: 'text must not hold control characters.' }],
    ['agents/8001/word', { text: '好'.repeat(301) }, 400, { detail: 'text must have at most 300 characters.' }],
    ['agents/8009/word', { text: 'x' }, 404, { detail: 'There is no agent 8009.' }],
    ['agents/8001/words/999/seen', {}, 404, { detail: 'Agent 8001 was told nothing with the number 999.' }],
    ['words', { text: 'x', team: 'none' }, 400, { field: 'team', allowed: ['A'] }],
  ])('or it is said why not: %s %j', async (path, body, status, problem) => {
    expect(await tell(path, body)).toEqual({ status, body: expect.objectContaining(problem) })
  })
})
