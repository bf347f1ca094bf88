// A table of what the prompts measure: `npm run measure`. What stands out is worth an ear.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { levels, readWav, speechLevel } from './sound.ts'

const SOUNDS = join(import.meta.dirname, '..')

for (const folder of ['zh', 'en', 'music']) {
  for (const file of readdirSync(join(SOUNDS, folder), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.wav(16)?$/.test(file)) continue
    const { samples, rate } = readWav(join(SOUNDS, folder, file))
    const peak = 20 * Math.log10(samples.reduce((most, s) => Math.max(most, Math.abs(s)), 1e-9))
    const loud = speechLevel(samples, rate)
    const quiet = levels(samples, rate / 100).map(level => level < loud - 35)
    const pause = longest(quiet) / 100
    const figures = [samples.length / rate, loud, peak, pause].map(figure => figure.toFixed(2).padStart(8))
    console.log(`${figures.join('')}  ${folder}/${file}`)
  }
}

function longest(row: boolean[]): number {
  let [run, most] = [0, 0]
  for (const quiet of row) {
    run = quiet ? run + 1 : 0
    most = Math.max(most, run)
  }
  return most
}
