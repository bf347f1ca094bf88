import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { commentSave, lowScoreDone, lowScoreList, surveyAnswers } from './surveys.ts'

/** `hotline survey …`. `period`: gives a command the options --from and --to. */
export function surveyCommands(program: Command, config: () => Config, period: (command: Command) => Command): void {
  const survey = program.command('survey').description('what callers say of a talk')
  period(survey.command('answers').description('each answer: a score, or a comment that can be heard'))
    .option('--queue <queue>', 'of the calls of one queue')
    .option('--agent <agent>', 'about one agent')
    .option('--spoken', 'comments alone', false)
    .option('--csv', 'as CSV', false)
    .action(async asked => console.log(await surveyAnswers(config(), asked)))
  survey
    .command('save')
    .description('a comment, as a WAV')
    .argument('<comment>')
    .argument('<file>')
    .action(async (id, file) => console.log(await commentSave(config(), id, file)))
  survey
    .command('low')
    .description('scores so low that a person is to look at them, and nobody has yet; the oldest first')
    .option('--all', 'those that are done as well', false)
    .option('--queue <queue>', 'of the calls of one queue')
    .option('--csv', 'as CSV', false)
    .action(async asked => console.log(await lowScoreList(config(), asked)))
  survey
    .command('done')
    .description('somebody has looked at the low scores of a call')
    .argument('<call>')
    .option('--note <words>', 'what came of it, for people')
    .action(async (id, asked) => console.log(await lowScoreDone(config(), id, asked)))
}
