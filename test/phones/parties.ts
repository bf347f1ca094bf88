import { expect, vi } from 'vitest'
import type { Dialog } from '../../src/softphone/dialog.ts'
import { loudness, toneLevel } from '../../src/softphone/tone.ts'
import type { World } from './world.ts'

/** Each party of a talk has a voice of its own, so that one can measure who hears whom. */
export const TONES = { caller: 440, agent: 880, second: 1_300, outside: 620, supervisor: 1_750, third: 2_150 } as const
export type Name = keyof typeof TONES

const WINDOW_MS = 300

/** Whom they hear now. Music and speech are nobody's voice. */
export function hearing(dialog: Dialog): Name[] {
  const pcm = dialog.heard.last(WINDOW_MS)
  const all = loudness(pcm)
  return (Object.keys(TONES) as Name[]).filter(name => {
    const level = toneLevel(pcm, TONES[name])
    return level > -35 && level > all - 12
  })
}

/** Resolves when everybody hears just those, all at the same time: `{ caller: [dialog, 'agent'], … }`. */
export async function hear(who: Record<string, [Dialog, ...Name[]]>): Promise<void> {
  const wanted = Object.fromEntries(Object.entries(who).map(([name, [, ...others]]) => [name, [...others].sort()]))
  await vi.waitFor(
    () => {
      const heard = Object.fromEntries(Object.entries(who).map(([name, [dialog]]) => [name, hearing(dialog).sort()]))
      expect(heard).toEqual(wanted)
    },
    { timeout: 8_000, interval: 20 },
  )
}

export type Told = { status: number; body: { id?: string; detail?: string } & Record<string, unknown> }

/** Asks the API of this world's service, as the centre's own key. */
export async function ask(world: World, method: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`http://127.0.0.1:${world.config.ports.http}${path}`, {
    method,
    headers: { 'x-api-key': world.surroundings.apiKey, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}
