import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { readConfig } from './config.ts'
import { start } from './cli/start.ts'
import { BadSettings, sentenceOf } from './errors.ts'

const home = fileURLToPath(new URL('..', import.meta.url))

const program = new Command('hotline').description('A call centre for Asterisk')

program
  .command('start')
  .description('answer the hotline')
  .action(async () => start(readConfig(process.env, home)))

try {
  await program.parseAsync()
} catch (thrown) {
  const sentences = thrown instanceof BadSettings ? thrown.sentences : [sentenceOf(thrown)]
  for (const sentence of sentences) console.error(sentence)
  process.exitCode = thrown instanceof BadSettings ? 2 : 1
}
