import { Softphone } from '../softphone/softphone.ts'
import type { Chance } from './errands.ts'
import { seconds } from './errands.ts'
import { talk } from './people.ts'

/** The far end of the demo's trunk: whoever is called back there picks up, mostly. */
export async function openOutside(port: number, chance: Chance): Promise<Softphone> {
  const phone = await Softphone.open({ user: 'outside', port, tone: { hz: 410 } })
  phone.on('invite', incoming => {
    incoming.ring()
    setTimeout(
      () => {
        if (!incoming.open) return
        if (chance() < 0.2) incoming.reject(486)
        // Who has been called hangs up in their own time, or the agent does.
        else
          void incoming.answer().then(
            dialog => talk(dialog, chance),
            () => {},
          )
      },
      seconds(1, 3, chance),
    )
  })
  return phone
}
