import { expect, test } from 'vitest'
import { callCommand, ledgerCommand, reportCommand } from '../../src/cli/ask.ts'
import { readConfig } from '../../src/config.ts'

test('--quarters is refused where there are none', async () => {
  const config = readConfig({}, '/nowhere')
  await expect(reportCommand(config, 'agents', { quarters: true })).rejects.toMatchObject({
    id: 'bad-input',
    message: '--quarters goes with the report of queues, not of agents',
  })
})

test('of a folder in which no hotline has run nothing is told, least of all that it balances', async () => {
  const config = readConfig({ HOTLINE_FOLDER: 'var/dmeo' }, '/nowhere')
  const refusal = {
    id: 'not-found',
    message:
      'No hotline has run in /nowhere/var/dmeo yet: set HOTLINE_FOLDER, or DATABASE_URL, to that of the one that you ask about.',
  }
  await expect(ledgerCommand(config, {})).rejects.toMatchObject(refusal)
  await expect(reportCommand(config, 'calls', {})).rejects.toMatchObject(refusal)
  await expect(callCommand(config, 'hotline-1.1')).rejects.toMatchObject(refusal)
})
