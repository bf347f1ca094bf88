import { HOTLINE_NUMBER } from '../database/sample.ts'
import type { Dialog } from '../softphone/dialog.ts'
import { NIGHT_NUMBER, UTILITY_NUMBER } from './utility.ts'

/** What callers of the demo want, and how they go about it. */

export type Chance = () => number
export type Errand = { dials: string; does: (dialog: Dialog, chance: Chance) => Promise<void> }

/** Every agent speaks in this voice, so that a caller hears that somebody is there. */
export const AGENTS_VOICE_HZ = 620
const LONGEST_PATIENCE_MS = 90_000

export const seconds = (from: number, to: number, chance: Chance): number => (from + (to - from) * chance()) * 1_000
const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

/** The first calls of a demo are one of each, so that a short one has them too; later ones are as chance will have it. */
export function errandOf(call: number, chance: Chance): Errand {
  const all = [usual, bill, message, order, callback]
  return all[call] ?? pick([usual, usual, usual, bill, message, order, callback], chance)
}

const usual: Errand = {
  dials: HOTLINE_NUMBER,
  async does(dialog, chance) {
    await pause(seconds(1, 6, chance))
    if (chance() < 0.05) return dialog.hangUp('changed their mind')
    if (chance() < 0.15) {
      await press(dialog, '9')
      await pause(seconds(1, 3, chance))
    }
    if (chance() < 0.95) await press(dialog, pick(['1', '1', '2', '2', '0', '7'], chance))
    await waitAndTalk(dialog, chance)
  },
}

/** What they owe, and what the last bill was. */
const bill: Errand = {
  dials: UTILITY_NUMBER,
  async does(dialog, chance) {
    await toTheMenu(dialog, chance)
    await press(dialog, '1')
    await hearAndPress(dialog, accountOf(chance), chance)
    await hearAndPress(dialog, '1', chance)
    await pause(seconds(5, 7, chance))
    await press(dialog, '2')
    await pause(seconds(5, 8, chance))
    await press(dialog, '0')
  },
}

/** How far their order is; then an agent, and the survey. */
const order: Errand = {
  dials: UTILITY_NUMBER,
  async does(dialog, chance) {
    await toTheMenu(dialog, chance)
    await press(dialog, '3')
    await hearAndPress(dialog, accountOf(chance), chance)
    await pause(seconds(3, 5, chance))
    await press(dialog, '0')
    await waitAndTalk(dialog, chance)
  },
}

/** Nobody knows of their order: they want to be called back. */
const callback: Errand = {
  dials: UTILITY_NUMBER,
  async does(dialog, chance) {
    await toTheMenu(dialog, chance)
    await press(dialog, '3')
    await hearAndPress(dialog, UNKNOWN_ORDER, chance)
    await pause(seconds(5, 7, chance))
    await press(dialog, '1')
  },
}
const UNKNOWN_ORDER = '10000003'

/** Out of hours they leave a message, in the voice that they have. */
const message: Errand = {
  dials: NIGHT_NUMBER,
  async does(dialog, chance) {
    await hearAndPress(dialog, '3', chance)
    await hearAndPress(dialog, '#', chance)
    await pause(seconds(3, 6, chance))
    await press(dialog, '#')
    await hearAndPress(dialog, '1', chance)
  },
}

/** Past the language and, where there is one, the outage. */
async function toTheMenu(dialog: Dialog, chance: Chance): Promise<void> {
  await hearAndPress(dialog, pick(['1', '1', '1', '2'], chance), chance)
  await pause(seconds(5, 7, chance))
}

const accountOf = (chance: Chance): string => `1${String(Math.floor(chance() * 1e7)).padStart(7, '0')}`

async function waitAndTalk(dialog: Dialog, chance: Chance): Promise<void> {
  const patienceMs = chance() < 0.15 ? seconds(3, 10, chance) : LONGEST_PATIENCE_MS
  await dialog.heard.tone(AGENTS_VOICE_HZ, { withinMs: patienceMs })
  if (chance() < 0.4) {
    await pause(seconds(2, 8, chance))
    return dialog.hangUp('all said')
  }
  await rate(dialog, chance)
}

/** Some surveys have one question, others have three. */
async function rate(dialog: Dialog, chance: Chance): Promise<void> {
  await dialog.heard.speech({ withinMs: LONGEST_PATIENCE_MS })
  await pause(seconds(2, 6, chance))
  if (chance() < 0.8) await press(dialog, pick(['5', '5', '4', '3', '2', '1'], chance))
  for (const answers of [
    ['1', '1', '2'],
    ['9', '10', '8', '5'],
  ])
    await hearAndPress(dialog, pick(answers, chance), chance)
}

async function hearAndPress(dialog: Dialog, keys: string, chance: Chance): Promise<void> {
  await dialog.heard.speech({ withinMs: LONGEST_PATIENCE_MS })
  await pause(seconds(0.5, 1.5, chance))
  await press(dialog, keys)
}

async function press(dialog: Dialog, keys: string): Promise<void> {
  if (!dialog.over) await dialog.press(keys)
}

const pick = <T>(all: readonly T[], chance: Chance): T => all[Math.floor(chance() * all.length)]!
