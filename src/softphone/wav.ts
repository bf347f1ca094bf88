import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { WAV_HEADER_BYTES, wavHeader } from '../wav.ts'
import { SipMalformed } from './failure.ts'
import { RATE } from './tone.ts'

const PCM = 1
const EXTENSIBLE = 0xfffe

/** A WAV file of 16-bit samples, made one channel at the telephone's rate. */
export function readWav(path: string): Int16Array {
  return parseWav(readFileSync(path), path)
}

export function parseWav(file: Buffer, name = 'WAV'): Int16Array {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new SipMalformed(`${name}: not a WAV file`)
  let channels = 0
  let rate = 0
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    const body = at + 8
    if (id === 'fmt ') {
      const format = file.readUInt16LE(body)
      if ((format !== PCM && format !== EXTENSIBLE) || file.readUInt16LE(body + 14) !== 16)
        throw new SipMalformed(`${name}: only 16-bit PCM is played`)
      channels = file.readUInt16LE(body + 2)
      rate = file.readUInt32LE(body + 4)
    } else if (id === 'data') {
      if (channels === 0) throw new SipMalformed(`${name}: the sound comes before its format`)
      return slower(file.subarray(body, Math.min(file.length, body + size)), channels, rate / RATE, name)
    }
    // Chunks begin at even places.
    at = body + size + (size & 1)
  }
  throw new SipMalformed(`${name}: no sound in it`)
}

/** Averages over the channels and over as many samples as make one of ours: good enough for speech. */
function slower(bytes: Buffer, channels: number, ratio: number, name: string): Int16Array {
  if (!Number.isInteger(ratio)) throw new SipMalformed(`${name}: the rate is no multiple of ${RATE}`)
  const each = channels * ratio
  return Int16Array.from({ length: Math.floor(bytes.length / 2 / each) }, (_, i) => {
    let sum = 0
    for (let k = 0; k < each; k++) sum += bytes.readInt16LE(2 * (i * each + k))
    return Math.round(sum / each)
  })
}

const headerOf = (samples: number): Buffer => wavHeader(2 * samples, 1, RATE)

/** Writes a second at a time, and the true length at the end. */
export function recordWav(path: string): { write(pcm: Int16Array): void; close(): void } {
  const file = openSync(path, 'w')
  const second = Buffer.alloc(2 * RATE)
  let filled = 0
  let samples = 0
  let closed = false
  const flush = () => {
    writeSync(file, second, 0, filled)
    filled = 0
  }
  writeSync(file, headerOf(0))
  return {
    write(pcm) {
      for (const sample of pcm) {
        second.writeInt16LE(sample, filled)
        filled += 2
        if (filled === second.length) flush()
      }
      samples += pcm.length
    },
    close() {
      if (closed) return
      closed = true
      flush()
      writeSync(file, headerOf(samples), 0, WAV_HEADER_BYTES, 0)
      closeSync(file)
    },
  }
}
