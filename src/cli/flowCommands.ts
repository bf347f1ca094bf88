import type { Command } from 'commander'
import type { Config } from '../config.ts'
import {
  flowCheck,
  flowDraft,
  flowDraw,
  flowList,
  flowPublish,
  flowReleases,
  flowRollBack,
  flowSchemaText,
  flowShow,
  flowTry,
} from './flow.ts'
import { say, wholeNumber } from './typed.ts'

/** `hotline flow …`. */
export function flowCommands(program: Command, config: () => Config): void {
  const flow = program.command('flow').description('what callers meet: written, tried, published, rolled back')
  const aFlow = 'FILE.json, or the name of a flow'
  const ofFlow = (name: string, what: string, argument: [string, string?], act: typeof flowShow): void =>
    say(
      flow
        .command(name)
        .description(what)
        .argument(...argument),
      place => act(config(), place),
    )
  say(flow.command('list').description('the flows there are'), () => flowList(config()))
  ofFlow('show', 'a flow as JSON, to be changed', ['<flow>', aFlow], flowShow)
  ofFlow('check', 'whether it could be published', ['<flow>', aFlow], flowCheck)
  ofFlow('draft', 'save it; no caller meets it yet', ['<file>'], flowDraft)
  ofFlow('publish', 'callers meet it from now on', ['<flow>', aFlow], flowPublish)
  ofFlow('releases', 'when each was published, and which is in force', ['<flow>'], flowReleases)
  flow
    .command('rollback')
    .description('publish again what was in force before; again, what was before that')
    .argument('<flow>')
    .option('--to <release>', 'another than the one before', wholeNumber)
    .action(async (name, { to }) => console.log(await flowRollBack(config(), name, to)))
  flow
    .command('try')
    .description('walk it without a telephone')
    .argument('<flow>', aFlow)
    .option('--keys <keys>', 'what the caller presses, such as 1,2,#')
    .option('--language <language>', 'in which they begin', 'zh')
    .option('--answer <json>', 'what customer systems answer, such as {"balance":12.5}; without it they fail')
    .option('--at <time>', 'when they call, such as 2026-10-01T09:00; now, without it')
    .action(async (place, asked) => console.log(await flowTry(config(), place, asked)))
  ofFlow('draw', 'a picture of it, in Mermaid', ['<flow>', aFlow], flowDraw)
  say(flow.command('schema').description('the JSON Schema of flows'), async () => flowSchemaText())
}
