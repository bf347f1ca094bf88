// Takes your own recording of a prompt: `npm run record -- KEY LANGUAGE FILE.wav` (16-bit PCM, at best 44.1 or 48 kHz).

import { join } from 'node:path'
import { readWav, writePrompt } from './sound.ts'

const [key, language, file] = process.argv.slice(2)
if (!key || !language || !file) throw new Error('npm run record -- KEY LANGUAGE FILE.wav')
const fragment = /^(digit|number)\//.test(key)
writePrompt(join(import.meta.dirname, '..', language, key), readWav(file), fragment ? 0.012 : 0.05)
