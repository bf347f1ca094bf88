import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findAsterisk } from '../../src/embedded/asterisk.ts'
import { cacheFolder, quiet } from './ground.ts'

it('finds an Asterisk that is new enough, the second time without a word', async () => {
  const first = await findAsterisk({ cacheFolder, say: quiet })
  const said: string[] = []
  const began = Date.now()
  const second = await findAsterisk({ cacheFolder, say: line => said.push(line) })
  expect(Date.now() - began).toBeLessThan(3000)
  expect(said).toEqual([])
  expect(second).toEqual(first)
  expect(Number.parseInt(second.version, 10)).toBeGreaterThanOrEqual(20)
  await access(join(second.modulesFolder, 'res_ari.so'))
  await access(join(second.dataFolder, 'rest-api', 'resources.json'))
})
