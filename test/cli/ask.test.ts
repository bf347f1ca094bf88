import { expect, test } from 'vitest'
import { reportCommand } from '../../src/cli/ask.ts'
import { readConfig } from '../../src/config.ts'

test('--quarters is refused where there are none', async () => {
  const config = readConfig({}, '/nowhere')
  await expect(reportCommand(config, 'agents', { quarters: true })).rejects.toMatchObject({
    id: 'bad-input',
    message: '--quarters goes with the report of queues, not of agents',
  })
})
