import { Counter, Gauge, type Registry } from 'prom-client'

/** What is to be seen of who wants in. The two numbers count from the start of the service. */
type Door = { readonly failures: number; readonly bans: number; readonly banned: readonly unknown[] }

export function countDoor(registry: Registry, door: Door): void {
  const registers = [registry]
  new Counter({
    name: 'hotline_sip_failures_total',
    help: 'Phones that were not let in: a wrong password, or no such account',
    registers,
    collect() {
      this.reset()
      this.inc(door.failures)
    },
  })
  new Counter({
    name: 'hotline_sip_bans_total',
    help: 'Addresses that were refused for a while, because passwords were guessed there',
    registers,
    collect() {
      this.reset()
      this.inc(door.bans)
    },
  })
  new Gauge({
    name: 'hotline_sip_banned',
    help: 'Addresses that are refused now',
    registers,
    collect() {
      this.set(door.banned.length)
    },
  })
}
