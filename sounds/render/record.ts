// Takes your own recording of a prompt: `npm run record -- KEY LANGUAGE FILE.wav` (16-bit PCM, at best 44.1 or 48 kHz).

import { LANGUAGES, prompts, write } from './prompts.ts'
import { readWav } from './sound.ts'

const [key = '', name, file] = process.argv.slice(2)
const language = LANGUAGES.find(known => known === name)
if (!prompts[key] || !language || !file)
  throw new Error('npm run record -- KEY zh|en FILE.wav, with a KEY of the catalogue')
write(key, language, readWav(file))
