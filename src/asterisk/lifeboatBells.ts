import type { BusyPhones } from '../switchboard/busyPhones.ts'
import type { Fields } from './ami.ts'
import { endpointOf } from './events.ts'

export type Bells = {
  busyPhones: Pick<BusyPhones, 'begin' | 'end'>
  /** There is something to read in queue_log. */
  wrote: () => void
}

/** What the lifeboat says over AMI while it is at work (UserEvent in dialplan/extensions.conf). */
export function hearBell({ event, userevent, uniqueid, channel }: Fields, { busyPhones, wrote }: Bells): void {
  if (event !== 'UserEvent') return
  if (userevent === 'Lifeboat') wrote()
  else if (userevent === 'LifeboatRings') busyPhones.begin(uniqueid!, endpointOf(channel!))
  else if (userevent === 'LifeboatLetGo') busyPhones.end(uniqueid!)
}
