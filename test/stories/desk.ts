import { codeDialled } from '../../src/agent/codes.ts'
import type { Command } from '../../src/call/commands.ts'
import type { Centre } from '../../src/switchboard/centre.ts'
import { type DialledNumber, dialCode, dialNumber } from '../../src/switchboard/desk.ts'
import { type Phone, PhoneRefused } from '../../src/switchboard/ports.ts'
import type { Switchboard } from '../../src/switchboard/switchboard.ts'

export type Desk = { board: Switchboard; centre: Centre; phone: Phone }

/** An agent has dialled: their call begins; or what they wanted is done, and the line is closed. */
export async function deskDials({ board, centre, phone }: Desk, dialled: DialledNumber): Promise<void> {
  const { channel, agent, number, at } = dialled
  const code = codeDialled(number)
  const comes = code ? undefined : dialNumber(board, centre, dialled)
  if (comes?.kind === 'begun') return
  if (code) await dialCode(board, agent, code, at)
  const hangUp: Command = { do: 'hang-up', channel, cause: 16 }
  try {
    await phone.perform(comes?.kind === 'emergency' ? { do: 'let-dial', channel, number: comes.number } : hangUp)
  } catch (thrown) {
    if (!(thrown instanceof PhoneRefused)) throw thrown
  }
}
