import { openParties } from '../../src/call/party.ts'
import { HotlineError } from '../../src/errors.ts'
import type { ActsParts } from '../../src/switchboard/acts.ts'
import { actsOn } from '../../src/switchboard/acts.ts'
import type { Control } from '../../src/switchboard/callControl.ts'
import type { Random } from '../random.ts'
import { NUMBERS } from './callers.ts'

/** What an agent does with the talk that they have, as chance has it; what cannot be is refused. */
export async function controlled(parts: ActsParts, call: string, agent: string, random: Random): Promise<void> {
  try {
    await actsOn(parts).control(call, someControl(parts, call, random), `agent:${agent}`)
  } catch (thrown) {
    if (!(thrown instanceof HotlineError)) throw thrown
  }
}

function someControl({ board }: ActsParts, id: string, { pick, chance }: Random): Control {
  const call = board.call(id)
  const party = pick([...(call ? openParties(call).map(({ way }) => way.id) : []), 'nobody'])
  const colleague = { agent: pick([...board.agents.keys()]) }
  const outside = { number: pick(NUMBERS) }
  const wanted = chance(0.6) ? colleague : outside
  return pick<Control>([
    { do: 'hold-call' },
    { do: 'retrieve-call' },
    { do: 'alternate-call' },
    { do: 'conference-call' },
    { do: 'conference-call' },
    { do: 'transfer-call' },
    { do: 'transfer-call' },
    { do: 'clear-connection' },
    { do: 'consultation-call', to: wanted },
    { do: 'consultation-call', to: wanted },
    { do: 'consultation-call', to: wanted },
    { do: 'invite', to: wanted },
    {
      do: 'single-step-transfer',
      to: pick([{ queue: 'support' }, { queue: 'sales' }, { flow: 'sorry' }, colleague, outside]),
    },
    { do: 'clear-party', party },
    { do: 'mute', party, isMuted: chance(0.5) },
    { do: 'pause-recording', because: 'card number', forMs: 20_000 },
    { do: 'resume-recording' },
  ])
}
