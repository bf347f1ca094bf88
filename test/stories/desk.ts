import { codeDialled } from '../../src/agent/codes.ts'
import type { Command } from '../../src/call/commands.ts'
import type { Centre } from '../../src/switchboard/centre.ts'
import { clickToDial, NotDialled } from '../../src/switchboard/clicks.ts'
import { type DialledNumber, dialCode, dialNumber } from '../../src/switchboard/desk.ts'
import { type Phone, PhoneRefused } from '../../src/switchboard/ports.ts'
import type { Switchboard } from '../../src/switchboard/switchboard.ts'

export type Desk = { board: Switchboard; centre: Centre; phone: Phone }

/** On a screen, and not on their phone. */
export const CLICK = 'click '

/** An agent has dialled: their call begins; or what they wanted is done, and the line is closed. */
export async function deskDials({ board, centre, phone }: Desk, dialled: DialledNumber): Promise<void> {
  const { channel, phone: agent, number, at } = dialled
  if (number.startsWith(CLICK)) return clicks({ board, centre }, agent, number.slice(CLICK.length), at)
  const code = codeDialled(number)
  const comes = code ? undefined : dialNumber(board, centre, dialled)
  if (comes?.kind === 'begun') return
  // Who may listen to whom, a story does not tell.
  if (code && code.kind !== 'supervise') await dialCode(board, agent, code, at, async () => 'no-key')
  const hangUp: Command = { do: 'hang-up', channel, cause: 16 }
  try {
    await phone.perform(comes?.kind === 'emergency' ? { do: 'let-dial', channel, number: comes.number } : hangUp)
  } catch (thrown) {
    if (!(thrown instanceof PhoneRefused)) throw thrown
  }
}

/** Where it may be: one who talks, or is gone, clicks in vain. */
function clicks({ board, centre }: Omit<Desk, 'phone'>, agent: string, number: string, at: number): void {
  try {
    clickToDial(board, centre, { agent, number, hides: false, at })
  } catch (thrown) {
    if (!(thrown instanceof NotDialled)) throw thrown
  }
}
