import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const HOME = join(import.meta.dirname, '..')

/**
 * The rooms, from the ground up, and whom each may know. A room stands below all that it is known by, so imports can run
 * one way only. A file of its own (`ids`) is a room too.
 */
const ROOMS: Record<string, string[]> = {
  ids: [],
  errors: [],
  log: [],
  patience: [],
  nearest: [],
  wav: [],
  numbers: [],
  dialling: ['numbers'],
  away: ['errors'],
  addresses: [],
  config: ['addresses', 'errors', 'nearest'],
  ivr: ['dialling'],
  duty: ['ivr'],
  flows: ['errors', 'ivr', 'duty'],
  lookup: ['ivr'],
  sound: ['errors', 'log', 'wav', 'ivr'],
  agent: ['ivr'],
  recording: [],
  queue: ['agent'],
  call: ['ids', 'dialling', 'agent', 'ivr', 'duty', 'recording', 'queue'],
  switchboard: ['ids', 'errors', 'log', 'numbers', 'dialling', 'agent', 'ivr', 'duty', 'flows', 'queue', 'call'],
  rights: [],
  events: ['log', 'rights', 'agent', 'ivr', 'call'],
  database: [
    'away',
    'errors',
    'log',
    'events',
    'numbers',
    'dialling',
    'patience',
    'rights',
    'ivr',
    'duty',
    'flows',
    'lookup',
    'sound',
    'agent',
    'recording',
    'queue',
    'call',
    'switchboard',
  ],
  asterisk: [
    'ids',
    'errors',
    'log',
    'patience',
    'wav',
    'agent',
    'ivr',
    'sound',
    'queue',
    'call',
    'recording',
    'switchboard',
  ],
  report: ['errors', 'log', 'wav', 'rights', 'agent', 'duty', 'queue', 'recording', 'call', 'events'],
  client: [],
  webhooks: ['errors', 'log', 'rights', 'events', 'switchboard', 'report'],
  pop: ['errors', 'log', 'numbers', 'ivr', 'lookup', 'call'],
  live: ['log', 'ivr', 'agent', 'queue', 'call', 'switchboard', 'report', 'rights'],
  http: [
    ...['away', 'errors', 'log', 'rights', 'events', 'agent', 'call', 'switchboard', 'database'],
    ...['report', 'live', 'pop', 'webhooks', 'client'],
  ],
  softphone: ['errors', 'wav'],
  embedded: ['config', 'errors', 'log'],
  told: [],
  timetable: ['errors', 'log'],
  door: ['addresses', 'away', 'config', 'log', 'switchboard', 'database', 'asterisk'],
  exchange: [
    'door',
    'config',
    'errors',
    'log',
    'timetable',
    'ivr',
    'lookup',
    'sound',
    'call',
    'switchboard',
    'database',
    'asterisk',
  ],
  lamps: ['asterisk', 'config', 'database', 'exchange', 'log', 'switchboard'],
  learning: ['database', 'exchange', 'live', 'log', 'lookup', 'sound', 'switchboard'],
  front: [
    'asterisk',
    'away',
    'config',
    'database',
    'events',
    'exchange',
    'http',
    'live',
    'log',
    'lookup',
    'pop',
    'switchboard',
    'timetable',
    'webhooks',
    'rights',
  ],
  main: [
    'call',
    'config',
    'database',
    'embedded',
    'events',
    'exchange',
    'front',
    'lamps',
    'learning',
    'live',
    'log',
    'lookup',
    'report',
    'sound',
    'switchboard',
    'timetable',
  ],
  opening: ['config', 'errors', 'log', 'http', 'embedded', 'main', 'told'],
  doctor: [
    'config',
    'errors',
    'log',
    'ivr',
    'lookup',
    'recording',
    'switchboard',
    'database',
    'asterisk',
    'http',
    'embedded',
  ],
  demo: [
    'config',
    'errors',
    'log',
    'ivr',
    'flows',
    'agent',
    'call',
    'switchboard',
    'database',
    'embedded',
    'report',
    'softphone',
    'main',
    'opening',
    'told',
  ],
  bench: ['config', 'errors', 'log', 'ivr', 'database', 'asterisk', 'embedded', 'softphone', 'wav'],
  cli: [
    'config',
    'errors',
    'log',
    'rights',
    'agent',
    'database',
    'ivr',
    'pop',
    'flows',
    'sound',
    'queue',
    'numbers',
    'dialling',
    'switchboard',
    'embedded',
    'report',
    'live',
    'opening',
    'told',
    'doctor',
    'demo',
    'bench',
  ],
}
/** What a person starts: it hands the environment to `config`. */
const DOORS = ['cli', 'bench']
const PURE = ['agent', 'ivr', 'duty', 'queue', 'call', 'recording', 'dialling']

type File = { path: string; room: string; text: string; imports: string[] }

const filesIn = (folder: string): string[] =>
  readdirSync(join(HOME, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
    .map(name => join(folder, name))

const textOf = (path: string): string => readFileSync(join(HOME, path), 'utf8')

function read(path: string): File {
  const text = textOf(path)
  const named = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)
  return { path, room: roomOf(path), text, imports: [...named].map(([, name]) => name!) }
}

/** `src/call/call.ts` → call, `src/ids.ts` → ids, `src/cli/doctor/disk.ts` → doctor. */
function roomOf(path: string): string {
  const [, first, second] = path.replace(/\.ts$/, '').split('/')
  return first === 'cli' && second === 'doctor' ? 'doctor' : first!
}

const files = filesIn('src').map(read)
const roomsKnownBy = (file: File): string[] =>
  file.imports
    .filter(name => name.startsWith('.'))
    .map(name => normalize(join(relative('.', file.path), '..', name)))
    .filter(path => path.startsWith('src/'))
    .map(roomOf)
    .filter(room => room !== file.room)

describe('the rooms', () => {
  test('are all known here', () => {
    expect(Object.keys(ROOMS)).toEqual(expect.arrayContaining([...new Set(files.map(file => file.room))]))
  })

  test('stand above whom they know', () => {
    const order = Object.keys(ROOMS)
    for (const [room, known] of Object.entries(ROOMS)) {
      for (const below of known) expect(order.indexOf(below), `${room} → ${below}`).toBeLessThan(order.indexOf(room))
    }
  })

  test.each(Object.entries(ROOMS))('%s knows only %j', (room, known) => {
    const wrong = files
      .filter(file => file.room === room)
      .flatMap(file =>
        roomsKnownBy(file)
          .filter(other => !known.includes(other))
          .map(other => `${file.path} → ${other}`),
      )
    expect(wrong).toEqual([])
  })
})

describe.each(PURE)('the room %s is pure:', room => {
  const own = files.filter(file => file.room === room)

  test('it imports no package and nothing of Node', () => {
    expect(own.length).toBeGreaterThan(0)
    for (const file of own)
      expect(
        file.imports.filter(name => !name.startsWith('.')),
        file.path,
      ).toEqual([])
  })

  test('it has no clock, no chance, no timer, no environment and no log', () => {
    const impure =
      /Date\.now|new Date\(\)|performance\.|Math\.random|set(Timeout|Interval|Immediate)|process\.|console\.|await /
    for (const file of own) expect(impure.exec(code(file.text))?.[0], file.path).toBeUndefined()
  })
})

test('settings are read in one place: elsewhere the environment is at most handed on to a program we start', () => {
  for (const file of files) {
    if (file.room === 'config' || DOORS.includes(file.room)) continue
    const read = /process\.env(\.(?!PATH\b)\w+|\[)|\}\s*=\s*process\.env/.exec(code(file.text))?.[0]
    expect(read, file.path).toBeUndefined()
  }
})

test('every test belongs to a project, and so is run', () => {
  const globs = [...textOf('vitest.config.ts').matchAll(/'test\/(?:\{([^}]+)\}|(\w+))\/\*\*/g)].map(
    ([, some, one]) => some ?? one!,
  )
  const run = new Set(globs.flatMap(some => some.split(',')))
  const folders = filesIn('test').flatMap(path => /^test\/(\w+)\/.*\.test\.ts$/.exec(path)?.[1] ?? [])
  expect([...new Set(folders)].filter(folder => !run.has(folder))).toEqual([])
})

test('a test that is to run alone is there', () => {
  const named = [...textOf('vitest.config.ts').matchAll(/'(test\/[\w/]+\.test\.ts)'/g)].map(([, path]) => path!)
  expect(named).toContain('test/phones/storm.test.ts')
  expect(filesIn('test')).toEqual(expect.arrayContaining(named))
})

test('a file says one thing: at most 300 lines', () => {
  const long = [...filesIn('src'), ...filesIn('test'), ...filesIn('bin'), ...filesIn('migrations')]
    .map(path => ({ path, lines: textOf(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300)
  expect(long).toEqual([])
})

/** Without what is said in comments. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
