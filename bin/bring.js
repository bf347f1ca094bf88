// Fetches what a hotline brings along, Asterisk and Postgres, into the cache: once a machine.
import { join } from 'node:path'
import { register } from 'tsx/esm/api'
import { root } from './install.js'

register()
const { readConfig } = await import('../src/config.ts')
const { findAsterisk } = await import('../src/embedded/asterisk.ts')
const { postgresPrograms } = await import('../src/embedded/postgres-programs.ts')
const { postgresUser } = await import('../src/embedded/postgres-user.ts')
const { sentenceOf } = await import('../src/errors.ts')

try {
  const { cacheFolder } = readConfig(process.env, root)
  const say = line => console.log(line)
  await postgresPrograms(cacheFolder, await postgresUser(join(cacheFolder, 'cluster')), say)
  const { version } = await findAsterisk({ cacheFolder, say })
  console.log(`Asterisk ${version} and Postgres are there.`)
} catch (thrown) {
  console.error(sentenceOf(thrown))
  process.exitCode = 1
}
