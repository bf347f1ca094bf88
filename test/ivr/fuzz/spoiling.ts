import type { Flow } from '../../../src/ivr/flow.ts'
import type { Random } from '../../random.ts'

/** What goes wrong with a document: a slip of the hand, a bad tool, or a person who means ill. */

type Json = Record<string, unknown>

const NAMES = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  '',
  'a.b[0]',
  '💥',
  'x'.repeat(5_000),
  'menu',
  'end',
]
/** Written as they stand: what no JSON.stringify would write. */
const RAW = ['1e400', '-0', '12345678901234567890', '0.1', '-1', '1e308', '1.0', '['.repeat(5_000) + ']'.repeat(5_000)]
const PATTERNS = [
  '(1+)+$',
  '[0-9]{0,99}'.repeat(6),
  '1?'.repeat(40),
  '{5,3}',
  '[9-0]',
  '|',
  '1{99}',
  '[0-9',
  '\\d+',
  '#',
  '[--9]',
]
const EXPRESSIONS = [
  ...['1 +', '(', '('.repeat(400), `${'1 + '.repeat(200)}1`, `${'a && '.repeat(60)}a`, '!'.repeat(900), '"', "'\\"],
  ...['account.matches("(1+)+$")', 'cel.bind(a, account, a + a)', '[1].all(a, [1].all(b, true))', 'a\u0000', '\ud800'],
  ...['[1, 2, 3].map(x, x * 9007199254740993)', 'timestamp("2026-02-30T00:00:00Z")', 'constructor', '9'.repeat(900)],
]

export function spoiled(random: Random, flow: Flow): string {
  const document = structuredClone(flow) as unknown as Json
  for (let times = random.between(1, 3); times > 0; times -= 1) spoil(random, document)
  const text = JSON.stringify(document).replace(/"@raw(\d)@"/g, (_, i) => RAW[i]!)
  return random.chance(0.15) ? misprinted(random, text) : text
}

function spoil(random: Random, document: Json): void {
  const inside = objectsIn(document)
  const object = random.pick(inside)
  const names = Object.keys(object)
  if (names.length === 0) return
  const name = random.pick(names)
  const acts: (() => void)[] = [
    () => Reflect.deleteProperty(object, name),
    () => define(object, random.pick(NAMES), object[name]),
    () => {
      const value = object[name]
      Reflect.deleteProperty(object, name)
      define(object, random.pick(NAMES), value)
    },
    () => define(object, name, random.pick([null, true, '', [], {}, 'x'.repeat(5_000), '💥', 7, -1])),
    () => define(object, name, `@raw${random.upTo(RAW.length)}@`),
    () => define(object, name, structuredClone(random.pick(Object.values(random.pick(inside))))),
    () => define(object, name, random.pick(EXPRESSIONS)),
    () => define(object, name, random.pick(PATTERNS)),
    () => aNodeOf(random, document, 'value', random.pick(EXPRESSIONS)),
    () => aNodeOf(random, document, 'pattern', random.pick(PATTERNS)),
    () => aNodeOf(random, document, 'next', random.pick(Object.keys((document.nodes ?? {}) as Json).concat('gone'))),
    () =>
      aNodeOf(random, document, 'otherwise', random.pick(Object.keys((document.nodes ?? {}) as Json).concat('gone'))),
    () => aNodeOf(random, document, 'flow', random.pick(['fuzzed', 'help', 'returning', 'gone'])),
  ]
  random.pick(acts)()
}

/** Where a node has such a field, it is this. */
function aNodeOf(random: Random, document: Json, field: string, value: unknown): void {
  const having = objectsIn(document).filter(object => Object.hasOwn(object, field))
  if (having.length > 0) define(random.pick(having), field, value)
}

/** Also `__proto__` becomes a name like any other. */
const define = (object: Json, name: string, value: unknown): void =>
  void Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })

function objectsIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return []
  return [value as Json, ...Object.values(value).flatMap(objectsIn)]
}

function misprinted(random: Random, text: string): string {
  const [a, b] = [random.upTo(text.length), random.upTo(text.length)].sort((one, other) => one - other) as [
    number,
    number,
  ]
  const bit = text.slice(a, Math.min(b, a + 40))
  return random.pick([
    text.slice(0, a),
    text.slice(0, a) + text.slice(a + 1),
    text.slice(0, a) + random.pick(['"', '{', '\u0000', '\ud800', '\\', ',', '5']) + text.slice(a),
    text.slice(0, a) + bit + text.slice(a),
    // The first node once more, under its own name.
    text.replace(/("nodes":\{)("[^"]+":\{[^{}]*\})/, '$1$2,$2'),
  ])
}
