import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sentenceOf } from '../../errors.ts'
import { LANGUAGES } from '../../ivr/flow.ts'
import { bad, type Finding, good } from './finding.ts'

const NAMED_AT_MOST = 5

/** Every prompt of the catalogue in every language, and music to wait by. */
export async function lookAtPrompts(soundsFolder: string): Promise<Finding[]> {
  try {
    const { prompts } = JSON.parse(await readFile(join(soundsFolder, 'catalogue.json'), 'utf8'))
    const keys = Object.keys(prompts)
    const wanted = LANGUAGES.flatMap(language => keys.map(key => `${language}/${key}.wav`))
    const missing = wanted.filter(name => !existsSync(join(soundsFolder, name)))
    return [
      missing.length === 0 ? good(`All ${keys.length} prompts are there in ${LANGUAGES.join(' and ')}`) : lack(missing),
      await music(soundsFolder),
    ]
  } catch (thrown) {
    return [bad(`The prompts in ${soundsFolder} cannot be read (${sentenceOf(thrown)})`, 'set HOTLINE_SOUNDS aright')]
  }
}

function lack(missing: string[]): Finding {
  const more = missing.length > NAMED_AT_MOST ? ` and ${missing.length - NAMED_AT_MOST} more` : ''
  return bad(`Prompts are missing: ${missing.slice(0, NAMED_AT_MOST).join(', ')}${more}`, 'see sounds/render/README.md')
}

async function music(soundsFolder: string): Promise<Finding> {
  const names = await readdir(join(soundsFolder, 'music')).catch(() => [])
  if (names.some(name => /\.(wav|wav16|sln)$/.test(name))) return good('There is music to wait by')
  return bad(`There is no music in ${join(soundsFolder, 'music')}`, 'put a WAV of 8 kHz there, mono, 16 bits')
}
