import type { Request, Response } from 'express'
import { expect, it } from 'vitest'
import { limitRequests, REQUESTS_A_MINUTE } from '../../src/http/key.ts'
import { isAskedBy, stillMay } from '../../src/http/who.ts'
import { KEY_HOLDER, type Right, type Who } from '../../src/rights/rights.ts'

const whoMay = (name: string, ...rights: Right[]): Who => ({ ...KEY_HOLDER, name, rights: new Set(rights) })

/** Of a request that this one has made, who may be another by the time that it is asked again. */
function askedBy(who: Who, again: () => Promise<Who | undefined> = async () => who): Response {
  const response = { locals: {}, on: () => {}, setHeader: () => {} } as unknown as Response
  isAskedBy(response, { who, session: null, again })
  return response
}

it('what lasts ends with the session, the key or the right', async () => {
  const li = whoMay('person:li', 'events:read')
  let now: Who | undefined = li
  const response = askedBy(li, async () => now)
  expect(await stillMay(response, 'events:read', 'calls:read')).toBe(li)
  now = whoMay('person:li', 'reports:read')
  expect(await stillMay(response, 'events:read', 'calls:read')).toBeUndefined()
  now = undefined
  expect(await stillMay(response, 'events:read')).toBeUndefined()
  expect(await stillMay({ locals: {} } as Response, 'events:read')).toBeUndefined()
})

it('a program that runs wild is refused, and nobody else; the centre’s own key never is', async () => {
  const limit = limitRequests()
  const request = { ip: '127.0.0.1', headers: {}, app: { get: () => false } } as unknown as Request
  const asking = (response: Response) =>
    new Promise<unknown>(passed => void limit(request, response, (refusal?: unknown) => passed(refusal)))
  const wild = askedBy(whoMay('key:wild'))
  for (let i = 0; i < REQUESTS_A_MINUTE; i += 1) expect(await asking(wild)).toBeUndefined()
  expect(await asking(wild)).toMatchObject({ id: 'too-many-requests' })
  expect(await asking(askedBy(whoMay('key:tame')))).toBeUndefined()
  const own = askedBy(KEY_HOLDER)
  for (let i = 0; i <= REQUESTS_A_MINUTE; i += 1) expect(await asking(own)).toBeUndefined()
})
