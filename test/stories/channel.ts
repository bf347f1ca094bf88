import type { Prompt } from '../../src/ivr/flow.ts'
import type { SeenChannel } from '../../src/switchboard/ports.ts'
import type { Person } from './people.ts'

/** As Asterisk has it. */
export type Channel = {
  readonly id: string
  role: SeenChannel['role']
  readonly number: string
  readonly dialled: string
  readonly person: Person
  up: boolean
  /** In our application. */
  ours: boolean
  readonly arrivedAt: number
  answeredAt: number | null
  bridge: string | null
  /** What is being played, and what will be when that has ended. */
  playing: { say: string; prompts: Prompt[] }[]
}

/** As we are told of it. */
export function seen({ id, up, ours, number, dialled, role }: Channel): SeenChannel {
  return { id, up, ours, caller: { number, name: '' }, dialled, role }
}
