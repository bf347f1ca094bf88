import {
  type AudioSample,
  AudioSampleSink,
  BufferSource,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  MP3,
  OGG,
  WAVE,
  WEBM,
} from 'mediabunny'
import { MPEGDecoder } from 'mpg123-decoder'
import { OpusDecoder } from 'opus-decoder'
import { Unsound } from './failure.ts'
import type { Sound } from './sound.ts'

/** Mediabunny knows the containers and PCM; Opus and MP3 are decoded by libopus and mpg123, as WebAssembly. */

type Piece = { readonly planes: readonly Float32Array[]; readonly frames: number; readonly rate: number }
type Decoded = { channelData: Float32Array[]; samplesDecoded: number; sampleRate: number; errors: unknown[] }
type Codec = { ready: Promise<void>; decodeFrame(frame: Uint8Array): Decoded; free(): void }

const FORMATS = [WAVE, MP3, OGG, WEBM]
/** One packet in so many may be broken, and the last of a file that was cut short. */
const WHOLE_PACKETS = 50
const FOREIGN = 'is not audio that is understood: it must be a WAV, an MP3 or Opus.'
const DAMAGED = 'is damaged: parts of it cannot be played.'

/** What a WAV, an MP3 or Opus (Ogg or WebM) sounds like, all channels as one. Rejects with Unsound, also where it is longer. */
export async function decode(file: Uint8Array, atMostSeconds: number): Promise<Sound> {
  using input = new Input({ source: new BufferSource(file), formats: FORMATS })
  const track = await input.getPrimaryAudioTrack().catch(() => null)
  const pieces = track && (await piecesOf(track))
  if (!pieces) throw new Unsound(FOREIGN)
  // What is wrong inside a file the library says in many ways.
  const heard = await joined(pieces, atMostSeconds).catch(thrown => {
    throw thrown instanceof Unsound ? thrown : new Unsound(DAMAGED, { cause: thrown })
  })
  // Samples that are numbers with a point can be none.
  if (!heard.samples.every(Number.isFinite)) throw new Unsound(DAMAGED)
  return heard
}

/** Undefined: nobody here can decode it. */
async function piecesOf(track: InputAudioTrack): Promise<AsyncIterable<Piece> | undefined> {
  const { codec, numberOfChannels: channels } = track
  if (codec === 'mp3') return decoded(track, new MPEGDecoder())
  if (codec === 'opus') return channels <= 2 ? decoded(track, new OpusDecoder({ channels })) : undefined
  return (await track.canDecode()) ? pcm(track) : undefined
}

async function* decoded(track: InputAudioTrack, codec: Codec): AsyncGenerator<Piece> {
  await codec.ready
  let packets = 0
  let broken = 0
  try {
    for await (const { data } of new EncodedPacketSink(track).packets()) {
      const { channelData: planes, samplesDecoded: frames, sampleRate: rate, errors } = codec.decodeFrame(data)
      packets += 1
      if (errors.length > 0) broken += 1
      if (broken > 1 + packets / WHOLE_PACKETS) throw new Unsound(DAMAGED)
      if (frames > 0) yield { planes, frames, rate }
    }
  } finally {
    codec.free()
  }
}

async function* pcm(track: InputAudioTrack): AsyncGenerator<Piece> {
  for await (const sample of new AudioSampleSink(track).samples()) {
    using heard = sample
    const planes = Array.from({ length: heard.numberOfChannels }, (_, channel) => planeOf(heard, channel))
    yield { planes, frames: heard.numberOfFrames, rate: heard.sampleRate }
  }
}

function planeOf(sample: AudioSample, planeIndex: number): Float32Array {
  const plane = new Float32Array(sample.numberOfFrames)
  sample.copyTo(plane, { planeIndex, format: 'f32-planar' })
  return plane
}

async function joined(pieces: AsyncIterable<Piece>, atMostSeconds: number): Promise<Sound> {
  const parts: Float32Array[] = []
  let count = 0
  let rate = 0
  for await (const piece of pieces) {
    if (rate !== 0 && rate !== piece.rate) throw new Unsound(DAMAGED)
    rate = piece.rate
    parts.push(asOne(piece))
    count += piece.frames
    if (count > atMostSeconds * rate) throw new Unsound(`is too long: at most ${atMostSeconds / 60} minutes are taken.`)
  }
  if (count === 0) throw new Unsound('is empty: there is no sound in it.')
  const samples = new Float32Array(count)
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return { samples, rate }
}

function asOne({ planes, frames }: Piece): Float32Array {
  const one = new Float32Array(frames)
  for (const plane of planes) for (let i = 0; i < frames; i++) one[i]! += plane[i]! / planes.length
  return one
}
