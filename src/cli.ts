import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { bench, SERIES } from './bench/bench.ts'
import { addAgents } from './cli/agents.ts'
import { type Asking, callCommand, ledgerCommand, reportCommand } from './cli/ask.ts'
import { addBans } from './cli/bans.ts'
import { addBoard } from './cli/board.ts'
import { addCallbacks } from './cli/callbacks.ts'
import { callerBlock, callerForget, callerList, callerVip } from './cli/callers.ts'
import { addCustomers } from './cli/customers.ts'
import { diallingCommands } from './cli/dialling.ts'
import { addDispositions } from './cli/dispositions.ts'
import { doctor } from './cli/doctor.ts'
import { addDuty } from './cli/duty.ts'
import { flowCommands } from './cli/flowCommands.ts'
import {
  calendarList,
  calendarRemove,
  calendarSchemaText,
  calendarSet,
  calendarShow,
  rosterClear,
  rosterSet,
  rosterShow,
} from './cli/hours.ts'
import { numberList, numberRemove, numberSet, queueAdd, queueList, queueRemove, queueSet } from './cli/lines.ts'
import { messageDone, messageList, messageSave } from './cli/messages.ts'
import { addPauses } from './cli/pauses.ts'
import { addPeople } from './cli/people.ts'
import { addPhones } from './cli/phones.ts'
import { addPops } from './cli/pops.ts'
import { promptAdd, promptList, promptRemove } from './cli/prompts.ts'
import { start } from './cli/start.ts'
import { surveyCommands } from './cli/surveyCommands.ts'
import { systemList, systemRemove, systemSet } from './cli/systems.ts'
import { say, wholeNumber } from './cli/typed.ts'
import { readConfig } from './config.ts'
import { demo } from './demo/demo.ts'
import { BadInput, BadSettings, sentenceOf } from './errors.ts'
import { LANGUAGES } from './ivr/flow.ts'
import { DIRECTIONS } from './report/calls.ts'

const home = fileURLToPath(new URL('..', import.meta.url))
const config = () => readConfig(process.env, home)

/** The demo has a folder and ports of its own, so that it runs beside a hotline in earnest. */
const DEMO = { HOTLINE_FOLDER: 'var/demo', HOTLINE_PORTS: '15000' }

const program = new Command('hotline').description('A call centre for Asterisk').showHelpAfterError()

program
  .command('start')
  .description('answer the hotline')
  .action(async () => start(config()))

program
  .command('demo')
  .description('the same, with simulated callers and agents')
  .option('--calls <n>', 'how many calls; without it they never end', wholeNumber)
  .option('--exit', 'end when these calls are over', false)
  .option('--folder <folder>', 'where this demo keeps its things')
  .option('--ports <base>', 'the first of its ports')
  .action(async ({ calls, exit, folder, ports }) => {
    if (exit && calls === undefined) throw new BadInput('exit', '--exit needs --calls: it ends when these are over.')
    const chosen = { ...(folder && { HOTLINE_FOLDER: folder }), ...(ports && { HOTLINE_PORTS: ports }) }
    process.exitCode = await demo(readConfig({ ...DEMO, ...process.env, ...chosen }, home), { calls, exit })
  })

program
  .command('bench')
  .description('what a call costs and how fast it is, beside Dial() and app_queue on the same Asterisk')
  .option('--quick', 'some minutes instead of most of an hour: to see that it works', false)
  .option('--hour', 'nothing but an hour of calls, for the memory', false)
  .addOption(new Option('--only <series...>', 'some series').choices(SERIES))
  .option('--folder <folder>', 'where the bench keeps its things')
  .option('--ports <base>', 'the first of its ports')
  .option('--node <option...>', "for the service's Node, such as --node=--cpu-prof")
  .action(async options => {
    process.exitCode = await bench(options)
  })

program
  .command('call <id>')
  .description('the story of one call, with the reason for each decision')
  .action(async id => callCommand(config(), id))

addBoard(program, config)
const report = program.command('report').description('figures of a time').argument('<agents|queues|calls|surveys>')
period(report)
  .option('--csv', 'as CSV', false)
  .option('--quarters', 'queues by quarter of an hour', false)
  .addOption(new Option('--direction <direction>', "whose calls: callers' (inbound) unless named").choices(DIRECTIONS))
report.action(async (what, asked: Asking) => reportCommand(config(), what, asked))

period(program.command('ledger').description('whether calls and seconds add up; exit code 1 where they do not')).action(
  async (asked: Asking) => {
    process.exitCode = (await ledgerCommand(config(), asked)) ? 0 : 1
  },
)

program
  .command('doctor')
  .description('what is wrong with this hotline, and the mend; exit code 1 where anything is')
  .action(async () => {
    const { text, healthy } = await doctor(config())
    console.log(text)
    process.exitCode = healthy ? 0 : 1
  })

flowCommands(program, config)

const prompt = program.command('prompt').description('what flows say, recorded: those of the house, and your own')
prompt
  .command('list')
  .description('what is said in each, how long it is, and which flows say it')
  .option('--csv', 'as CSV', false)
  .action(async ({ csv }) => console.log((await promptList(config(), csv)).trimEnd()))
prompt
  .command('add')
  .description('a recording: WAV, MP3 or Opus; in place of one of that name and language')
  .argument('<name>', 'by which flows say it')
  .argument('<file>')
  .requiredOption('--language <language>', 'in which it is spoken: zh or en')
  .requiredOption('--text <text>', 'what is said in it')
  .action(async (name, file, asked) => console.log(await promptAdd(config(), name, file, asked)))
prompt
  .command('remove')
  .description('where no published flow says it')
  .argument('<name>')
  .option('--language <language>', 'in this language alone')
  .action(async (name, { language }) => console.log(await promptRemove(config(), name, language)))

const calendar = program.command('calendar').description('when the centre is open')
say(calendar.command('list').description('the calendars there are'), () => calendarList(config()))
say(calendar.command('show').description('a calendar as JSON, to be changed').argument('<calendar>'), id =>
  calendarShow(config(), id),
)
say(calendar.command('set').description('these are the hours from now on').argument('<file>'), file =>
  calendarSet(config(), file),
)
say(calendar.command('remove').description('where no flow asks for it').argument('<calendar>'), id =>
  calendarRemove(config(), id),
)
say(calendar.command('schema').description('the JSON Schema of calendars'), async () => calendarSchemaText())

const caller = program.command('caller').description('numbers that are blocked, or come first')
say(caller.command('list').description('the numbers that are listed'), () => callerList(config()))
noted(caller.command('block').description('it is not even answered')).action(async (number, asked) =>
  console.log(await callerBlock(config(), number, asked)),
)
noted(caller.command('vip').description('it has a head start in every line'))
  .option('--head-start <seconds>', 'before others who have waited up to so much longer; 300 without it', wholeNumber)
  .action(async (number, asked) => console.log(await callerVip(config(), number, asked)))
say(caller.command('forget').description('it is a caller like any other').argument('<number>'), number =>
  callerForget(config(), number),
)

const message = program.command('message').description('what callers have left for those who call back')
message
  .command('list')
  .description('those that are still to be seen to, the oldest first')
  .option('--all', 'those that are done as well', false)
  .option('--queue <queue>', 'those of one queue')
  .option('--csv', 'as CSV', false)
  .action(async asked => console.log(await messageList(config(), asked)))
message
  .command('save')
  .description('what the caller said, as a WAV')
  .argument('<message>')
  .argument('<file>')
  .action(async (id, file) => console.log(await messageSave(config(), id, file)))
message
  .command('done')
  .description('somebody has seen to it')
  .argument('<message>')
  .option('--note <words>', 'what came of it, for people')
  .action(async (id, asked) => console.log(await messageDone(config(), id, asked)))
addCallbacks(program, config)
addBans(program, config)

surveyCommands(program, config, period)
const queue = program
  .command('queue')
  .description('waiting lines: whom they need, how patient they are, where they lead on to')
say(queue.command('list').description('the queues there are, and how each is set'), () => queueList(config()))
const settings =
  'such as skills=sales:3,english:1 ring=15 overflow-wait=none; `queue list` shows them all, times are seconds'
queue
  .command('set')
  .description('the next call or decision goes by it; who waits keeps their place')
  .argument('<queue>')
  .argument('<setting...>', settings)
  .action(async (id, words) => console.log(await queueSet(config(), id, words)))
queue
  .command('add')
  .description('a new one; numbers lead to it by flow direct-QUEUE')
  .argument('<queue>')
  .argument('<setting...>', `name-zh and name-en, and others ${settings}`)
  .action(async (id, words) => console.log(await queueAdd(config(), id, words)))
say(queue.command('remove').description('where nothing leads to it and nobody waits').argument('<queue>'), id =>
  queueRemove(config(), id),
)

const number = program.command('number').description('which flow callers of a number meet')
say(number.command('list').description('the numbers that are set'), () => numberList(config()))
number
  .command('set')
  .description('from the next call on')
  .argument('<number>', 'as the trunk writes it')
  .argument('<flow>', 'one that is published, direct-QUEUE, or duty')
  .addOption(new Option('--language <language>', 'in which its callers begin').choices(LANGUAGES))
  .action(async (dialled, flow, asked) => console.log(await numberSet(config(), dialled, flow, asked)))
say(number.command('remove').description('it leads to the hotline, as any other').argument('<number>'), dialled =>
  numberRemove(config(), dialled),
)

diallingCommands(program, config)
addAgents(program, config)
addPhones(program, config)
addDuty(program, config)
addPeople(program, config)
addPauses(program, config)
addCustomers(program, config)
addPops(program, config)
addDispositions(program, config)
const system = program.command('system').description('customer systems that flows may ask')
say(system.command('list').description('the systems there are'), () => systemList(config()))
system
  .command('set')
  .description('where it is, and what every request to it carries')
  .argument('<system>')
  .argument('<url>', 'http:// or https://; the paths of flows are below it')
  .option('--header <header...>', 'such as "X-Api-Key: …"')
  .action(async (id, url, asked) => console.log(await systemSet(config(), id, url, asked)))
say(system.command('remove').description('where no flow asks it').argument('<system>'), id =>
  systemRemove(config(), id),
)

const roster = program.command('roster').description('who is to be there, and when')
period(roster.command('show').description('the shifts that begin in this time, as CSV')).action(async asked =>
  console.log(await rosterShow(config(), asked)),
)
say(
  roster
    .command('set')
    .description('CSV: agent,from,to; in place of what was planned for these days')
    .argument('<file>'),
  file => rosterSet(config(), file),
)

say(roster.command('clear').description('this centre plans no shifts any more'), () => rosterClear(config()))

function noted(command: Command): Command {
  return command
    .argument('<number>')
    .option('--until <time>', 'up to this time; a date counts to its end; for good without it')
    .option('--note <words>', 'why, for people')
}

function period(command: Command): Command {
  return command
    .option('--from <time>', 'a date or a time, such as 2026-11-23 or 2026-11-23T09:00')
    .option('--to <time>', 'up to this time; a date counts to its end')
}

try {
  await program.parseAsync()
} catch (thrown) {
  const sentences = thrown instanceof BadSettings ? thrown.sentences : [sentenceOf(thrown)]
  for (const sentence of sentences) console.error(sentence)
  process.exitCode = thrown instanceof BadSettings || thrown instanceof BadInput ? 2 : 1
}
